import { isLate } from "../declared/late.ts";

/**
 * `spec.rules[0].name`, as the API server writes paths: keys of maps after a dot as well, whatever they hold
 * (`metadata.labels.app.kubernetes.io/name`). Control characters are escaped, so that a path stays on its line.
 */
export function fieldOf(path: readonly PropertyKey[]): string {
  let field = "";
  for (const step of path) {
    if (typeof step === "number") field += `[${step}]`;
    else field += field === "" ? printable(String(step)) : `.${printable(String(step))}`;
  }
  return field;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

function printable(key: string): string {
  return key.replace(control, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** What `path` leads to in `object`; undefined if it leads nowhere. */
export function valueAt(object: unknown, path: readonly PropertyKey[]): unknown {
  let at = object;
  for (const step of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[step];
  return at;
}

const longest = 120;

/** At most 120 characters of a text. */
export function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** A value of an object as a finding shows it; undefined if there is nothing to show. */
export function show(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (isLate(value)) return "a value that becomes known later";
  if (typeof value === "string") return shorten(value);
  return shorten(JSON.stringify(value, (_, part) => (isLate(part) ? "(known later)" : part)));
}
