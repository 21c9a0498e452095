import type { Finding } from "../../../findings/finding.ts";
import type { RoutingObjects } from "../../../routing/objects.ts";
import {
  type DeclaredName,
  type DeclaredNames,
  declaredNames,
  isDeclared,
  type NearMiss,
  nearestOf,
} from "./declared-names.ts";
import { nearGrantOf } from "./grants.ts";
import { nearLabelsOf } from "./labels.ts";
import { type Reference, referenceOfFinding } from "./reference.ts";
import { nearSectionOf } from "./sections.ts";

/**
 * Adds to each finding about a failed reference the object that the reference most likely means: one in another
 * namespace, of another kind, or with a similar name, port or section; a grant that differs in one field; or a label
 * close to a selector. Findings pass through here, but statuses in a cluster never do, because a near miss reveals
 * objects of other namespaces.
 */
export function withNearMisses(objects: RoutingObjects, findings: readonly Finding[]): Finding[] {
  return findings.map((finding) => (mayMiss(finding) ? withNearMiss(objects, namesOf(objects), finding) : finding));
}

/** The declared objects that a finding's failed reference most likely means. */
export function meantObjects(objects: RoutingObjects, finding: Finding): readonly DeclaredName[] {
  const reference = mayMiss(finding) ? referenceOfFinding(finding, objects) : undefined;
  if (reference === undefined || isDeclared(namesOf(objects), reference)) return [];
  const near = nearestOf(namesOf(objects), reference);
  return near === undefined ? [] : [near.object, ...near.others];
}

/** The names of a set of objects, computed once. This is sound because the objects never change. */
const known = new WeakMap<RoutingObjects, DeclaredNames>();

function namesOf(objects: RoutingObjects): DeclaredNames {
  const names = known.get(objects) ?? declaredNames(objects);
  known.set(objects, names);
  return names;
}

/** Codes of findings about a reference to no object, or to an object of a wrong kind. */
const codes: ReadonlySet<string> = new Set([
  ...["GW2001", "GW2101", "GW2103", "GW2106", "GW2107", "GW2206", "GW2207", "GW2208", "GW2209", "GW2301", "GW2401"],
  ...["GW2402", "GW2403", "GW2404", "GW2411", "GW2412", "GW2413", "GW2415", "GW2416", "GW2501", "GW2503", "GW2505"],
  "GW2506",
]);

function mayMiss({ code }: Finding): boolean {
  return codes.has(code);
}

function withNearMiss(objects: RoutingObjects, names: DeclaredNames, finding: Finding): Finding {
  if (finding.code === "GW2404") return added(finding, nearLabelsOf(objects, finding));
  const reference = referenceOfFinding(finding, objects);
  if (reference === undefined) return finding;
  if (finding.reason === "RefNotPermitted") {
    const near = nearGrantOf(objects, reference);
    if (near !== undefined) {
      const { grant, field, given, wanted } = near;
      const words = `ReferenceGrant ${grant} would allow it if its ${field} were ${wanted} and not ${given || '""'}.`;
      return added(finding, { words, fix: `Set ${field} of ReferenceGrant ${grant} to ${wanted}.` });
    }
  }
  if (isDeclared(names, reference)) return withNearSection(objects, reference, finding);
  const near = nearestOf(names, reference);
  if (near === undefined) return finding;
  // The reference fails without a grant, even if its target is corrected, so the message stays.
  return finding.reason === "RefNotPermitted"
    ? added(finding, { words: `${found(reference, near)}: ${question(reference, near)}`, fix: fixOf(reference, near) })
    : meaning(finding, reference, near);
}

function withNearSection(objects: RoutingObjects, reference: Reference, finding: Finding): Finding {
  const near = nearSectionOf(objects, reference);
  if (near === undefined) return finding;
  const { field, wanted, words } = near;
  const fix =
    field === "kind" ? "Name the ListenerSet in the reference." : `Set ${reference.field}.${field} to ${wanted}.`;
  return added(finding, { words: `Did you mean ${words}?`, fix });
}

/** Appends a sentence to a finding's message, and the fix that follows from it. */
function added(finding: Finding, near: { readonly words: string; readonly fix?: string } | undefined): Finding {
  if (near === undefined) return finding;
  const fix = [near.fix, finding.fix].filter((text) => text !== undefined);
  return { ...finding, message: `${finding.message} ${near.words}`, ...(fix.length > 0 && { fix: fix.join(" Or: ") }) };
}

/** Example: `Gateway shared is not declared in namespace team-a; infra/shared is declared: did you forget …?` */
function meaning(finding: Finding, reference: Reference, near: NearMiss): Finding {
  const { kind, name, namespace } = reference;
  const where = namespace === undefined ? "" : ` in namespace ${namespace}`;
  const message = `${kind} ${name} is not declared${where}; ${found(reference, near)}: ${question(reference, near)}`;
  const named = namespace === undefined ? name : `${namespace}/${name}`;
  const fix = `${fixOf(reference, near)} If ${kind} ${named} is declared elsewhere, name that source too.`;
  const severity = finding.severity === "note" && !mayBeAnother(near) ? "advice" : finding.severity;
  return { ...finding, severity, message, fix };
}

/** Example: `infra/shared is declared`. */
function found(reference: Reference, near: NearMiss): string {
  const all = [near.object, ...near.others];
  const listed = all.slice(0, mostNamed).map((one) => nameOf(one, reference, near));
  const more = all.length > mostNamed ? ` and ${all.length - mostNamed} more` : "";
  return `${listed.join(" and ")}${more} ${all.length === 1 ? "is" : "are"} declared`;
}

/** Two teams often have Services of one name, so one in another namespace is weak evidence of a mistake. */
function mayBeAnother({ slip, object }: NearMiss): boolean {
  return slip === "namespace" && ["Service", "ServiceImport", "Secret", "ConfigMap"].includes(object.kind);
}

const mostNamed = 3;

function nameOf({ kind, namespace, name }: DeclaredName, reference: Reference, { slip }: NearMiss): string {
  const own = namespace === undefined ? name : `${namespace}/${name}`;
  return slip === "namespace" || (slip === "name" && reference.namespace === undefined) ? own : `${kind} ${own}`;
}

function question({ field, namespaceFrom }: Reference, { slip, object }: NearMiss): string {
  const place = field.replace(/^spec\./, "");
  if (slip === "name") return `did you mean ${object.name}?`;
  if (slip !== "namespace") return `is ${place}.${slip === "kind and namespace" ? "kind" : slip} wrong?`;
  if (namespaceFrom === "own") return `did you forget ${place}.namespace?`;
  return namespaceFrom === "given" ? `is ${place}.namespace wrong?` : `${place} cannot name another namespace.`;
}

function fixOf({ field, namespaceFrom }: Reference, { slip, object }: NearMiss): string {
  const { kind, namespace = "", name } = object;
  if (slip === "name")
    return field.endsWith("ClassName") ? `Set ${field} to ${name}.` : `Set ${field}.name to ${name}.`;
  if (slip === "group") return `Set ${field}.group to that of ${kind}.`;
  if (slip === "kind") return `Set ${field}.kind to ${kind}.`;
  if (namespaceFrom === "local") return `Move one of the two objects, so that both are in one namespace.`;
  const own = `Set ${field}.namespace to ${namespace}`;
  return slip === "namespace" ? `${own}.` : `${own}, and kind to ${kind}.`;
}
