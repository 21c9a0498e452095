import { parse } from "yaml";

/**
 * The escape `\'` in double quotes. YAML 1.2 has none, and neither has JSON; the parser of kubectl (go.yaml.in/yaml/v2,
 * `scannerc.go`) reads an apostrophe, also in a file that begins like JSON.
 */
const apostrophe = "\\'";

/** Whether the escape stands at this place of a text. */
export function isApostropheEscape(text: string, offset: number): boolean {
  return text.startsWith(apostrophe, offset);
}

/** Whether a text may hold the escape; most do not. */
export function mayHoldApostropheEscape(text: string): boolean {
  return text.includes(apostrophe);
}

/** The text that a double-quoted scalar stands for, or undefined if it does not hold the escape. */
export function withApostrophes(scalar: string): string | undefined {
  // An escaped backslash before an apostrophe is no escape of the apostrophe.
  const written = scalar.replaceAll(/\\[\s\S]/g, (found) => (found === apostrophe ? "'" : found));
  if (written === scalar) return undefined;
  return String(parse(written, { strict: false, logLevel: "silent" }));
}
