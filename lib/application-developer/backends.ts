import { isLate, type Late } from "../api/declared/late.ts";
import type { ServiceSpec } from "./service-spec.ts";

/** A reference to a Service, for `backendRefs` or as the target of a mirror. */
export interface ServiceReference {
  readonly name: Late<string>;
  readonly port: Late<number>;
  readonly namespace?: Late<string>;
}

/** A reference to a ServiceImport of the Multi-Cluster Services API (GEP-1748). */
export interface ServiceImportReference extends ServiceReference {
  readonly group: "multicluster.x-k8s.io";
  readonly kind: "ServiceImport";
}

/** Options of a reference to a backend. */
export interface BackendOptions {
  /** Namespace of the backend. Default: the namespace of the route. Another namespace needs a ReferenceGrant. */
  readonly namespace?: Late<string>;
}

/** A Service that another library declares, such as a `Service` of cdk8s-plus. It is recognised by its members. */
export interface ServiceObject {
  readonly name: string;
  /** The Service's port to send requests to. cdk8s-plus gives the first port. */
  readonly port: number;
  readonly metadata?: { readonly namespace?: string };
}

/** A Service construct of this package. It is recognised by its members. */
export interface DeclaredService {
  readonly kind: "Service";
  readonly name: Late<string>;
  readonly namespace?: Late<string>;
  readonly props: ServiceSpec;
}

/**
 * Returns a plain reference to a port of a Service. To set a weight, spread it:
 *
 * ```ts
 * backendRefs: [{ ...service("acme-store", 8080), weight: 9 }, { ...service("acme-store-canary", 8080), weight: 1 }]
 * ```
 */
export function service(name: Late<string>, port: Late<number>, options?: BackendOptions): ServiceReference;
/** Returns a plain reference to a Service object, with its name, its port, and its namespace if it has one. */
export function service(object: ServiceObject): ServiceReference;
/**
 * Returns a plain reference to a {@link Service} construct, with its name and namespace. `port` defaults to its only
 * port. Throws an Error if the Service has several ports and none is given, or if it has no such port.
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

/** Returns a plain reference to a port of a ServiceImport. See {@link service}. */
export function serviceImport(
  name: Late<string>,
  port: Late<number>,
  options: BackendOptions = {},
): ServiceImportReference {
  return { group: "multicluster.x-k8s.io", kind: "ServiceImport", name, port, ...options };
}
