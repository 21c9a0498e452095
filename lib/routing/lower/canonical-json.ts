import { createHash } from "node:crypto";
import type { Hash } from "../ir.ts";
import { compareText } from "../objects.ts";

/**
 * Serializes a value as JSON with keys in code unit order, and without blanks or undefined members, so that equal
 * values have equal texts. For the values used here (strings, integers, booleans) the result is that of RFC 8785.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => compareText(a, b)));
  });
}

/** Returns the hash by which the IR identifies a value. */
export function contentHash(value: unknown): Hash {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}
