import { parse } from "yaml";

/**
 * The escape `\'` in double quotes. It exists in neither YAML 1.2 nor JSON, but kubectl's parser (go.yaml.in/yaml/v2,
 * `scannerc.go`) reads it as an apostrophe, even in a file that begins like JSON.
 */
const apostrophe = "\\'";

/** Returns true if the escape is at this offset of a text. */
export function isApostropheEscape(text: string, offset: number): boolean {
  return text.startsWith(apostrophe, offset);
}

/** Returns true if a text may contain the escape. Most texts do not. */
export function mayHoldApostropheEscape(text: string): boolean {
  return text.includes(apostrophe);
}

/** Returns the value of a double-quoted scalar with the escape, or undefined if the scalar does not contain it. */
export function withApostrophes(scalar: string): string | undefined {
  // A backslash that is itself escaped does not escape the apostrophe after it.
  const written = scalar.replaceAll(/\\[\s\S]/g, (found) => (found === apostrophe ? "'" : found));
  if (written === scalar) return undefined;
  return String(parse(written, { strict: false, logLevel: "silent" }));
}
