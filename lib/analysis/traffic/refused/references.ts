import type { Finding } from "../../../findings/finding.ts";
import { attach } from "../../../routing/attach/attach.ts";
import type { Attachment } from "../../../routing/attach/attachment.ts";
import { type AnyApiObject, findings, findingsOf } from "../../../routing/attach/findings.ts";
import { namespaceOf } from "../../../routing/objects.ts";
import { withNearMisses } from "../../check/near-misses/near-misses.ts";
import { routeName, rulePlace } from "../describe.ts";
import { causeOf, type ExplainedRequest, type Refused } from "./refused.ts";

/** Returns the winner's backends and filters that cannot be reached or run. Their requests get 500. */
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

/** Returns the winner's references to undeclared objects that resemble declared ones. They count as in force. */
export function nearMissesFor({ attachment, winner }: ExplainedRequest): readonly Finding[] {
  if (winner === undefined) return [];
  const { ir } = winner.rule;
  const route = attachment.routes.get(`${ir.route.kind}/${ir.route.namespace}/${ir.route.name}`);
  const rule = `spec.rules[${ir.index}].`;
  const known = route === undefined ? [] : nearMissesOf(attachment, route.declared.object);
  return known.filter(({ field }) => field?.startsWith(rule));
}

/** Findings under the assumption that undeclared objects are missing, cached by attachment, which never changes. */
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
