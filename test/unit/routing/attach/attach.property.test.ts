import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { AnyObject, Declared } from "../../../../lib/api/declared/declared.ts";
import { type ApiObject, validate } from "../../../../lib/api/index.ts";
import { assemble, attach } from "../../../../lib/routing/attach/attach.ts";
import type { Attachment } from "../../../../lib/routing/attach/attachment.ts";
import { attachContext } from "../../../../lib/routing/attach/context.ts";
import { findings } from "../../../../lib/routing/attach/findings.ts";
import { attachRoute } from "../../../../lib/routing/attach/route.ts";
import { statuses } from "../../../../lib/routing/attach/statuses.ts";
import { lower } from "../../../../lib/routing/lower/lower.ts";
import { routingObjects } from "../../../../lib/routing/objects.ts";

const apiVersion = "gateway.networking.k8s.io/v1";
const options = { undeclared: "exists" } as const;

const namespaces = fc.constantFrom("edge", "store");
const hostnames = fc.constantFrom("a.io", "b.io", "www.a.io", "x.www.a.io", "*.a.io", "*.www.a.io", "*.b.io");
const maybeHostname = fc.option(hostnames, { nil: undefined });

interface ListenerSketch {
  readonly name: string;
  readonly protocol: "HTTP" | "TLS" | "TCP" | "UDP";
  readonly port: number;
  readonly hostname: string | undefined;
  readonly from: "All" | "Same";
  readonly kinds: readonly string[];
}

const kindsOf = { HTTP: ["HTTPRoute", "GRPCRoute"], TLS: ["TLSRoute"], TCP: ["TCPRoute"], UDP: ["UDPRoute"] } as const;

const listener: fc.Arbitrary<ListenerSketch> = fc
  .record({
    name: fc.constantFrom("one", "two", "three"),
    protocol: fc.constantFrom("HTTP", "HTTP", "HTTP", "TLS", "TCP", "UDP"),
    port: fc.constantFrom(80, 81, 82),
    hostname: maybeHostname,
    from: fc.constantFrom("All", "Same"),
    onlyFirstKind: fc.boolean(),
  })
  .map(({ onlyFirstKind, hostname, ...rest }) => ({
    ...rest,
    hostname: rest.protocol === "HTTP" || rest.protocol === "TLS" ? hostname : undefined,
    kinds: onlyFirstKind ? kindsOf[rest.protocol].slice(0, 1) : kindsOf[rest.protocol],
  }));

/** Generates listeners that the CRD admits: names are unique, and so are port, protocol and hostname together. */
const listeners = fc
  .uniqueArray(listener, { selector: ({ name }) => name, minLength: 1, maxLength: 3 })
  .filter((all) => new Set(all.map((one) => `${one.protocol} ${one.port} ${one.hostname}`)).size === all.length);

interface ParentSketch {
  readonly namespace: string;
  readonly name: string;
  readonly listeners: readonly ListenerSketch[];
}

const gateways: fc.Arbitrary<readonly ParentSketch[]> = fc.uniqueArray(
  fc.record({ namespace: namespaces, name: fc.constantFrom("g", "h"), listeners }),
  { selector: ({ namespace, name }) => `${namespace}/${name}`, minLength: 1, maxLength: 3 },
);

const routes = fc.uniqueArray(
  fc.record({
    kind: fc.constantFrom("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"),
    namespace: namespaces,
    name: fc.constantFrom("r", "s", "t"),
    created: fc.option(fc.constantFrom("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"), { nil: undefined }),
    hostnames: fc.uniqueArray(hostnames, { maxLength: 3 }),
    parents: fc.uniqueArray(
      fc.record({
        namespace: namespaces,
        name: fc.constantFrom("g", "h"),
        sectionName: fc.option(fc.constantFrom("one", "two"), { nil: undefined }),
        port: fc.option(fc.constantFrom(80, 81), { nil: undefined }),
      }),
      { selector: ({ namespace, name }) => `${namespace}/${name}`, maxLength: 2 },
    ),
  }),
  { selector: ({ kind, namespace, name }) => `${kind}/${namespace}/${name}`, maxLength: 6 },
);

type RouteSketch = typeof routes extends fc.Arbitrary<(infer R)[]> ? R : never;

const world = fc.record({ gateways, routes });

/** Returns the hostnames of a route. TLSRoutes must have some, TCPRoutes and UDPRoutes cannot. */
function hostnamesOf({ kind, hostnames: own }: RouteSketch): readonly string[] {
  if (kind === "TCPRoute" || kind === "UDPRoute") return [];
  return kind === "TLSRoute" && own.length === 0 ? ["a.io"] : own;
}

function objectsOf({
  gateways: parents,
  routes: sketches,
}: {
  gateways: readonly ParentSketch[];
  routes: RouteSketch[];
}) {
  const objects: AnyObject[] = [
    ...parents.map(({ namespace, name, listeners: own }) => ({
      apiVersion,
      kind: "Gateway",
      metadata: { namespace, name },
      spec: { gatewayClassName: "any", listeners: own.map(listenerObject) },
    })),
    ...sketches.map((sketch) => ({
      apiVersion,
      kind: sketch.kind,
      metadata: {
        namespace: sketch.namespace,
        name: sketch.name,
        ...(sketch.created && { creationTimestamp: sketch.created }),
      },
      spec: {
        parentRefs: sketch.parents.map((ref) => JSON.parse(JSON.stringify(ref))),
        ...(hostnamesOf(sketch).length > 0 && { hostnames: hostnamesOf(sketch) }),
        rules: [{ backendRefs: [{ name: "store", port: 8080 }] }],
      },
    })),
  ];
  return objects.map(declared);
}

function listenerObject({ name, protocol, port, hostname, from, kinds }: ListenerSketch) {
  return {
    name,
    protocol,
    port,
    ...(hostname && { hostname }),
    ...(protocol === "TLS" && { tls: { mode: "Passthrough" } }),
    allowedRoutes: { namespaces: { from }, kinds: kinds.map((kind) => ({ kind })) },
  };
}

function declared(object: AnyObject): Declared<ApiObject> {
  const { object: valid, findings: problems } = validate(object, { channel: "experimental" });
  if (valid === undefined) throw new Error(JSON.stringify(problems));
  return { object: valid, origin: { construct: "test" } };
}

/** Decides the handshake from the text of the specification, one condition after another and without any index. */
function takes(gateway: ParentSketch, one: ListenerSketch, route: RouteSketch): boolean {
  const refers = route.parents.some(
    (ref) =>
      ref.namespace === gateway.namespace &&
      ref.name === gateway.name &&
      (ref.sectionName === undefined || ref.sectionName === one.name) &&
      (ref.port === undefined || ref.port === one.port),
  );
  const allows = one.kinds.includes(route.kind) && (one.from === "All" || route.namespace === gateway.namespace);
  return refers && allows && shareHost(one.hostname, hostnamesOf(route));
}

const someHosts = ["a.io", "b.io", "c.io", "www.a.io", "y.a.io", "x.www.a.io", "z.www.a.io", "q.b.io"];

function shareHost(own: string | undefined, theirs: readonly string[]): boolean {
  return someHosts.some(
    (host) =>
      (own === undefined || matches(host, own)) && (theirs.length === 0 || theirs.some((name) => matches(host, name))),
  );
}

function matches(host: string, pattern: string): boolean {
  return pattern.startsWith("*.") ? host.endsWith(pattern.slice(1)) : host === pattern;
}

function told(attachment: Attachment): unknown {
  return { statuses: statuses(attachment), findings: findings(attachment), ir: lower(attachment) };
}

test("a route is accepted by a Gateway, and counted by a listener, exactly when the text of the API says so", () => {
  fc.assert(
    fc.property(world, (sketch) => {
      const attachment = attach(routingObjects(objectsOf(sketch)), options);
      for (const gateway of sketch.gateways) {
        for (const one of gateway.listeners) {
          const expected = sketch.routes.filter((route) => takes(gateway, one, route));
          const key = `Gateway/${gateway.namespace}/${gateway.name}/${one.name}`;
          const attached = (attachment.attachedRoutes.get(key) ?? []).map(({ route }) => route.key);
          deepEqual(
            [...attached].sort(),
            expected.map(({ kind, namespace, name }) => `${kind}/${namespace}/${name}`).sort(),
          );
        }
        for (const route of sketch.routes) {
          const parents = attachment.routes.get(`${route.kind}/${route.namespace}/${route.name}`)?.parents ?? [];
          const answer = parents.find(({ gateway: key }) => key === `${gateway.namespace}/${gateway.name}`);
          if (answer === undefined) continue;
          equal(
            answer.accepted,
            gateway.listeners.some((one) => takes(gateway, one, route)),
          );
        }
      }
    }),
    { numRuns: 500 },
  );
});

test("the order in which objects are declared makes no difference", () => {
  const shuffled = world.chain((sketch) => {
    const objects = objectsOf(sketch);
    return fc.tuple(fc.constant(objects), fc.shuffledSubarray(objects, { minLength: objects.length }));
  });
  fc.assert(
    fc.property(shuffled, ([objects, others]) => {
      deepEqual(told(attach(routingObjects(others), options)), told(attach(routingObjects(objects), options)));
    }),
    { numRuns: 200 },
  );
});

test("attaching one changed route comes to the same as attaching all", () => {
  fc.assert(
    fc.property(world, world, (before, after) => {
      const first = routingObjects(objectsOf({ gateways: before.gateways, routes: before.routes }));
      const changed = after.routes[0];
      if (changed === undefined) return;
      const others = before.routes.filter(
        ({ kind, namespace, name }) =>
          `${kind}/${namespace}/${name}` !== `${changed.kind}/${changed.namespace}/${changed.name}`,
      );
      const second = routingObjects(objectsOf({ gateways: before.gateways, routes: [...others, changed] }));
      const context = attachContext(second, options);
      const routesBefore = attach(first, options).routes;
      const key = `${changed.kind}/${changed.namespace}/${changed.name}`;
      const merged = [...second.routes].map(([name, object]) => {
        const known = name === key ? undefined : routesBefore.get(name);
        return [name, known ?? attachRoute(context, object)] as const;
      });
      deepEqual(told(assemble(context, new Map(merged))), told(attach(second, options)));
    }),
    { numRuns: 100 },
  );
});
