import { routeKinds } from "../../api/kinds/allowed-routes.ts";
import type { NamespacedName } from "../ir.ts";
import type { AttachOptions, ListenerAttachment, ListenerSpec } from "./attachment.ts";
import { type CertificateCodes, keyPair } from "./certificates.ts";
import type { ClientValidation } from "./client-validation.ts";
import type { Condition, ConditionProblem, ConditionWriter } from "./condition.ts";
import { type ControllerProfile, isOpen, standardProtocols } from "./controller-profile.ts";
import { opaqueNote } from "./opaque.ts";
import type { References } from "./references.ts";
import { tlsOptions } from "./tls-options.ts";

const codes: CertificateCodes = { invalid: "GW2206", kind: "GW2206", notPermitted: "GW2207", opaque: "GW2220" };

/** The inputs for judging a listener. */
export interface ListenerCase {
  readonly parent: ListenerAttachment["parent"];
  readonly index: number;
  readonly spec: ListenerSpec;
  readonly conditions: ConditionWriter;
  readonly references: References;
  readonly options: AttachOptions;
  readonly conflict?: ConditionProblem;
  /** The client validation for the listener's port. Used for HTTPS only. */
  readonly clientValidation?: ClientValidation;
}

/** Reports whether the API defines the protocol. Only then are its port conflicts known. */
export function isStandardProtocol(protocol: string): boolean {
  return standardProtocols.some((known) => known === protocol);
}

/** Reports whether the controller serves the listener's protocol. An open profile serves every protocol. */
export function isServedProtocol(protocol: string, profile: ControllerProfile): boolean {
  return isOpen(profile) || profile.protocols.some((served) => served === protocol);
}

/** Judges one listener of a Gateway or ListenerSet, independent of routes. */
export function judgeListener(one: ListenerCase): ListenerAttachment {
  const { parent, index, spec, conditions: write } = one;
  const field = `spec.listeners[${index}]`;
  const { profile } = one.references;
  const open = isOpen(profile);
  const served = isServedProtocol(spec.protocol, profile);
  const kinds = served ? routeKinds(spec, profile.unknown) : { supported: [], invalid: [], opaque: [] };
  const validation = served && spec.protocol === "HTTPS" ? one.clientValidation : undefined;
  const certificates = served ? certificatesOf(one, field) : noCertificates;
  const options = tlsOptions(spec, field, terminatesTls(spec));
  const refusals = [...refusalsOf(one, field, served, validation), ...(served && !open ? options.problems : [])];
  const unresolved = [...kinds.invalid.map((place) => wrongRouteKind(spec, field, place)), ...certificates.problems];
  const accepted = refusals.length === 0;
  const isPresented = certificates.found.length > 0 || certificates.notes.length > 0;
  const serves = accepted && (!terminatesTls(spec) || isPresented);
  const notes = open ? [...notesOf(spec, field, kinds.opaque), ...options.problems.map(asNote)] : [];
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
    problems: [...refusals, ...unresolved, ...certificates.notes, ...notes],
    supportedKinds: kinds.supported,
    certificates: certificates.found,
    ...(Object.keys(options.options).length > 0 && { tlsOptions: options.options }),
    ...(validation === undefined || validation.caCertificates.length === 0
      ? {}
      : { clientValidation: { mode: validation.mode, caCertificates: validation.caCertificates } }),
  };
}

function refusalsOf(
  { spec, options, references: { profile }, conflict }: ListenerCase,
  field: string,
  served: boolean,
  validation: ClientValidation | undefined,
): readonly ConditionProblem[] {
  const refusals: ConditionProblem[] = [];
  if (conflict !== undefined) refusals.push(conflict);
  if (!served) return [...refusals, unservedProtocol(spec, field, profile)];
  if (options.unavailablePorts?.includes(spec.port)) {
    const message = `The proxy cannot open port ${spec.port}.`;
    refusals.push({ code: "GW2202", field: `${field}.port`, message, given: String(spec.port) });
  }
  if ((spec.filters?.requests ?? []).length > 0 && !isOpen(profile)) {
    const message =
      "Filters that run before routing are not supported, and leaving them out would let requests through.";
    refusals.push({ code: "GW2211", field: `${field}.filters`, message });
  }
  if (validation !== undefined && validation.caCertificates.length + validation.notes.length === 0) {
    const message = "None of the CA certificates that clients are to be validated with can be used.";
    refusals.push({ code: "GW2210", field, message, summary: true });
  }
  return refusals;
}

/** Returns notes on what only the controller of the class knows: protocols, route kinds, filters before routing. */
function notesOf(spec: ListenerSpec, field: string, opaqueKinds: readonly number[]): readonly ConditionProblem[] {
  const note = (place: string, given: string, what: string) =>
    opaqueNote("GW2220", `${field}.${place}`, given, `Only the controller of the class knows ${what}.`);
  const kinds = opaqueKinds.map((place) => {
    const { group, kind = "" } = spec.allowedRoutes?.kinds?.[place] ?? {};
    const given = `${group}/${kind}`;
    return note(`allowedRoutes.kinds[${place}]`, given, `routes of kind ${given}`);
  });
  return [
    ...(isStandardProtocol(spec.protocol)
      ? []
      : [note("protocol", spec.protocol, `protocol ${spec.protocol}, so routes of any kind may attach`)]),
    ...kinds,
    ...((spec.filters?.requests ?? []).length > 0
      ? [note("filters", "filters", "whether it runs filters before routing")]
      : []),
  ];
}

/** Lowers a problem with our `tls.options` to a note, since another controller ignores these options. */
function asNote(problem: ConditionProblem): ConditionProblem {
  return { ...problem, severity: "note" };
}

function unservedProtocol(spec: ListenerSpec, field: string, profile: ControllerProfile): ConditionProblem {
  return {
    code: "GW2201",
    field: `${field}.protocol`,
    message: `The proxy does not serve protocol ${spec.protocol}.`,
    given: spec.protocol,
    allowed: profile.protocols.join(", "),
  };
}

function wrongRouteKind(spec: ListenerSpec, field: string, place: number): ConditionProblem {
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

/** Reports whether the listener terminates TLS. HTTPS always does; TLS does except in mode Passthrough. */
function terminatesTls({ protocol, tls }: ListenerSpec): boolean {
  return protocol === "HTTPS" || (protocol === "TLS" && tls?.mode !== "Passthrough");
}

interface ListenerCertificates {
  readonly found: readonly NamespacedName[];
  readonly problems: readonly ConditionProblem[];
  /** Notes on certificates that only the controller of the class can find. */
  readonly notes: readonly ConditionProblem[];
}

const noCertificates: ListenerCertificates = { found: [], problems: [], notes: [] };

function certificatesOf({ spec, parent, references }: ListenerCase, field: string): ListenerCertificates {
  if (!terminatesTls(spec)) return noCertificates;
  const listed = spec.tls?.certificateRefs ?? [];
  if (listed.length === 0) return withoutReferences(spec, `${field}.tls.certificateRefs`, references.profile);
  const resolved = listed.map((ref, place) =>
    keyPair(references, ref, parent, `${field}.tls.certificateRefs[${place}]`, codes),
  );
  return {
    found: resolved.flatMap(({ found }) => (found === undefined ? [] : [found])),
    problems: resolved.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    notes: resolved.flatMap(({ note }) => (note === undefined ? [] : [note])),
  };
}

/** Judges a listener without certificateRefs. Other controllers may use `tls.options` or annotations instead. */
function withoutReferences(
  { protocol }: ListenerSpec,
  field: string,
  profile: ControllerProfile,
): ListenerCertificates {
  if (isOpen(profile)) {
    const message = "Only the controller of the class knows its certificate, since certificateRefs names none.";
    return { ...noCertificates, notes: [opaqueNote("GW2220", field, "none", message)] };
  }
  const message = `A listener of protocol ${protocol} needs a certificate, and certificateRefs names none.`;
  const fix = "Name a Secret with the certificate in tls.certificateRefs.";
  return { ...noCertificates, problems: [{ code: "GW2206", field, message, fix }] };
}

function conflicted({ conflict, conditions }: ListenerCase): Condition {
  return conflict === undefined
    ? conditions.write("Conflicted", "False", "NoConflicts", "The listener is distinct from all others.")
    : conditions.bad("Conflicted", [conflict]);
}

function programmed(
  { conflict, conditions }: ListenerCase,
  refusals: readonly ConditionProblem[],
  serves: boolean,
): Condition {
  if (conflict !== undefined) return conditions.no("Programmed", [conflict]);
  if (serves) return conditions.pending("Programmed", "Waiting for the data plane.");
  const why = refusals.length > 0 ? "the listener is not accepted" : "the listener has no certificate that can be used";
  return conditions.write("Programmed", "False", "Invalid", `No port is opened: ${why}.`);
}

function resolvedRefs({ conditions }: ListenerCase, problems: readonly ConditionProblem[]): Condition {
  return problems.length === 0
    ? conditions.yes("ResolvedRefs", "ResolvedRefs", "All references resolve.")
    : conditions.no("ResolvedRefs", problems);
}
