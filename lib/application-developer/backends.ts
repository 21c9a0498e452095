import { isLate, type Late } from "../api/declared/late.ts";
import type { ServiceSpec } from "./service-spec.ts";

/** A backend that is a Service: an entry of `backendRefs`, the target of a mirror. */
export interface ServiceReference {
  readonly name: Late<string>;
  readonly port: Late<number>;
  readonly namespace?: Late<string>;
}

/** A backend that is a ServiceImport of the multi-cluster Services API (GEP-1748). */
export interface ServiceImportReference extends ServiceReference {
  readonly group: "multicluster.x-k8s.io";
  readonly kind: "ServiceImport";
}

/** Where a backend is. */
export interface BackendOptions {
  /** By default the namespace of the route. In another one a ReferenceGrant has to admit the reference. */
  readonly namespace?: Late<string>;
}

/** A Service that another library declares, such as a `Service` of cdk8s-plus: recognised by its members. */
export interface ServiceObject {
  readonly name: string;
  /** The port of the Service to send to; cdk8s-plus gives its first. */
  readonly port: number;
  readonly metadata?: { readonly namespace?: string };
}

/** A Service of this package, recognised by its members. */
export interface DeclaredService {
  readonly kind: "Service";
  readonly name: Late<string>;
  readonly namespace?: Late<string>;
  readonly props: ServiceSpec;
}

/**
 * A plain reference to a port of a Service. For a share of the traffic, spread it:
 *
 * ```ts
 * backendRefs: [{ ...service("acme-store", 8080), weight: 9 }, { ...service("acme-store-canary", 8080), weight: 1 }]
 * ```
 */
export function service(name: Late<string>, port: Late<number>, options?: BackendOptions): ServiceReference;
/** A plain reference to a Service that is an object: its name, its port, and its namespace if it says one. */
export function service(object: ServiceObject): ServiceReference;
/**
 * A plain reference to a {@link Service} construct: its name, its namespace, and `port`, by default its only port.
 * Throws an Error when it has several ports and none is given, or when it has no such port.
 */
export function service(construct: DeclaredService, port?: Late<number>): ServiceReference;
export function service(
  first: Late<string> | ServiceObject | DeclaredService,
  port?: Late<number>,
  options: BackendOptions = {},
): ServiceReference {
  if (isDeclaredService(first)) {
    const { name, namespace } = first;
    return { name, port: portOf(first, port), ...(namespace === undefined ? {} : { namespace }) };
  }
  if (!isServiceObject(first)) return { name: first, port: port as Late<number>, ...options };
  const namespace = first.metadata?.namespace;
  return { name: first.name, port: first.port, ...(namespace === undefined ? {} : { namespace }) };
}

function isDeclaredService(value: Late<string> | ServiceObject | DeclaredService): value is DeclaredService {
  return value !== null && typeof value === "object" && "kind" in value && value.kind === "Service" && "props" in value;
}

function portOf({ name, props }: DeclaredService, port: Late<number> | undefined): Late<number> {
  const ports = (props.ports ?? []).map((one) => one.port);
  const shown = ports.map((one) => (isLate(one) ? "(late)" : String(one))).join(", ") || "none";
  const label = typeof name === "string" ? name : "(late)";
  if (port === undefined) {
    const [only] = ports;
    if (only !== undefined && ports.length === 1) return only;
    throw new Error(`Service ${label} has the ports ${shown}: name the one to send to, as in service(web, 8080).`);
  }
  if (isLate(port) || ports.some((one) => one === port || isLate(one))) return port;
  throw new Error(`Service ${label} has no port ${port}; its ports: ${shown}.`);
}

function isServiceObject(value: Late<string> | ServiceObject): value is ServiceObject {
  return value !== null && typeof value === "object" && !isLate(value) && "name" in value && "port" in value;
}

/** A plain reference to a port of a ServiceImport; see {@link service}. */
export function serviceImport(
  name: Late<string>,
  port: Late<number>,
  options: BackendOptions = {},
): ServiceImportReference {
  return { group: "multicluster.x-k8s.io", kind: "ServiceImport", name, port, ...options };
}
