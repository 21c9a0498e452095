import type { Finding } from "../../findings/finding.ts";
import type { Attachment } from "../../routing/attach/attachment.ts";
import { findings } from "../../routing/attach/findings.ts";
import { namespaceOf } from "../../routing/objects.ts";

/** Codes for undeclared parents. Their listeners are unknown even if undeclared objects count as present. */
const undeclaredParents: readonly string[] = ["GW2301", "GW2401"];

/**
 * Codes of findings that follow only from an undeclared class: its Gateways then admit no ListenerSets. The note about
 * the class already covers them.
 */
const consequences: readonly string[] = ["GW2403"];

/**
 * The findings about sources that may be one part of a system. A finding that holds even if every undeclared object
 * exists stays an error; a finding that depends on an undeclared object becomes a note.
 *
 * @param attachment attachment under the assumption that undeclared objects exist.
 * @param missing findings under the assumption that undeclared objects do not exist.
 */
export function soften(attachment: Attachment, missing: readonly Finding[]): Finding[] {
  const certain = findings(attachment);
  const known = new Set(certain.map(identity));
  const open = missing.filter(
    (finding) => finding.severity === "error" && !known.has(identity(finding)) && !consequences.includes(finding.code),
  );
  return [
    ...certain.map((finding) => (dependsOnOthers(attachment, finding) ? asNote(finding) : finding)),
    ...open.map(asNote),
  ];
}

function identity({ code, object, field, message }: Finding): string {
  return JSON.stringify([code, object, field, message]);
}

function asNote(finding: Finding): Finding {
  if (finding.severity !== "error") return finding;
  const { fix = "" } = finding;
  return { ...finding, severity: "note", fix: `Nothing, if it is declared elsewhere. Otherwise: ${fix}`.trim() };
}

/** Returns true if the finding might disappear if the undeclared objects were declared. */
export function dependsOnOthers(attachment: Attachment, finding: Finding): boolean {
  return (
    undeclaredParents.includes(finding.code) ||
    (finding.reason === "RefNotPermitted" && !knowsNamespace(attachment, finding.given))
  );
}

/** A grant is in the namespace of its target. Sources without any object of that namespace do not show its grants. */
function knowsNamespace({ objects }: Attachment, given = ""): boolean {
  const [namespace] = given.split("/");
  const { gateways, listenerSets, routes, referenceGrants, services, serviceImports, secrets, configMaps } = objects;
  const namespaced = [gateways, listenerSets, routes, referenceGrants, services, serviceImports, secrets, configMaps];
  return namespaced.some((kind) => [...kind.values()].some(({ object }) => namespaceOf(object) === namespace));
}
