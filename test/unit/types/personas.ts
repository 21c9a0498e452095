/**
 * Programs that must and must not compile. `tsc` compiles this file with the rest; it is never run. Each line under a
 * `@ts-expect-error` is a mistake that the types have to catch.
 */
import type { Construct } from "constructs";
import {
  ApplicationDeveloper,
  BackendTLSPolicy,
  ClusterOperator,
  Gateway,
  GatewayClass,
  GatewayParameters,
  GRPCRoute,
  grpcMethod,
  HTTPRoute,
  header,
  type IGateway,
  type InfrastructureProvider,
  ListenerSet,
  mirrorTo,
  pathPrefix,
  ReferenceGrant,
  redirect,
  secret,
  service,
  serviceImport,
  setHeaders,
  TCPRoute,
  TLSRoute,
  UDPRoute,
} from "gatewright";
import { Canary, GatewayMigration, MulticlusterService, ServiceExport, ServiceImport } from "gatewright/patterns";

declare const alice: InfrastructureProvider;
declare const bob: ClusterOperator;
declare const carol: ApplicationDeveloper;
declare const nobody: Construct;
declare const gateway: IGateway;

const controllerName = "acme.io/gateway-controller";
const backendRefs = [service("acme-store", 8080)];
const policy = {
  targetRefs: [{ group: "", kind: "Service", name: "acme-store" }],
  validation: { hostname: "acme.io", wellKnownCACertificates: "System" },
} as const;

// Each kind belongs to a persona.
new GatewayClass(alice, "lb", { controllerName });
// @ts-expect-error a GatewayClass is Alice's
new GatewayClass(bob, "lb", { controllerName });
// @ts-expect-error a GatewayClass is Alice's
new GatewayClass(carol, "lb", { controllerName });

new Gateway(bob, "external", { gatewayClassName: "lb", listeners: [{ name: "http", protocol: "HTTP", port: 80 }] });
// @ts-expect-error a Gateway is Bob's
new Gateway(carol, "external", { gatewayClassName: "lb", listeners: [] });
// @ts-expect-error a Gateway is Bob's
new Gateway(alice, "external", { gatewayClassName: "lb", listeners: [] });
// @ts-expect-error a Gateway needs an owner
new Gateway(nobody, "external", { gatewayClassName: "lb", listeners: [] });

new HTTPRoute(carol, "route", { parentRefs: [gateway], rules: [{ backendRefs }] });
// @ts-expect-error a route is Carol's
new HTTPRoute(bob, "route", {});
// @ts-expect-error a route is Carol's
new GRPCRoute(bob, "route", {});
// @ts-expect-error a route is Carol's
new TLSRoute(bob, "route", { hostnames: ["acme.io"], rules: [{ backendRefs }] });
// @ts-expect-error a route is Carol's
new TCPRoute(alice, "route", { rules: [{ backendRefs }] });
// @ts-expect-error a route is Carol's
new UDPRoute(alice, "route", { rules: [{ backendRefs }] });

new BackendTLSPolicy(carol, "tls", policy);
// @ts-expect-error a BackendTLSPolicy is Carol's
new BackendTLSPolicy(bob, "tls", policy);

for (const either of [alice, bob]) new GatewayParameters(either, "settings", { replicas: 3 });
// @ts-expect-error settings of proxies are not Carol's
new GatewayParameters(carol, "settings", { replicas: 3 });
// @ts-expect-error there is no such limit
new GatewayParameters(bob, "settings", { limits: { patience: 1 } });

for (const either of [bob, carol]) {
  new ListenerSet(either, "set", { parentRef: gateway, listeners: [{ name: "http", protocol: "HTTP", port: 80 }] });
  new ReferenceGrant(either, "grant", { from: [], to: [secret("tls")] });
}
// @ts-expect-error a ListenerSet is not Alice's
new ListenerSet(alice, "set", { parentRef: gateway, listeners: [] });
// @ts-expect-error a ReferenceGrant is not Alice's
new ReferenceGrant(alice, "grant", { from: [], to: [] });

// A pattern belongs to the owner of the objects that it makes.
const rollout = { stable: service("a", 80), canary: service("b", 80), steps: [0, 100], step: 0 };
new Canary(carol, "rollout", rollout);
// @ts-expect-error a rollout is Carol's
new Canary(bob, "rollout", rollout);
// @ts-expect-error a step is a number
new Canary(carol, "rollout", { ...rollout, step: "1" });
const from = { id: "old", gatewayClassName: "lb", listeners: [] };
new GatewayMigration(bob, "upgrade", { from, to: { ...from, id: "new" }, stage: "both" });
// @ts-expect-error a migration of Gateways is Bob's
new GatewayMigration(carol, "upgrade", { from, to: { ...from, id: "new" }, stage: "both" });
// @ts-expect-error there is no such stage
new GatewayMigration(bob, "upgrade", { from, to: { ...from, id: "new" }, stage: "new" });
const everywhere = new MulticlusterService("store", { namespace: "store", port: 8080 });
everywhere.exportFrom(carol);
everywhere.importInto(carol);
// @ts-expect-error a Service is exported by those who run it
everywhere.exportFrom(bob);
// @ts-expect-error a Service is imported by those who route to it
everywhere.importInto(alice);
new ServiceExport(carol, "store");
// @ts-expect-error a ServiceExport is Carol's
new ServiceExport(bob, "store");
// @ts-expect-error a ServiceImport is Carol's
new ServiceImport(bob, "store", { type: "ClusterSetIP", ports: [{ port: 80 }] });

// A team's composite is a scope of its persona, in a constructor and in a field.
export class Edge extends ClusterOperator {
  readonly class: GatewayClass;
  readonly gateway = new Gateway(this, "external", { gatewayClassName: "lb", listeners: [] });

  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: "edge" });
    // @ts-expect-error a GatewayClass is Alice's
    this.class = new GatewayClass(this, "lb", { controllerName });
  }
}

// References.
const ours = new Gateway(bob, "external", { gatewayClassName: GatewayClass.fromName("lb"), listeners: [] });
new HTTPRoute(carol, "refs", {
  parentRefs: [
    ours,
    ours.listener("http"),
    { ...ours.parentRef, sectionName: "http" },
    Gateway.fromName("theirs", { namespace: "edge" }),
    ListenerSet.fromName("set"),
    { name: "plain" },
  ],
});
// @ts-expect-error a Gateway is no class
new Gateway(bob, "refs", { gatewayClassName: ours, listeners: [] });
// @ts-expect-error a ListenerSet is added to a Gateway, not to another ListenerSet
new ListenerSet(bob, "refs", { parentRef: ListenerSet.fromName("other"), listeners: [] });

// Helper functions return the spec's shapes.
new HTTPRoute(carol, "shapes", {
  rules: [
    {
      matches: [{ ...pathPrefix("/store"), headers: [header("serve", "canary")] }],
      filters: [mirrorTo(service("acme-store", 8080), { percent: 10 }), setHeaders({ "x-env": "canary" })],
      backendRefs: [
        { ...service("acme-store", 8080), weight: 9 },
        { ...serviceImport("acme-store", 8080), weight: 1 },
      ],
    },
    { filters: [redirect({ scheme: "https", statusCode: 301 })] },
  ],
});
new GRPCRoute(carol, "shapes", {
  rules: [
    { matches: [grpcMethod("acme.Store")], filters: [mirrorTo(service("a", 1)), setHeaders({ a: "b" })], backendRefs },
  ],
});
// @ts-expect-error gRPC has no redirects
new GRPCRoute(carol, "shapes", { rules: [{ filters: [redirect({ scheme: "https" })] }] });
// @ts-expect-error a mirror's share is a percentage or a fraction
mirrorTo(service("a", 1), { percent: 10, fraction: { numerator: 1 } });

// The types also find mistakes in a spec.
// @ts-expect-error a misspelled field
new HTTPRoute(carol, "typo", { hostname: ["acme.io"] });
// @ts-expect-error not one of the values
new HTTPRoute(carol, "enum", { rules: [{ matches: [{ path: { type: "Prefix", value: "/" } }] }] });
// @ts-expect-error listeners are required
new Gateway(bob, "required", { gatewayClassName: "lb" });

// Late values are allowed in names, namespaces, ports, hostnames and weights, and nowhere else.
const late = <T>(value: T) => ({ produce: (): T => value });
new HTTPRoute(new ApplicationDeveloper(nobody, "late", { namespace: late("store") }), "late", {
  metadata: { name: late("acme-store") },
  hostnames: [late("acme.io")],
  rules: [{ backendRefs: [{ ...service(late("acme-store"), late(8080)), weight: late(9) }] }],
});
// @ts-expect-error a path cannot be a late value
new HTTPRoute(carol, "late", { rules: [{ matches: [{ path: { type: "Exact", value: late("/") } }] }] });
