import type { Service, ServiceImport } from "../../api/index.ts";
import { reasonOf } from "../../findings/catalog/routing.ts";
import type { BackendKey } from "../ir.ts";
import type { RouteKind } from "../objects.ts";
import { type BackendPort, backendProtocol } from "./app-protocol.ts";
import type { AttachOptions, PolicyVerdict, ResolvedBackend, ResolvedTarget } from "./attachment.ts";
import type { TlsPolicies } from "./backend-tls-policy.ts";
import type { Problem } from "./condition.ts";
import { isOpen } from "./controller-profile.ts";
import { opaqueNote, opaqueObjectHash } from "./opaque.ts";
import { gatewayApiGroup, grantThatWouldHelp, type Referent } from "./reference-grants.ts";
import type { References } from "./references.ts";

const multiclusterGroup = "multicluster.x-k8s.io";

/** A backendRef after defaulting, without its weight. */
export interface BackendReference {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly port?: number;
}

/** What it takes to resolve a backend. */
export interface Backends extends References {
  readonly policies: TlsPolicies;
  readonly options: AttachOptions;
}

/** Who refers: a route of this kind in this namespace, at this field. */
export interface BackendReferrer {
  readonly kind: RouteKind;
  readonly namespace: string;
  readonly field: string;
}

interface Place {
  readonly kind: "Service" | "ServiceImport";
  readonly namespace: string;
  readonly name: string;
}

/** What a reference to a backend comes to, what is wrong with it, and what only the controller of the class knows of it. */
interface Resolution {
  readonly resolved: ResolvedTarget;
  readonly problem?: Problem;
  readonly note?: Problem;
}

/** Follows one backendRef: to a backend, to an opaque object, or to the reason why its share of the traffic is refused. */
export function resolveBackend(backends: Backends, ref: BackendReference, from: BackendReferrer): Resolution {
  if (isOpen(backends.profile) && !isStandardKind(ref)) return opaqueBackend(backends, ref, from);
  const found = locate(backends, ref, from);
  if ("problem" in found) return refused(found.problem);
  const { place, port, note } = found;
  const policy = policyFor(backends, place, port, from.kind);
  const spoken = backendProtocol(port, from.kind, policy !== undefined);
  const backend: ResolvedBackend = {
    ...place,
    port: port.port,
    ...(port.name === undefined ? {} : { portName: port.name }),
    protocol: "protocol" in spoken ? spoken.protocol : "http1",
    ...(policy === undefined ? {} : { policy }),
  };
  if ("fault" in spoken) {
    if (!isOpen(backends.profile)) return refused(unsupported(from, port, spoken.fault, spoken.fix), backend);
    return { ...reached(backend), note: opaqueProtocol(from, port) };
  }
  if (note !== undefined) return { ...reached(backend), note };
  if (policy === undefined || !sendsRequests(from.kind)) return reached(backend);
  return policy.accepted ? reached(backend) : { resolved: { target: refusedByPolicy(policy), backend } };
}

/** The key by which the IR knows a backend. */
export function backendKey({ kind, namespace, name, port }: Place & { readonly port: number }): BackendKey {
  const prefix = kind === "Service" ? "" : `${kind}:`;
  return `${prefix}${namespace}/${name}:${port}`;
}

/**
 * The BackendTLSPolicy in force for a port. A TLSRoute has use for it only on listeners that terminate, so it decides
 * nothing here; routes below TLS have none.
 */
function policyFor(
  { policies }: Backends,
  place: Place,
  port: BackendPort,
  routeKind: RouteKind,
): PolicyVerdict | undefined {
  if (place.kind !== "Service" || routeKind === "TCPRoute" || routeKind === "UDPRoute") return undefined;
  return policies.governing(`${place.namespace}/${place.name}`, port.name);
}

function sendsRequests(routeKind: RouteKind): boolean {
  return routeKind === "HTTPRoute" || routeKind === "GRPCRoute";
}

function reached(backend: ResolvedBackend): Resolution {
  return { resolved: { target: { backend: backendKey(backend) }, backend } };
}

/** A backend whose policy is refused must not be reached without TLS; the policy's own status says what is wrong. */
function refusedByPolicy(policy: PolicyVerdict): ResolvedTarget["target"] {
  const refusal = policy.conditions.find(({ type }) => type === "Accepted");
  return { invalid: refusal?.reason ?? "Invalid", message: refusal?.message ?? "Its BackendTLSPolicy is refused." };
}

function refused(problem: Problem, backend?: ResolvedBackend): Resolution {
  const target = { invalid: reasonOf(problem.code) ?? "BackendNotFound", message: problem.message };
  return { resolved: { target, ...(backend && { backend }) }, problem };
}

/** Whether the API says what a backend of this kind is; every other kind is an implementation's own. */
function isStandardKind({ group = "", kind = "Service" }: BackendReference): boolean {
  return (group === "" && kind === "Service") || (group === multiclusterGroup && kind === "ServiceImport");
}

/**
 * A backend of a kind that only the controller of the class knows. Across namespaces it needs a grant like any other, but
 * for routes: some controllers hand requests to other routes so, and ask those for no grant (decision 0216).
 */
function opaqueBackend(backends: Backends, ref: BackendReference, from: BackendReferrer): Resolution {
  const { group = "", kind = "Service", namespace = from.namespace, name, port } = ref;
  const isRoute = group === gatewayApiGroup && kind.endsWith("Route");
  const problem = isRoute ? undefined : withoutGrant(backends, { group, kind, namespace, name }, from);
  if (problem !== undefined) return refused(problem);
  const shown = group === "" ? kind : `${group}/${kind}`;
  const object = opaqueObjectHash(backends.objects, { group, kind }, namespace, name);
  const opaque = `${shown} ${namespace}/${name}${port === undefined ? "" : `:${port}`}`;
  const message = `Only the controller of the class knows what backends of kind ${shown} are.`;
  return {
    resolved: { target: { opaque, ...(object !== undefined && { object }) } },
    note: opaqueNote("GW2421", `${from.field}.kind`, shown, message),
  };
}

function withoutGrant(backends: Backends, to: Referent, from: BackendReferrer): Problem | undefined {
  if (backends.grants.permits(from, to)) return undefined;
  const { kind, namespace, name } = to;
  const message = `No ReferenceGrant lets ${from.kind}s in namespace ${from.namespace} use ${kind} ${namespace}/${name}.`;
  const fix = grantThatWouldHelp(from, to);
  return { code: "GW2411", field: `${from.field}.namespace`, message, given: namespace, fix };
}

/** Where a backend is, and on which port; or what is wrong. */
type Location =
  | { readonly place: Place; readonly port: BackendPort; readonly note?: Problem }
  | { readonly problem: Problem };

/** Finds the object and its port, in the order that keeps secrets: first whether the reference is allowed at all. */
function locate(backends: Backends, ref: BackendReference, from: BackendReferrer): Location {
  const { group = "", kind = "Service", namespace = from.namespace, name } = ref;
  if (!isStandardKind(ref)) return { problem: wrongKind(from, group, kind) };
  const place: Place = { kind: kind === "Service" ? "Service" : "ServiceImport", namespace, name };
  const problem = withoutGrant(backends, { group, kind, namespace, name }, from);
  if (problem !== undefined) return { problem };
  const { services, serviceImports } = backends.objects;
  const object = (kind === "Service" ? services : serviceImports).get(`${namespace}/${name}`)?.object;
  if (object !== undefined && isExternalName(object)) return ofExternalName(backends, place, ref.port, from);
  if (object !== undefined) return choosePort(object, place, ref.port, from);
  if (backends.undeclared === "exists" && ref.port !== undefined) return { place, port: { port: ref.port } };
  const message = `${kind} ${namespace}/${name} does not exist.`;
  const given = `${namespace}/${name}`;
  const undeclared = { kind, name: given };
  return { problem: { code: "GW2413", field: `${from.field}.name`, message, given, undeclared } };
}

function choosePort(
  object: Service | ServiceImport,
  place: Place,
  wanted: number | undefined,
  from: BackendReferrer,
): Location {
  const ports: readonly BackendPort[] = object.spec?.ports ?? [];
  const sole = ports.length === 1 ? ports[0]?.port : undefined;
  const number = wanted ?? (place.kind === "ServiceImport" ? sole : undefined);
  const same = ports.filter(({ port }) => port === number);
  const transport = from.kind === "UDPRoute" ? "UDP" : "TCP";
  const port = same.find(({ protocol = "TCP" }) => protocol === transport);
  if (port !== undefined) return { place, port };
  const { kind, namespace, name } = place;
  const [first] = same;
  if (first !== undefined) {
    const { protocol: given = "TCP" } = first;
    const message = `Port ${first.port} of ${kind} ${namespace}/${name} is for ${given}, and a ${from.kind} needs ${transport}.`;
    const fix = `Use a port with protocol ${transport}.`;
    return { problem: { code: "GW2414", field: `${from.field}.port`, message, given, allowed: transport, fix } };
  }
  const given = number === undefined ? "no port" : String(number);
  const message = `${kind} ${namespace}/${name} has no port ${number ?? "that could be meant, since none is named"}.`;
  const allowed = ports.map((one) => one.port).join(", ");
  return {
    problem: { code: "GW2413", field: `${from.field}.port`, message, given, allowed },
  };
}

function wrongKind(from: BackendReferrer, group: string, kind: string): Problem {
  const given = group === "" ? kind : `${group}/${kind}`;
  return {
    code: "GW2412",
    field: `${from.field}.kind`,
    message: `${given} is no kind of backend that is supported.`,
    given,
    allowed: `Service, ${multiclusterGroup}/ServiceImport`,
  };
}

function isExternalName(object: Service | ServiceImport): boolean {
  return object.kind === "Service" && object.spec?.type === "ExternalName";
}

/**
 * An ExternalName Service leads wherever its owner says, out of the cluster too (CVE-2021-25740). The API advises against
 * it and leaves it to implementations.
 */
function ofExternalName(
  { profile }: Backends,
  place: Place,
  port: number | undefined,
  from: BackendReferrer,
): Location {
  const service = `Service ${place.namespace}/${place.name} is of type ExternalName`;
  if (isOpen(profile) && port !== undefined) {
    const message = `${service}: only the controller of the class knows whether it follows that.`;
    return { place, port: { port }, note: opaqueNote("GW2421", from.field, "ExternalName", message) };
  }
  return {
    problem: {
      code: "GW2412",
      field: from.field,
      message: `${service}, which is not supported.`,
      given: "ExternalName",
      fix: "Use a Service with endpoints of its own.",
    },
  };
}

function opaqueProtocol(from: BackendReferrer, { port, appProtocol = "" }: BackendPort): Problem {
  const message = `Only the controller of the class knows how it speaks ${appProtocol} to port ${port}.`;
  return opaqueNote("GW2421", `${from.field}.port`, appProtocol, message);
}

function unsupported(from: BackendReferrer, port: BackendPort, message: string, fix?: string): Problem {
  const { appProtocol } = port;
  return {
    code: "GW2414",
    field: `${from.field}.port`,
    message,
    ...(appProtocol === undefined ? {} : { given: appProtocol }),
    ...(fix === undefined ? {} : { fix }),
  };
}
