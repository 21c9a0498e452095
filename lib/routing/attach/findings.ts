import type { Declared, ObjectMeta } from "../../api/declared/declared.ts";
import { shownText } from "../../api/kinds/credentials.ts";
import { reasonOf, routingCodes } from "../../findings/catalog/routing.ts";
import type { Finding, ObjectReference } from "../../findings/finding.ts";
import type { Attachment, ListenerAttachment, NamespaceAssumption } from "./attachment.ts";
import type { ConditionProblem } from "./condition.ts";
import { distinctAssumptions } from "./namespaces.ts";

/** The fields that every validated object has. */
export interface AnyApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/**
 * Returns the findings of the handshake, one for each cause, ordered by kind and name. Conditions that only summarize
 * others are left out. An undeclared parent is GW2401; a caller that sees only part of the configuration may lower its
 * severity.
 */
export function findings(attachment: Attachment): readonly Finding[] {
  const { gatewayClasses, gateways, listenerSets, routes, policies } = attachment;
  return [
    ...[...gatewayClasses.values()].flatMap(({ declared, problems }) => findingsOf(declared, problems)),
    ...[...gateways.values()].flatMap(({ declared, problems, listeners }) =>
      findingsOf(declared, [...problems, ...ofListeners(listeners)]),
    ),
    ...[...listenerSets.values()].flatMap(({ declared, problems, listeners }) =>
      findingsOf(declared, [...problems, ...ofListeners(listeners)]),
    ),
    ...[...routes.values()].flatMap(({ declared, problems, parents }) =>
      findingsOf(declared, [...parents.flatMap((parent) => parent.problems), ...problems]),
    ),
    ...[...policies.values()].flatMap(({ declared, problems }) => findingsOf(declared, problems)),
    ...assumedNamespaces(attachment),
  ];
}

/** Returns a note for each undeclared namespace that is assumed to have the labels that a selector requires. */
function assumedNamespaces({ listenerSets, routes }: Attachment): readonly Finding[] {
  const assumptions = [
    ...[...listenerSets.values()].flatMap(({ declared, assumption }) => (assumption ? [{ declared, assumption }] : [])),
    ...[...routes.values()].flatMap(({ declared, parents }) =>
      parents.flatMap((parent) => parent.assumptions.map((assumption) => ({ declared, assumption }))),
    ),
  ];
  return distinctAssumptions<{
    readonly declared: Declared<AnyApiObject>;
    readonly assumption: NamespaceAssumption;
  }>(assumptions).flatMap(({ declared, assumption: { namespace, wanted, selecting, field }, others }) => {
    const selectors = others === 0 ? selecting : `${selecting} and ${others} more`;
    const message = `The labels of namespace ${namespace}, which is not declared, are taken to match "${wanted}" (${selectors}).`;
    return findingsOf(declared, [{ code: "GW2430", severity: "note", field, message, given: namespace }]);
  });
}

/** Builds the reference to an object that findings and statuses use. */
export function referenceOf({ apiVersion, kind, metadata }: AnyApiObject): ObjectReference {
  const namespace = kind === "GatewayClass" ? undefined : (metadata.namespace ?? "default");
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name: metadata.name };
}

function ofListeners(listeners: readonly ListenerAttachment[]): readonly ConditionProblem[] {
  return listeners.flatMap(({ problems }) => problems);
}

/** Converts the problems of one object to findings. Summaries of other problems are left out. */
export function findingsOf(
  declared: Declared<AnyApiObject>,
  problems: readonly ConditionProblem[],
): readonly Finding[] {
  const object = referenceOf(declared.object);
  return problems
    .filter(({ summary }) => summary !== true)
    .map(({ code, severity = "error", field, message, given, allowed, fix, undeclared }) => {
      const reason = reasonOf(code);
      return {
        code,
        severity,
        message,
        object,
        origin: declared.origin,
        ...(field === undefined ? {} : { field }),
        ...(given === undefined || given === "" ? {} : { given: shortened(shownText(given)) }),
        ...(allowed === undefined || allowed === "" ? {} : { allowed }),
        fix: fix ?? routingCodes[code].fix,
        ...(reason === undefined ? {} : { reason }),
        ...(undeclared === undefined ? {} : { undeclared }),
      };
    });
}

function shortened(value: string): string {
  return value.length <= 200 ? value : `${value.slice(0, 199)}…`;
}
