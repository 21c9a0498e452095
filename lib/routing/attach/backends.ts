import type { Service, ServiceImport } from "../../api/index.ts";
import { reasonOf } from "../../findings/catalog/routing.ts";
import type { BackendKey } from "../ir.ts";
import type { RouteKind } from "../objects.ts";
import { type BackendPort, backendProtocol } from "./app-protocol.ts";
import type { AttachOptions, PolicyVerdict, ResolvedBackend, ResolvedTarget } from "./attachment.ts";
import type { TlsPolicies } from "./backend-tls-policy.ts";
import type { ConditionProblem } from "./condition.ts";
import { isOpen } from "./controller-profile.ts";
import { opaqueNote, opaqueObjectHash } from "./opaque.ts";
import { gatewayApiGroup, grantThatWouldHelp, type Referent } from "./reference-grants.ts";
import type { References } from "./references.ts";

const multiclusterGroup = "multicluster.x-k8s.io";
/** The group of kgateway's backendRefs that name a label of routes in place of an object. */
const kgatewayDelegationGroup = "delegation.kgateway.dev";

/** A backendRef after the API's defaults are filled in, without its weight. */
export interface BackendReference {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly port?: number;
}

/** The inputs for resolving a backend reference. */
export interface Backends extends References {
  readonly policies: TlsPolicies;
  readonly options: AttachOptions;
}

/** The source of a reference: a route of this kind, in this namespace, at this field. */
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

/** A resolved backend reference, its problem if refused, and a note if only the controller of the class knows it. */
interface Resolution {
  readonly resolved: ResolvedTarget;
  readonly problem?: ConditionProblem;
  readonly note?: ConditionProblem;
}

/** Resolves one backendRef to a backend, an opaque object, or the reason why its share of the traffic is refused. */
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

/** Returns the key of a backend in the IR. */
export function backendKey({ kind, namespace, name, port }: Place & { readonly port: number }): BackendKey {
  const prefix = kind === "Service" ? "" : `${kind}:`;
  return `${prefix}${namespace}/${name}:${port}`;
}

/**
 * Returns the BackendTLSPolicy that governs a port, accepted or not. TCPRoutes and UDPRoutes have none. A TLSRoute uses
 * the policy only on listeners that terminate TLS, so a policy that is not accepted does not refuse a TLSRoute's
 * backend.
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

/** Refuses a backend whose policy is not accepted: it must not be reached without TLS. The status has the reason. */
function refusedByPolicy(policy: PolicyVerdict): ResolvedTarget["target"] {
  const refusal = policy.conditions.find(({ type }) => type === "Accepted");
  return { invalid: refusal?.reason ?? "Invalid", message: refusal?.message ?? "Its BackendTLSPolicy is refused." };
}

function refused(problem: ConditionProblem, backend?: ResolvedBackend): Resolution {
  const target = { invalid: reasonOf(problem.code) ?? "BackendNotFound", message: problem.message };
  return { resolved: { target, ...(backend && { backend }) }, problem };
}

/** Reports whether the API defines backends of this kind. All other kinds are specific to an implementation. */
function isStandardKind({ group = "", kind = "Service" }: BackendReference): boolean {
  return (group === "" && kind === "Service") || (group === multiclusterGroup && kind === "ServiceImport");
}

/**
 * Resolves a backend of a kind that only the controller of the class knows. Across namespaces it needs a
 * ReferenceGrant, unless it stands for routes: some controllers delegate requests to other routes without one (decision
 * 0216).
 */
function opaqueBackend(backends: Backends, ref: BackendReference, from: BackendReferrer): Resolution {
  const { group = "", kind = "Service", namespace = from.namespace, name, port } = ref;
  const problem = isDelegation(group, kind)
    ? undefined
    : withoutGrant(backends, { group, kind, namespace, name }, from);
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

/**
 * Returns whether a backend stands for routes, not for an object: a route of the Gateway API, or kgateway's selection of
 * routes by label.
 */
function isDelegation(group: string, kind: string): boolean {
  return (
    (group === gatewayApiGroup && kind.endsWith("Route")) || (group === kgatewayDelegationGroup && kind === "label")
  );
}

function withoutGrant(backends: Backends, to: Referent, from: BackendReferrer): ConditionProblem | undefined {
  if (backends.grants.permits(from, to)) return undefined;
  const { kind, namespace, name } = to;
  const message = `No ReferenceGrant lets ${from.kind}s in namespace ${from.namespace} use ${kind} ${namespace}/${name}.`;
  const fix = grantThatWouldHelp(from, to);
  return { code: "GW2411", field: `${from.field}.namespace`, message, given: namespace, fix };
}

/** The object and port of a backend, or the problem that prevents finding them. */
type Location =
  | { readonly place: Place; readonly port: BackendPort; readonly note?: ConditionProblem }
  | { readonly problem: ConditionProblem };

/** Finds the object and its port. The grant is checked first, so that a refusal does not reveal what exists. */
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

function wrongKind(from: BackendReferrer, group: string, kind: string): ConditionProblem {
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
 * Refuses a Service of type ExternalName, unless the profile is open. Its owner can point it anywhere, also outside the
 * cluster (CVE-2021-25740). The API advises against supporting such Services and leaves the decision to
 * implementations.
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

function opaqueProtocol(from: BackendReferrer, { port, appProtocol = "" }: BackendPort): ConditionProblem {
  const message = `Only the controller of the class knows how it speaks ${appProtocol} to port ${port}.`;
  return opaqueNote("GW2421", `${from.field}.port`, appProtocol, message);
}

function unsupported(from: BackendReferrer, port: BackendPort, message: string, fix?: string): ConditionProblem {
  const { appProtocol } = port;
  return {
    code: "GW2414",
    field: `${from.field}.port`,
    message,
    ...(appProtocol === undefined ? {} : { given: appProtocol }),
    ...(fix === undefined ? {} : { fix }),
  };
}
