import { createHash } from "node:crypto";
import type { Hash } from "../ir.ts";
import { compareText } from "../objects.ts";

/**
 * JSON with the keys of every object in code unit order and without blanks or undefined members, so that equal values
 * have equal texts (as RFC 8785, for the values that occur here: strings, integers, booleans).
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (typeof member !== "object" || member === null || Array.isArray(member)) return member;
    return Object.fromEntries(Object.entries(member).sort(([a], [b]) => compareText(a, b)));
  });
}

/** The name of a value by its content. */
export function contentHash(value: unknown): Hash {
  return createHash("sha256").update(canonicalJson(value)).digest("hex").slice(0, 16);
}
