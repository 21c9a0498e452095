import type { Finding } from "../../../findings/finding.ts";
import { attach } from "../../../routing/attach/attach.ts";
import type { Attachment } from "../../../routing/attach/attachment.ts";
import { type AnyApiObject, findings, findingsOf } from "../../../routing/attach/findings.ts";
import { namespaceOf } from "../../../routing/objects.ts";
import { withNearMisses } from "../../check/near-misses/near-misses.ts";
import { routeName, rulePlace } from "../describe.ts";
import { causeOf, type ExplainedRequest, type Refused } from "./refused.ts";

/** Backends and filters of the winner that cannot be reached or run. Their requests are answered 500. */
export function refusedReferences({ attachment, winner }: ExplainedRequest): readonly Refused[] {
  if (winner === undefined) return [];
  const { ir } = winner.rule;
  const route = attachment.routes.get(`${ir.route.kind}/${ir.route.namespace}/${ir.route.name}`);
  if (route === undefined) return [];
  const rule = `spec.rules[${ir.index}].`;
  const causes = withNearMisses(attachment.objects, findingsOf(route.declared, route.problems)).filter(
    ({ severity, reason, field }) => severity === "error" && reason !== undefined && field?.startsWith(rule),
  );
  return causes.map((cause) => {
    const kind = /\.backendRefs?\b(?!.*\.extensionRef)/.test(cause.field ?? "") ? "backend" : "filter";
    return { kind, what: `${kind} of ${routeName(ir)} ${rulePlace(ir)}`, ...causeOf(cause) };
  });
}

/**
 * References of the winner that no source declares, and that are near to something declared. They are taken to exist, so
 * they are in force.
 */
export function nearMissesFor({ attachment, winner }: ExplainedRequest): readonly Finding[] {
  if (winner === undefined) return [];
  const { ir } = winner.rule;
  const route = attachment.routes.get(`${ir.route.kind}/${ir.route.namespace}/${ir.route.name}`);
  const rule = `spec.rules[${ir.index}].`;
  const known = route === undefined ? [] : nearMissesOf(attachment, route.declared.object);
  return known.filter(({ field }) => field?.startsWith(rule));
}

/** Findings of an attachment under which what no source declares is missing. An attachment never changes. */
const strictFindings = new WeakMap<Attachment, readonly Finding[]>();

function nearMissesOf(attachment: Attachment, object: AnyApiObject): readonly Finding[] {
  const known =
    strictFindings.get(attachment) ??
    findings(attach(attachment.objects, { ...attachment.options, undeclared: "missing" }));
  strictFindings.set(attachment, known);
  const own = known.filter(
    (finding) =>
      finding.object?.kind === object.kind &&
      finding.object.name === object.metadata.name &&
      finding.object.namespace === namespaceOf(object),
  );
  const named = withNearMisses(attachment.objects, own);
  return named.filter((finding, index) => finding !== own[index]);
}
