import type { Construct } from "constructs";
import {
  ApplicationDeveloper,
  BackendTLSPolicy,
  ClusterOperator,
  Gateway,
  GatewayClass,
  GatewayParameters,
  GRPCRoute,
  HTTPRoute,
  InfrastructureProvider,
  KubernetesObject,
  ListenerSet,
  Namespace,
  ReferenceGrant,
  Service,
  TCPRoute,
  TLSRoute,
} from "../../../lib/index.ts";

/** The declaration of the program, as plain data in which any value may be replaced. */
export type Declaration = typeof declaration;

const backend = { name: "web", namespace: "shared", port: 8080 };
const gateway = { name: "external", namespace: "edge" };
const metadata = { labels: { team: "store" }, annotations: { note: "hello" } };
const httpListener = { name: "http", protocol: "HTTP", port: 80, hostname: "*.acme.io" };

/** An object of each kind, with a value in most of its fields. */
export const declaration = {
  infrastructure: {
    gatewayClass: {
      metadata: { name: "lb", ...metadata },
      controllerName: "gatewright.dev/controller",
      parametersRef: { group: "gatewright.dev", kind: "GatewayParameters", name: "settings", namespace: "edge" },
    },
    parameters: { metadata: { name: "settings", ...metadata }, replicas: 2 },
    authority: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "ca", ...metadata }, data: { "ca.crt": "x" } },
  },
  edge: {
    namespace: "edge",
    namespaces: { metadata: { name: "store", ...metadata } },
    gateway: {
      metadata: { name: "external", ...metadata },
      gatewayClassName: "lb",
      addresses: [{ type: "IPAddress", value: "10.0.0.1" }],
      allowedListeners: { namespaces: { from: "All" } },
      listeners: [
        {
          ...httpListener,
          allowedRoutes: {
            namespaces: { from: "Selector", selector: { matchLabels: { team: "store" } } },
            kinds: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute" }],
          },
        },
        {
          name: "https",
          protocol: "HTTPS",
          port: 443,
          hostname: "shop.acme.io",
          tls: { mode: "Terminate", certificateRefs: [{ name: "acme-tls", namespace: "shared" }] },
          allowedRoutes: { namespaces: { from: "All" } },
        },
        {
          name: "tls",
          protocol: "TLS",
          port: 8443,
          hostname: "tls.acme.io",
          tls: { mode: "Passthrough" },
          allowedRoutes: { namespaces: { from: "All" } },
        },
        { name: "tcp", protocol: "TCP", port: 9000, allowedRoutes: { namespaces: { from: "All" } } },
      ],
    },
    listenerSet: {
      metadata: { name: "extra", ...metadata },
      parentRef: { ...gateway },
      listeners: [{ name: "more", protocol: "HTTP", port: 8081, hostname: "more.acme.io" }],
    },
    grant: {
      metadata: { name: "grant", ...metadata },
      from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "store" }],
      to: [{ group: "", kind: "Service", name: "web" }],
    },
  },
  store: {
    namespace: "store",
    route: {
      metadata: { name: "route", ...metadata },
      parentRefs: [{ ...gateway, sectionName: "https", port: 443 }],
      hostnames: ["shop.acme.io"],
      rules: [
        {
          matches: [
            {
              path: { type: "PathPrefix", value: "/store" },
              method: "GET",
              headers: [{ type: "Exact", name: "x-env", value: "test" }],
              queryParams: [{ name: "q", value: "1" }],
            },
          ],
          filters: [
            {
              type: "RequestHeaderModifier",
              requestHeaderModifier: { set: [{ name: "x", value: "y" }], remove: ["z"] },
            },
            { type: "RequestMirror", requestMirror: { backendRef: { ...backend }, percent: 10 } },
            {
              type: "URLRewrite",
              urlRewrite: { hostname: "b.io", path: { type: "ReplaceFullPath", replaceFullPath: "/" } },
            },
          ],
          backendRefs: [
            { ...backend, weight: 9 },
            { ...backend, name: "canary", weight: 1 },
          ],
          timeouts: { request: "10s", backendRequest: "1s" },
        },
        {
          filters: [
            {
              type: "RequestRedirect",
              requestRedirect: { scheme: "https", hostname: "b.io", port: 8443, statusCode: 301 },
            },
          ],
        },
      ],
    },
    service: {
      metadata: { name: "web", ...metadata },
      selector: { app: "web" },
      ports: [{ name: "http", port: 80, targetPort: 8080 }],
    },
    twin: {
      metadata: { name: "twin", ...metadata },
      parentRefs: [{ ...gateway }],
      hostnames: ["shop.acme.io", "twin.acme.io"],
      rules: [{ backendRefs: [{ name: "web", port: 80 }] }],
    },
    grpc: {
      metadata: { name: "grpc", ...metadata },
      parentRefs: [{ ...gateway }],
      hostnames: ["shop.acme.io"],
      rules: [{ matches: [{ method: { service: "a.B", method: "C" } }], backendRefs: [{ ...backend, weight: 1 }] }],
    },
    policy: {
      metadata: { name: "policy", ...metadata },
      targetRefs: [{ group: "", kind: "Service", name: "web", sectionName: "http" }],
      validation: { hostname: "web.acme.io", wellKnownCACertificates: "System" },
    },
    tls: {
      metadata: { name: "tls", ...metadata },
      parentRefs: [{ ...gateway }],
      hostnames: ["tls.acme.io"],
      rules: [{ backendRefs: [{ ...backend }] }],
    },
    tcp: {
      metadata: { name: "tcp", ...metadata },
      parentRefs: [{ ...gateway, port: 9000 }],
      rules: [{ backendRefs: [{ ...backend, weight: 3 }] }],
    },
  },
};

/** Declares the objects of a declaration below a scope. */
export function program(given: Declaration): (scope: Construct) => void {
  return (scope) => {
    // The types refuse late values in most places; JavaScript programs have no types.
    const { infrastructure, edge, store } = given as never as Record<string, Record<string, never>>;
    const alice = new InfrastructureProvider(scope, "alice", { namespace: "edge" });
    new GatewayClass(alice, "lb", infrastructure?.gatewayClass as never);
    new GatewayParameters(alice, "settings", infrastructure?.parameters as never);
    new KubernetesObject(alice, "ca", infrastructure?.authority as never);
    const bob = new ClusterOperator(scope, "bob", { namespace: edge?.namespace as never });
    new Namespace(bob, "store", edge?.namespaces as never);
    new Gateway(bob, "external", edge?.gateway as never);
    new ListenerSet(bob, "extra", edge?.listenerSet as never);
    new ReferenceGrant(bob, "grant", edge?.grant as never);
    const carol = new ApplicationDeveloper(scope, "carol", { namespace: store?.namespace as never });
    new Service(carol, "web", store?.service as never);
    new HTTPRoute(carol, "route", store?.route as never);
    new HTTPRoute(carol, "twin", store?.twin as never);
    new GRPCRoute(carol, "grpc", store?.grpc as never);
    new BackendTLSPolicy(carol, "policy", store?.policy as never);
    new TLSRoute(carol, "tls", store?.tls as never);
    new TCPRoute(carol, "tcp", store?.tcp as never);
  };
}

export type Path = readonly (string | number)[];

/** Returns every path in a value: leaves, and lists and mappings as a whole. */
export function placesOf(value: unknown, path: Path = []): readonly Path[] {
  if (value === null || typeof value !== "object") return [path];
  const below = Array.isArray(value)
    ? value.flatMap((item, index) => placesOf(item, [...path, index]))
    : Object.entries(value).flatMap(([key, member]) => placesOf(member, [...path, key]));
  return path.length < 2 ? below : [path, ...below];
}

/** Returns the value at a path. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((at, step) => (at as Record<string | number, unknown>)[step], value);
}

/** Returns a copy with another value at a path. The path may be gone because a value above it has been replaced. */
export function withValue<T>(value: T, path: Path, replacement: unknown): T {
  const [step, ...rest] = path;
  if (step === undefined) return replacement as T;
  if (value === null || typeof value !== "object" || !Object.hasOwn(value, step)) return value;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  copy[step] = withValue(copy[step], rest, replacement);
  return copy as T;
}

/**
 * Returns whether a path is the apiVersion or kind of a KubernetesObject. These have to be known at once, since no
 * construct implies them.
 */
export function isType([, object, member]: Path): boolean {
  return object === "authority" && (member === "apiVersion" || member === "kind");
}
