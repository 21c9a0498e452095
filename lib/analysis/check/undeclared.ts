import type { Finding } from "../../findings/finding.ts";
import type { Attachment } from "../../routing/attach/attachment.ts";
import { findings } from "../../routing/attach/findings.ts";
import { namespaceOf } from "../../routing/objects.ts";

/** Parents that no source declares: nobody can answer for them here, whatever else is taken to exist. */
const undeclaredParents: readonly string[] = ["GW2301", "GW2401"];

/**
 * Findings that follow only from an undeclared class: its Gateways admit no ListenerSets then. The note about the class
 * says it already.
 */
const consequences: readonly string[] = ["GW2403"];

/**
 * The findings of a set of sources that may be a part of a whole. What is refused even if everything undeclared exists
 * stays an error; what depends on objects that no source declares becomes a note.
 *
 * @param attachment with undeclared objects taken to exist.
 * @param missing the findings with undeclared objects taken to be missing.
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

/** Whether a finding might not be there if what no source declares were declared. */
export function dependsOnOthers(attachment: Attachment, finding: Finding): boolean {
  return (
    undeclaredParents.includes(finding.code) ||
    (finding.reason === "RefNotPermitted" && !knowsNamespace(attachment, finding.given))
  );
}

/** A grant stands in the namespace it opens. Who declares nothing else of that namespace does not declare its grants. */
function knowsNamespace({ objects }: Attachment, given = ""): boolean {
  const [namespace] = given.split("/");
  const { gateways, listenerSets, routes, referenceGrants, services, serviceImports, secrets, configMaps } = objects;
  const namespaced = [gateways, listenerSets, routes, referenceGrants, services, serviceImports, secrets, configMaps];
  return namespaced.some((kind) => [...kind.values()].some(({ object }) => namespaceOf(object) === namespace));
}
