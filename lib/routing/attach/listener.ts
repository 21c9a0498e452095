import { routeKinds } from "../../api/allowed-routes.ts";
import type { NamespacedName, ProtocolIR } from "../ir.ts";
import type { AttachOptions, ListenerAttachment, ListenerSpec } from "./attachment.ts";
import { type CertificateCodes, keyPair } from "./certificates.ts";
import type { ClientValidation } from "./client-validation.ts";
import type { Condition, ConditionWriter, Problem } from "./condition.ts";
import type { References } from "./references.ts";
import { tlsOptions } from "./tls-options.ts";

const standardProtocols: readonly ProtocolIR[] = ["HTTP", "HTTPS", "TLS", "TCP", "UDP"];

const codes: CertificateCodes = { invalid: "GW2206", kind: "GW2206", notPermitted: "GW2207" };

/** A listener and all that its judgement depends on. */
export interface ListenerCase {
  readonly parent: ListenerAttachment["parent"];
  readonly index: number;
  readonly spec: ListenerSpec;
  readonly conditions: ConditionWriter;
  readonly references: References;
  readonly options: AttachOptions;
  readonly conflict?: Problem;
  /** Of its port; counts for HTTPS. */
  readonly clientValidation?: ClientValidation;
}

/** Whether the standard says what the protocol is, and so what it can share a port with. */
export function isStandardProtocol(protocol: string): boolean {
  return standardProtocols.some((known) => known === protocol);
}

/** Whether the proxy serves the listener's protocol at all. */
export function isServedProtocol(protocol: string, { protocols = standardProtocols }: AttachOptions): boolean {
  return protocols.some((served) => served === protocol);
}

/** Judges one listener of a Gateway or ListenerSet by itself; routes do not matter to it. */
export function judgeListener(one: ListenerCase): ListenerAttachment {
  const { parent, index, spec, conditions: write } = one;
  const field = `spec.listeners[${index}]`;
  const served = isServedProtocol(spec.protocol, one.options);
  const kinds = served ? routeKinds(spec) : { supported: [], invalid: [] };
  const validation = served && spec.protocol === "HTTPS" ? one.clientValidation : undefined;
  const certificates = served ? certificatesOf(one, field) : { found: [], problems: [] };
  const options = tlsOptions(spec, field, terminatesTls(spec));
  const refusals = [...refusalsOf(one, field, served, validation), ...(served ? options.problems : [])];
  const unresolved = [...kinds.invalid.map((place) => wrongRouteKind(spec, field, place)), ...certificates.problems];
  const accepted = refusals.length === 0;
  const serves = accepted && (!terminatesTls(spec) || certificates.found.length > 0);
  return {
    key: `${parent.kind}/${parent.namespace}/${parent.name}/${spec.name}`,
    parent,
    index,
    spec,
    accepted,
    serves,
    conditions: [
      accepted ? write.yes("Accepted", "Accepted", "The listener is accepted.") : write.no("Accepted", refusals),
      conflicted(one),
      programmed(one, refusals, serves),
      resolvedRefs(one, [...unresolved, ...(validation?.problems ?? [])]),
    ],
    problems: [...refusals, ...unresolved],
    supportedKinds: kinds.supported,
    certificates: certificates.found,
    ...(Object.keys(options.options).length > 0 && { tlsOptions: options.options }),
    ...(validation === undefined || validation.caCertificates.length === 0
      ? {}
      : { clientValidation: { mode: validation.mode, caCertificates: validation.caCertificates } }),
  };
}

function refusalsOf(
  { spec, options, conflict }: ListenerCase,
  field: string,
  served: boolean,
  validation: ClientValidation | undefined,
): readonly Problem[] {
  const refusals: Problem[] = [];
  if (conflict !== undefined) refusals.push(conflict);
  if (!served) return [...refusals, unservedProtocol(spec, field, options)];
  if (options.unavailablePorts?.includes(spec.port)) {
    const message = `The proxy cannot open port ${spec.port}.`;
    refusals.push({ code: "GW2202", field: `${field}.port`, message, given: String(spec.port) });
  }
  if ((spec.filters?.requests ?? []).length > 0) {
    const message =
      "Filters that run before routing are not supported, and leaving them out would let requests through.";
    refusals.push({ code: "GW2211", field: `${field}.filters`, message });
  }
  if (validation !== undefined && validation.caCertificates.length === 0) {
    const message = "None of the CA certificates that clients are to be validated with can be used.";
    refusals.push({ code: "GW2210", field, message, summary: true });
  }
  return refusals;
}

function unservedProtocol(spec: ListenerSpec, field: string, options: AttachOptions): Problem {
  return {
    code: "GW2201",
    field: `${field}.protocol`,
    message: `The proxy does not serve protocol ${spec.protocol}.`,
    given: spec.protocol,
    allowed: (options.protocols ?? standardProtocols).join(", "),
  };
}

function wrongRouteKind(spec: ListenerSpec, field: string, place: number): Problem {
  const listed = spec.allowedRoutes?.kinds?.[place];
  const { supported } = routeKinds({ ...spec, allowedRoutes: {} });
  const given = listed?.group === undefined ? (listed?.kind ?? "") : `${listed.group}/${listed.kind}`;
  return {
    code: "GW2205",
    field: `${field}.allowedRoutes.kinds[${place}]`,
    message: `A listener of protocol ${spec.protocol} carries no routes of kind ${given}.`,
    given,
    allowed: supported.join(", "),
  };
}

/** HTTPS always does; TLS does unless it passes the connection through. */
function terminatesTls({ protocol, tls }: ListenerSpec): boolean {
  return protocol === "HTTPS" || (protocol === "TLS" && tls?.mode !== "Passthrough");
}

function certificatesOf(
  { spec, parent, references }: ListenerCase,
  field: string,
): { readonly found: readonly NamespacedName[]; readonly problems: readonly Problem[] } {
  if (!terminatesTls(spec)) return { found: [], problems: [] };
  const listed = spec.tls?.certificateRefs ?? [];
  if (listed.length === 0) {
    const message = `A listener of protocol ${spec.protocol} needs a certificate, and certificateRefs names none.`;
    const fix = "Name a Secret with the certificate in tls.certificateRefs.";
    return { found: [], problems: [{ code: "GW2206", field: `${field}.tls.certificateRefs`, message, fix }] };
  }
  const resolved = listed.map((ref, place) =>
    keyPair(references, ref, parent, `${field}.tls.certificateRefs[${place}]`, codes),
  );
  return {
    found: resolved.flatMap(({ found }) => (found === undefined ? [] : [found])),
    problems: resolved.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
  };
}

function conflicted({ conflict, conditions }: ListenerCase): Condition {
  return conflict === undefined
    ? conditions.write("Conflicted", "False", "NoConflicts", "The listener is distinct from all others.")
    : conditions.bad("Conflicted", [conflict]);
}

function programmed({ conflict, conditions }: ListenerCase, refusals: readonly Problem[], serves: boolean): Condition {
  if (conflict !== undefined) return conditions.no("Programmed", [conflict]);
  if (serves) return conditions.pending("Programmed", "Waiting for the data plane.");
  const why = refusals.length > 0 ? "the listener is not accepted" : "the listener has no certificate that can be used";
  return conditions.write("Programmed", "False", "Invalid", `No port is opened: ${why}.`);
}

function resolvedRefs({ conditions }: ListenerCase, problems: readonly Problem[]): Condition {
  return problems.length === 0
    ? conditions.yes("ResolvedRefs", "ResolvedRefs", "All references resolve.")
    : conditions.no("ResolvedRefs", problems);
}
