import type { RoutingCode } from "../../findings/catalog/routing.ts";
import type { Hash } from "../ir.ts";
import { contentHash } from "../lower/canonical-json.ts";
import type { RoutingObjects } from "../objects.ts";
import type { ConditionProblem } from "./condition.ts";

/** The codes of notes on values that only the controller of the class knows. */
type OpaqueCode = Extract<RoutingCode, "GW2120" | "GW2220" | "GW2420" | "GW2421" | "GW2422" | "GW2520">;

/** Builds a note on a value that only the controller of the class can judge. It refuses nothing. */
export function opaqueNote(code: OpaqueCode, field: string, given: string, message: string): ConditionProblem {
  return { code, field, message, given, severity: "note" };
}

/** Keeps the first note of each code and value, so that a kind named in ten rules is reported once. */
export function oncePerValue(notes: readonly ConditionProblem[]): readonly ConditionProblem[] {
  const first = new Map<string, ConditionProblem>();
  for (const note of notes) {
    const key = `${note.code} ${note.given}`;
    if (!first.has(key)) first.set(key, note);
  }
  return [...first.values()];
}

/**
 * Hashes an object of a kind that only other controllers know, without its name and status, to detect changes. Returns
 * undefined if no source declares the object.
 */
export function opaqueObjectHash(
  { others }: RoutingObjects,
  { group, kind }: { readonly group: string; readonly kind: string },
  namespace: string,
  name: string,
): Hash | undefined {
  const found = others.get(`${group}/${kind}/${namespace}/${name}`)?.object;
  if (found === undefined) return undefined;
  const { apiVersion: _, kind: __, metadata: ___, status: ____, ...content } = found;
  return contentHash(content);
}
