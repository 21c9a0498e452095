import type { Declared } from "../../api/declared/declared.ts";
import type { Gateway } from "../../api/index.ts";
import { clusterRoutability, ownRoutabilities } from "../../api/kinds/own-controller.ts";
import { mergeParameters } from "../../api/load/read-parameters.ts";
import type { NamespacedName } from "../ir.ts";
import { namespaceOf } from "../objects.ts";
import type { AttachOptions, GatewayAttachment, ListenerAttachment } from "./attachment.ts";
import { keyPair, type Resolved } from "./certificates.ts";
import type { ClientValidation } from "./client-validation.ts";
import { type Condition, type ConditionProblem, type ConditionWriter, conditionsOf } from "./condition.ts";
import { isOpen, standardAddressTypes } from "./controller-profile.ts";
import type { ClassVerdict } from "./gateway-class.ts";
import { opaqueNote } from "./opaque.ts";
import { type ResolvedParameters, resolveParameters } from "./parameters.ts";
import type { References } from "./references.ts";

export interface GatewayCase {
  readonly declared: Declared<Gateway>;
  readonly verdict: Extract<ClassVerdict, { readonly ours: true }>;
  /** The Gateway's own listeners, already judged. */
  readonly listeners: readonly ListenerAttachment[];
  readonly references: References;
  readonly options: AttachOptions;
}

/** Judges a Gateway with its own listeners. Its ListenerSets cannot make it invalid. */
export function judgeGateway(one: GatewayCase): GatewayAttachment {
  const { declared, verdict, listeners } = one;
  const { parameters: ofClass } = verdict;
  const conditions = conditionsOf(declared.object);
  const own = ownParameters(one);
  const refusals = refusalsOf(one, own);
  const certificate = clientCertificate(one);
  const unresolved = certificate.problem === undefined ? [] : [certificate.problem];
  const accepted =
    verdict.problem === undefined && refusals.length === 0 && listeners.some((listener) => listener.accepted);
  return {
    declared,
    controllerName: verdict.controllerName,
    profile: verdict.profile,
    accepted,
    conditions: [
      acceptance(one, conditions, refusals),
      programmed(one, conditions, accepted),
      resolvedRefs(one, conditions, unresolved),
    ],
    problems: [
      ...(verdict.problem === undefined ? [] : [verdict.problem]),
      ...refusals,
      ...addressNotes(one),
      ...routabilityProblems(one),
      ...(listeners.some((listener) => listener.accepted) ? [] : [noListener(listeners)]),
      ...unresolved,
      ...(certificate.note === undefined ? [] : [certificate.note]),
    ],
    listeners:
      accepted || verdict.problem !== undefined ? listeners : listeners.map((one) => unprogrammed(one, conditions)),
    listenerSets: [],
    ...(certificate.found !== undefined ? { clientCertificate: certificate.found } : {}),
    ...(ofClass !== undefined || own.parameters !== undefined
      ? { parameters: mergeParameters(ofClass, own.parameters) }
      : {}),
  };
}

/**
 * Adds the results of the Gateway's client validation: the problems of references that a listener needs, and the
 * condition InsecureFrontendValidationMode if clients need no valid certificate (GEP-91).
 */
export function withClientValidation(
  gateway: GatewayAttachment,
  used: ReadonlySet<ClientValidation>,
): GatewayAttachment {
  const problems = [...used].flatMap((validation) => [...validation.problems, ...validation.notes]);
  if (![...used].some(({ mode }) => mode === "AllowInsecureFallback")) {
    return problems.length === 0 ? gateway : { ...gateway, problems: [...gateway.problems, ...problems] };
  }
  const insecure: ConditionProblem = {
    code: "GW2108",
    field: "spec.tls.frontend",
    message: "Clients are let in without a valid certificate.",
    given: "AllowInsecureFallback",
    allowed: "AllowValidOnly",
    severity: "advice",
  };
  return {
    ...gateway,
    conditions: [
      ...gateway.conditions,
      conditionsOf(gateway.declared.object).bad("InsecureFrontendValidationMode", [insecure]),
    ],
    problems: [...gateway.problems, ...problems, insecure],
  };
}

/** Returns the reasons to refuse the Gateway itself, independent of its listeners. */
function refusalsOf(one: GatewayCase, { problem }: ResolvedParameters): readonly ConditionProblem[] {
  const addresses = isOpen(one.verdict.profile) ? [] : unknownAddresses(one);
  const refusals = addresses.map(({ type, value, field }): ConditionProblem => {
    const message = `No address of type ${type} can be given${value === undefined ? "" : `, such as ${value}`}.`;
    return { code: "GW2104", field, message, given: type, allowed: standardAddressTypes.join(", ") };
  });
  return problem === undefined ? refusals : [...refusals, problem];
}

function addressNotes(one: GatewayCase): readonly ConditionProblem[] {
  if (!isOpen(one.verdict.profile)) return [];
  return unknownAddresses(one).map(({ type, field }) =>
    opaqueNote("GW2120", field, type, `Only the controller of the class knows addresses of type ${type}.`),
  );
}

/** Returns the addresses whose type is not one of the API's. */
function unknownAddresses({ declared }: GatewayCase) {
  return (declared.object.spec.addresses ?? []).flatMap(({ type = "IPAddress", value }, index) =>
    standardAddressTypes.includes(type) ? [] : [{ type, value, field: `spec.addresses[${index}].type` }],
  );
}

/**
 * Reports addresses that cannot be provided. They do not refuse the Gateway (GEP-5093): it is programmed without them.
 * Under an open profile nothing is reported, because only the controller knows its addresses.
 */
function routabilityProblems({ declared, verdict }: GatewayCase): readonly ConditionProblem[] {
  if (isOpen(verdict.profile)) return [];
  return (declared.object.spec.addresses ?? []).flatMap(
    ({ type = "IPAddress", routability = "" }, index): readonly ConditionProblem[] => {
      const field = `spec.addresses[${index}]`;
      if (!ownRoutabilities.includes(routability)) {
        const message = `No address of routability ${routability} can be given.`;
        const found = { given: routability, allowed: clusterRoutability };
        return [{ code: "GW2110", field: `${field}.routability`, message, ...found }];
      }
      if (routability !== clusterRoutability || type === "IPAddress") return [];
      const message = `Inside the cluster there are addresses of type IPAddress, and none of type ${type}.`;
      return [{ code: "GW2110", field: `${field}.type`, message, given: type, allowed: "IPAddress" }];
    },
  );
}

function ownParameters({ declared, verdict: { profile }, references, options }: GatewayCase): ResolvedParameters {
  const { infrastructure } = declared.object.spec;
  const namespace = namespaceOf(declared.object);
  const from = { profile, namespace, code: "GW2103", field: "spec.infrastructure.parametersRef" } as const;
  return resolveParameters(infrastructure?.parametersRef, from, references.objects, options);
}

function acceptance(
  { verdict, listeners }: GatewayCase,
  conditions: ConditionWriter,
  refusals: readonly ConditionProblem[],
): Condition {
  if (verdict.problem !== undefined) return conditions.pending("Accepted", verdict.problem.message);
  if (refusals.length > 0) return conditions.no("Accepted", refusals);
  const refused = listeners.filter((listener) => !listener.accepted);
  if (refused.length === 0) return conditions.yes("Accepted", "Accepted", "The Gateway is accepted.");
  if (refused.length === listeners.length) return conditions.no("Accepted", [noListener(listeners)]);
  const message = `Not accepted: ${namesOf(refused)}. Accepted: ${namesOf(listeners.filter(({ accepted }) => accepted))}.`;
  return conditions.yes("Accepted", "ListenersNotValid", message);
}

function noListener(listeners: readonly ListenerAttachment[]): ConditionProblem {
  const message = `None of the listeners is accepted: ${namesOf(listeners)}.`;
  return { code: "GW2105", field: "spec.listeners", message, summary: true };
}

function namesOf(listeners: readonly ListenerAttachment[]): string {
  return listeners.map(({ spec }) => spec.name).join(", ");
}

function programmed({ verdict }: GatewayCase, conditions: ConditionWriter, accepted: boolean): Condition {
  if (verdict.problem !== undefined) return conditions.pending("Programmed", verdict.problem.message);
  return accepted
    ? conditions.pending("Programmed", "Waiting for the data plane.")
    : conditions.write("Programmed", "False", "Invalid", "The Gateway is not accepted.");
}

/** Marks a listener as not programmed, because its Gateway is refused. */
function unprogrammed(listener: ListenerAttachment, conditions: ConditionWriter): ListenerAttachment {
  const refused = conditions.write("Programmed", "False", "Invalid", "No port is opened: the Gateway is not accepted.");
  return {
    ...listener,
    conditions: listener.conditions.map((condition) =>
      condition.type === "Programmed" && condition.status === "Unknown" ? refused : condition,
    ),
  };
}

/** Puts the Gateway's own reference first. ListenersNotResolved only summarizes the listeners' own conditions. */
function resolvedRefs(
  { listeners }: GatewayCase,
  conditions: ConditionWriter,
  unresolved: readonly ConditionProblem[],
): Condition {
  const listenersNotResolved = listeners
    .filter((listener) => listener.conditions.some(({ type, status }) => type === "ResolvedRefs" && status === "False"))
    .map(
      ({ spec, index }): ConditionProblem => ({
        code: "GW2109",
        field: `spec.listeners[${index}]`,
        message: `References of listener ${spec.name} do not resolve.`,
        summary: true,
      }),
    );
  const problems = [...unresolved, ...listenersNotResolved];
  return problems.length === 0
    ? conditions.yes("ResolvedRefs", "ResolvedRefs", "All references resolve.")
    : conditions.no("ResolvedRefs", problems);
}

function clientCertificate({ declared, references }: GatewayCase): Resolved<NamespacedName> {
  const ref = declared.object.spec.tls?.backend?.clientCertificateRef;
  if (ref === undefined) return {};
  const from = { kind: "Gateway", namespace: namespaceOf(declared.object) };
  return keyPair(references, ref, from, "spec.tls.backend.clientCertificateRef", {
    invalid: "GW2106",
    kind: "GW2106",
    notPermitted: "GW2107",
    opaque: "GW2120",
  });
}
