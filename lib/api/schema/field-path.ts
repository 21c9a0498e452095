import { isLate } from "../declared/late.ts";
import { isCredential, isCredentialKey, notShown, shownText } from "../kinds/credentials.ts";

/**
 * Formats a path as the API server does, such as `spec.rules[0].name`. A map key follows a dot even if it contains dots
 * (`metadata.labels.app.kubernetes.io/name`). Control characters are escaped, so that the path stays on one line.
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

/** Returns the value at `path` in `object`, or undefined if the path does not exist. */
export function valueAt(object: unknown, path: readonly PropertyKey[]): unknown {
  let at = object;
  for (const step of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[step];
  return at;
}

const longest = 120;

/** Truncates a text to 120 characters. */
export function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** Formats a value for a finding, without credentials. Returns undefined if there is nothing to show. */
export function show(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (isLate(value)) return "a value that becomes known later";
  if (typeof value === "string") return shorten(shownText(shortenedForReading(value)));
  return shorten(JSON.stringify(value, showMember));
}

/** Returns true if a field is a credential by its map key, or by the name of its header or query parameter. */
export function isCredentialAt(object: unknown, path: readonly PropertyKey[]): boolean {
  const key = path.at(-1);
  if (typeof key !== "string") return false;
  if (key !== "value") return isCredentialKey(key);
  const name = memberOf(valueAt(object, path.slice(0, -1)), "name");
  return typeof name === "string" && isCredential(name);
}

/** Truncates a text before it is searched for credentials, because it may be megabytes long. */
function shortenedForReading(text: string): string {
  return text.slice(0, 4 * longest);
}

/** A replacer for JSON.stringify that hides late values and credentials. */
function showMember(this: unknown, key: string, member: unknown): unknown {
  if (isLate(member)) return "(known later)";
  if (typeof member === "object" && member !== null) return member;
  const name = key === "value" ? memberOf(this, "name") : undefined;
  if (isCredentialKey(key) || (typeof name === "string" && isCredential(name))) return notShown;
  return typeof member === "string" ? shownText(shortenedForReading(member)) : member;
}

function memberOf(object: unknown, name: string): unknown {
  return typeof object === "object" && object !== null ? Reflect.get(object, name) : undefined;
}
