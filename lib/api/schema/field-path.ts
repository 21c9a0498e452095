import { isLate } from "../late.ts";

/** `spec.rules[0].name`; keys that are no identifiers in brackets. */
export function fieldOf(path: readonly PropertyKey[]): string {
  let field = "";
  for (const step of path) {
    if (typeof step === "number") field += `[${step}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(String(step))) field += field === "" ? String(step) : `.${String(step)}`;
    else field += `[${JSON.stringify(String(step))}]`;
  }
  return field;
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
