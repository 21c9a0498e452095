import { type Finding, type Origin, sourceOf } from "../../findings/finding.ts";
import { referenceTo } from "../conversion/ledger.ts";
import { defaultNamespace, groupOf, successorOf } from "../conversion/versions.ts";
import type { AnyObject, Declared } from "../declared/declared.ts";
import { lateAsText } from "../declared/late.ts";
import type { SourceContent } from "./sources.ts";

/** The distinct objects, in the order of their first declaration. */
export interface Merged {
  readonly declared: readonly Declared[];
  readonly findings: readonly Finding[];
}

/**
 * Merges sources. An object replaces the same object of an earlier source as a whole, with a note (GW1009). A duplicate
 * in one source is an error (GW1006), and its first declaration counts. Objects are the same if group, kind, namespace
 * and name are equal; their versions may differ.
 */
export function merge(sources: readonly SourceContent[], isClusterScoped: (object: AnyObject) => boolean): Merged {
  const merged = new Map<string, Declared>();
  const findings: Finding[] = [];
  for (const source of sources) {
    const own = new Map<string, Declared>();
    for (const declared of source.declared) {
      const key = identityOf(declared.object, isClusterScoped(declared.object));
      const first = own.get(key);
      if (first === undefined) own.set(key, declared);
      else findings.push(declaredTwice(declared, first));
    }
    for (const [key, declared] of own) {
      const earlier = merged.get(key);
      if (earlier !== undefined) findings.push(replaced(declared, earlier));
      merged.set(key, declared);
    }
  }
  return { declared: [...merged.values()], findings };
}

/** Identifies an object across versions: `group kind namespace/name`, with today's group and kind. */
function identityOf(object: AnyObject, clusterScoped: boolean): string {
  const { apiVersion, kind } = successorOf(object.apiVersion, object.kind) ?? object;
  const { namespace = defaultNamespace, name } = object.metadata;
  return `${groupOf(apiVersion)} ${kind} ${clusterScoped ? "" : namespace}/${name}`;
}

function declaredTwice({ object, origin }: Declared, first: Declared): Finding {
  return {
    code: "GW1006",
    severity: "error",
    message: `The ${object.kind} is declared twice in one source; first at ${describeOrigin(first.origin)}`,
    object: referenceTo(object),
    origin,
    field: "metadata.name",
    given: lateAsText(object.metadata.name),
    allowed: "each object once in a source; a later source may replace it",
    fix: "Remove one of the two, rename it, or put it into a SOURCE of its own after this one.",
  };
}

function replaced({ object, origin }: Declared, earlier: Declared): Finding {
  return {
    code: "GW1009",
    severity: "note",
    message: `The ${object.kind} at ${describeOrigin(origin)} replaces the one at ${describeOrigin(earlier.origin)}`,
    object: referenceTo(object),
    origin,
  };
}

/** A place in the form used by messages: `file:line`, the construct's path, or the cluster. */
function describeOrigin(origin: Origin): string {
  if ("construct" in origin && origin.call !== undefined)
    return `${origin.construct} (${origin.call.file}:${origin.call.line})`;
  if (!("file" in origin)) return sourceOf(origin);
  return origin.line === undefined ? origin.file : `${origin.file}:${origin.line}`;
}
