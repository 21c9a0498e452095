import { type AllowedNamespaces, admitsNamespace, labelsAskedFor } from "../../api/kinds/allowed-routes.ts";
import { selectorText } from "../../api/kinds/label-selector.ts";
import type { NamespaceAssumption } from "./attachment.ts";
import type { References } from "./references.ts";

/** The decision whether a namespace may attach, and the labels assumed for that decision. */
export interface NamespaceVerdict {
  readonly admitted: boolean;
  /** The labels that the selector requires of a namespace that no source declares. Absent: nothing is assumed. */
  readonly wanted?: string;
}

/**
 * Judges whether `allowed` admits a namespace, for a listener or Gateway in namespace `own`. The labels of a declared
 * Namespace decide. An undeclared Namespace is assumed to have the labels that the selector requires, unless undeclared
 * namespaces are `missing`. `fallback` is the default of `from`.
 */
export function judgeNamespace(
  { objects, undeclared, undeclaredNamespaces = undeclared }: References,
  allowed: AllowedNamespaces | undefined,
  name: string,
  own: string,
  fallback: "Same" | "None" = "Same",
): NamespaceVerdict {
  const declared = objects.namespaces.get(name);
  if (declared !== undefined || undeclaredNamespaces === "missing") {
    const labels = declared?.object.metadata.labels ?? {};
    return { admitted: admitsNamespace(allowed, { name, labels }, own, fallback) };
  }
  if (!admitsNamespace(allowed, { name }, own, fallback)) return { admitted: false };
  const wanted = labelsAskedFor(allowed);
  return { admitted: true, ...(wanted !== undefined && { wanted }) };
}

/** Describes the admitted namespaces for messages: `Same`, or `Selector (team=shop)`. */
export function admissionWords(allowed: AllowedNamespaces | undefined, fallback: "Same" | "None"): string {
  const { from = fallback, selector } = allowed ?? {};
  if (from !== "Selector") return from;
  return `Selector (${selector === undefined ? "no selector: none" : selectorText(selector) || "every namespace"})`;
}

/** Keeps the first assumption for each namespace and selector, with the number of `others` that assume the same. */
export function distinctAssumptions<T extends { readonly assumption: NamespaceAssumption }>(
  all: readonly T[],
): readonly (T & { readonly others: number })[] {
  const distinct = new Map<string, { readonly first: T; readonly selecting: Set<string> }>();
  for (const one of all) {
    const { namespace, wanted, selecting } = one.assumption;
    const key = JSON.stringify([namespace, wanted]);
    const known = distinct.get(key);
    if (known === undefined) distinct.set(key, { first: one, selecting: new Set([selecting]) });
    else known.selecting.add(selecting);
  }
  return [...distinct.values()].map(({ first, selecting }) => ({ ...first, others: selecting.size - 1 }));
}
