import type { Finding } from "../../findings/finding.ts";
import { referenceTo } from "../conversion/ledger.ts";
import { groupOf } from "../conversion/versions.ts";
import type { AnyObject, Declared } from "../declared/declared.ts";
import { kindDefinition } from "../kinds/kinds.ts";
import { fieldOf, shorten } from "../schema/field-path.ts";
import { type ExtensionKind, type Extensions, extensionKey, parseSpec, type SpecIssue } from "./extension.ts";
import type { SourceContent } from "./sources.ts";

/**
 * Collects the filter kinds that the sources register, and the valid objects of these kinds. A filter replaces one of
 * the same kind in an earlier source, with a note (GW1009). An object that its schema rejects is an error (GW1111) and
 * is left out. Objects of unknown kinds are passed on unchanged.
 *
 * @param place sets an object's default namespace.
 */
export function extensionsOf(
  sources: readonly SourceContent[],
  declared: readonly Declared[],
  place: (object: AnyObject) => AnyObject,
): { readonly extensions: Extensions<Declared>; readonly findings: readonly Finding[] } {
  const { kinds, findings } = registered(sources);
  const objects: Declared[] = [];
  const others: Declared[] = [];
  for (const { object, origin } of declared) {
    const kind = kinds.get(extensionKey({ group: groupOf(object.apiVersion), kind: object.kind }));
    if (kind === undefined) {
      if (kindDefinition(object.apiVersion, object.kind) === undefined) others.push({ object: place(object), origin });
      continue;
    }
    const parsed = parseSpec(kind.schema, object.spec);
    if ("issues" in parsed) findings.push(...parsed.issues.map((issue) => refused(object, origin, issue)));
    else objects.push({ object: place(object), origin });
  }
  return { extensions: { kinds: [...kinds.values()], objects, others }, findings };
}

function registered(sources: readonly SourceContent[]): { kinds: Map<string, ExtensionKind>; findings: Finding[] } {
  const kinds = new Map<string, ExtensionKind>();
  const owners = new Map<string, string>();
  const findings: Finding[] = [];
  for (const { name, filters } of sources) {
    for (const filter of filters?.kinds ?? []) {
      const key = extensionKey(filter);
      const before = owners.get(key);
      if (before !== undefined) findings.push(replaced(key, name, before));
      kinds.set(key, filter);
      owners.set(key, name);
    }
  }
  return { kinds, findings };
}

function replaced(key: string, name: string, before: string): Finding {
  return {
    code: "GW1009",
    severity: "note",
    message: `The filter ${key} of ${name} replaces the one of ${before}`,
    origin: { file: name },
  };
}

/** The finding does not show the value, because it may be a secret of the filter. */
function refused(object: AnyObject, origin: Declared["origin"], { message, path = [] }: SpecIssue): Finding {
  const steps = path.map((step) => (typeof step === "object" ? step.key : step));
  return {
    code: "GW1111",
    severity: "error",
    message: `The filter's schema refuses the object: ${shorten(message)}`,
    object: referenceTo(object),
    origin,
    field: fieldOf(["spec", ...steps]),
    fix: "Correct the value; the schema is part of the filter's definition.",
  };
}
