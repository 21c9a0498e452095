import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Topology } from "../../../../lib/analysis/graph/model.ts";
import { topology } from "../../../../lib/analysis/graph/topology.ts";
import { routingModel } from "../../../../lib/analysis/traffic/model.ts";
import { gateway, loaded, ours, route } from "../given.ts";

function drawn(yaml: string, strict = false): Topology {
  const sources = loaded(yaml);
  const { attachment } = routingModel(sources, { undeclared: strict ? "missing" : "exists" });
  return topology(attachment, { strict, contracts: sources.contracts });
}

/** Returns every edge as `from > to: labels !state reason`. */
function edges(graph: Topology): string[] {
  return graph.edges.map(({ from, to, labels, fault }) => {
    const mark = fault === undefined ? "" : ` !${fault.state} ${fault.reason ?? "-"}`;
    return `${from} > ${to}${labels.length === 0 ? "" : `: ${labels.join(", ")}`}${mark}`;
  });
}

/** Returns the edges with a fault, and the nodes with a fault of their own. */
function faults(graph: Topology): string[] {
  const nodes = graph.nodes.flatMap(({ id, fault }) => (fault ? [`${id} !${fault.state} ${fault.reason ?? "-"}`] : []));
  return [...nodes, ...edges(graph).filter((edge) => edge.includes(" !"))];
}

const gatewayClass = `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: c }
spec: { controllerName: acme.io/controller }
---
`;
const http = gateway({ name: "http" });
const to = (name: string, more = "") => `backendRefs: [{ name: ${name}, port: 80${more} }]`;
const service = (name: string, namespace = "app") => `apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: ${namespace} }
spec: { ports: [{ port: 80 }] }
---
`;

describe("a topology", () => {
  it("leads from the class over the Gateway, its listeners and the routes to the backends, with their shares", () => {
    const rules = `[
      { backendRefs: [{ name: a, port: 80, weight: 9 }, { name: b, port: 80 }, { name: dark, port: 80, weight: 0 }] },
      { matches: [{ path: { value: /x } }], ${to("a")},
        filters: [{ type: RequestMirror, requestMirror: { percent: 10, backendRef: { name: b, port: 80 } } }] }]`;
    const graph = drawn(gatewayClass + http + route("r", rules) + service("a"));
    assert.deepEqual(edges(graph), [
      "GatewayClass/c > Gateway/edge/g",
      "Gateway/edge/g > Listener/Gateway/edge/g/http",
      "Listener/Gateway/edge/g/http > HTTPRoute/app/r",
      "HTTPRoute/app/r > Service/app/a:80: rules[0] 90 %, rules[1] 100 %",
      "HTTPRoute/app/r > Service/app/b:80: rules[0] 10 %, rules[1] mirror 10 %",
      "HTTPRoute/app/r > Service/app/dark:80: rules[0] 0 %",
    ]);
    assert.deepEqual(
      graph.nodes.map(({ id, declared }) => `${id}${declared ? "" : " (not declared)"}`),
      [
        "GatewayClass/c",
        "Gateway/edge/g",
        "Listener/Gateway/edge/g/http",
        "HTTPRoute/app/r",
        "Service/app/a:80",
        "Service/app/b:80 (not declared)",
        "Service/app/dark:80 (not declared)",
      ],
    );
  });

  it("shows a listener's protocol, port and hostname, a class's controller, a route's hostnames and its redirects", () => {
    const hosts = { hostnames: "a.io, b.io, c.io, d.io" };
    const redirect = "[{ filters: [{ type: RequestRedirect, requestRedirect: { scheme: https } }] }, {}]";
    const { nodes } = drawn(gatewayClass + gateway({ name: "http", hostname: "*.io" }) + route("r", redirect, hosts));
    assert.deepEqual(
      nodes.map(({ details }) => details),
      [
        ["acme.io/controller"],
        [],
        ["HTTP 80", "*.io"],
        ["a.io", "b.io", "c.io", "and 1 more", "rules[0] redirect", "rules[1] no backend"],
      ],
    );
  });

  it("joins a route to every listener that it is attached to, once", () => {
    const two = gateway({ name: "a" }, { name: "b", port: 81 });
    const named = (section: string) => `{ name: g, namespace: edge, sectionName: ${section} }`;
    const twice = route("r", `[{ ${to("s")} }]`).replace(
      "{ name: g, namespace: edge }",
      `${named("b")}, ${named("a")}`,
    );
    const parents = edges(drawn(two + twice)).filter((edge) => edge.startsWith("Listener"));
    assert.deepEqual(parents, [
      "Listener/Gateway/edge/g/b > HTTPRoute/app/r",
      "Listener/Gateway/edge/g/a > HTTPRoute/app/r",
    ]);
  });

  it("hangs the listeners of a ListenerSet on it, and it on its Gateway", () => {
    const set = `apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: { name: more, namespace: edge }
spec:
  parentRef: { name: g }
  listeners: [{ name: extra, protocol: HTTP, port: 81 }]
---
`;
    const allowing = http.replace("  listeners:", "  allowedListeners: { namespaces: { from: Same } }\n  listeners:");
    assert.deepEqual(edges(drawn(allowing + set)).slice(2), [
      "Gateway/edge/g > ListenerSet/edge/more",
      "ListenerSet/edge/more > Listener/ListenerSet/edge/more/extra",
    ]);
    assert.deepEqual(faults(drawn(http + set)), ["Gateway/edge/g > ListenerSet/edge/more !broken NotAllowed"]);
    assert.deepEqual(faults(drawn(set)), ["Gateway/edge/g > ListenerSet/edge/more !open Pending"]);
    assert.deepEqual(faults(drawn(set, true)), ["Gateway/edge/g > ListenerSet/edge/more !broken Pending"]);
  });
});

describe("a Gateway that is known by its contract", () => {
  const contract = `apiVersion: gatewright.dev/v1
kind: GatewayContract
metadata: { name: g, namespace: edge }
spec:
  gatewayClassName: c
  listeners: [{ name: http, protocol: HTTP, port: 80, kinds: [HTTPRoute], namespaces: { from: All } }]
---
`;

  it("is another team's: it says so, and what is wrong with it is not told", () => {
    const graph = drawn(contract + service("s") + route("r", `[{ ${to("s")} }]`), true);
    assert.deepEqual(graph.nodes.find(({ kind }) => kind === "Gateway")?.details, ["by contract"]);
    assert.deepEqual(faults(graph), []);
    assert.ok(edges(graph).includes("Listener/Gateway/edge/g/http > HTTPRoute/app/r"));
  });

  it("refuses routes as if it were declared", () => {
    const narrow = contract.replace("from: All", "from: Same");
    assert.deepEqual(faults(drawn(narrow + route("r", `[{ ${to("s")} }]`))), [
      "Gateway/edge/g > HTTPRoute/app/r !broken NotAllowedByListeners",
    ]);
  });
});

const wrongKind = "{ group: acme.io, kind: Bucket, name: b }";
const grpcOnly = http.replace("allowedRoutes: {", "allowedRoutes: { kinds: [{ kind: GRPCRoute }],");
const https = (more: string) =>
  http.replace("protocol: HTTP, port: 80", `protocol: HTTPS, port: 443, tls: { certificateRefs: [${more}] }`);

/** The declared objects, whether undeclared objects are missing, and the broken or open parts of the picture. */
const broken: Readonly<Record<string, readonly [yaml: string, strict: boolean, faults: readonly string[]]>> = {
  "a class that is missing": [http, true, ["GatewayClass/c > Gateway/edge/g !broken Pending"]],
  "a class that is elsewhere": [http, false, []],
  "a class with parameters that are not there": [
    gatewayClass.replace(
      "controller }",
      "controller, parametersRef: { group: '', kind: ConfigMap, namespace: x, name: p } }",
    ) + http,
    true,
    ["GatewayClass/c !broken InvalidParameters", "GatewayClass/c > Gateway/edge/g !broken Pending"],
  ],
  "an address that cannot be given": [
    ours + http.replace("  listeners:", "  addresses: [{ type: acme.io/Pool, value: p }]\n  listeners:"),
    false,
    ["Gateway/edge/g !broken UnsupportedAddress"],
  ],
  "listeners in conflict": [
    gateway({ name: "a" }, { name: "b", hostname: "b.io" }).replace(
      "b, protocol: HTTP",
      "b, protocol: TLS, tls: { mode: Passthrough }",
    ),
    false,
    [
      "Gateway/edge/g !broken ListenersNotValid",
      "Gateway/edge/g > Listener/Gateway/edge/g/a !broken ProtocolConflict",
      "Gateway/edge/g > Listener/Gateway/edge/g/b !broken ProtocolConflict",
    ],
  ],
  "a certificate in another namespace": [
    https("{ name: tls, namespace: app }") + service("s"),
    false,
    ["Gateway/edge/g > Listener/Gateway/edge/g/http !broken RefNotPermitted"],
  ],
  "a certificate in a namespace of which nothing is declared": [
    https("{ name: tls, namespace: elsewhere }"),
    false,
    ["Gateway/edge/g > Listener/Gateway/edge/g/http !open RefNotPermitted"],
  ],
  "a certificate that is missing": [
    https("{ name: tls }"),
    true,
    [
      "GatewayClass/c > Gateway/edge/g !broken Pending",
      "Gateway/edge/g > Listener/Gateway/edge/g/http !broken InvalidCertificateRef",
    ],
  ],
  "a kind of route that the listener does not take": [
    grpcOnly + route("r", `[{ ${to("s")} }]`),
    false,
    ["Gateway/edge/g > HTTPRoute/app/r !broken NotAllowedByListeners"],
  ],
  "a namespace that the listener does not take": [
    http.replace("from: All", "from: Same") + route("r", `[{ ${to("s")} }]`),
    false,
    ["Gateway/edge/g > HTTPRoute/app/r !broken NotAllowedByListeners"],
  ],
  "a listener that does not take the route, by its name": [
    http.replace("from: All", "from: Same") + route("r", `[{ ${to("s")} }]`, { parent: ", sectionName: http" }),
    false,
    ["Listener/Gateway/edge/g/http > HTTPRoute/app/r !broken NotAllowedByListeners"],
  ],
  "a listener that is not there": [
    http + route("r", `[{ ${to("s")} }]`, { parent: ", sectionName: https" }),
    false,
    ["Gateway/edge/g > HTTPRoute/app/r !broken NoMatchingParent"],
  ],
  "no hostname in common": [
    gateway({ name: "http", hostname: "acme.io" }) + route("r", `[{ ${to("s")} }]`, { hostnames: "other.io" }),
    false,
    ["Gateway/edge/g > HTTPRoute/app/r !broken NoMatchingListenerHostname"],
  ],
  "a Gateway that is elsewhere": [
    route("r", `[{ ${to("s")} }]`),
    false,
    ["Gateway/edge/g > HTTPRoute/app/r !open NoMatchingParent"],
  ],
  "a Gateway that is missing": [
    route("r", `[{ ${to("s")} }]`) + service("s"),
    true,
    ["Gateway/edge/g > HTTPRoute/app/r !broken NoMatchingParent"],
  ],
  "a parent that takes no routes here": [
    route("r", `[{ ${to("s")} }]`).replace(
      "{ name: g, namespace: edge }",
      '{ group: "", kind: Service, name: s, port: 80 }',
    ),
    false,
    ["Service/app/s > HTTPRoute/app/r !open -"],
  ],
  "a backend that is missing": [
    gatewayClass + http + route("r", `[{ ${to("s")} }]`),
    true,
    ["HTTPRoute/app/r > Service/app/s:80: rules[0] 100 % !broken BackendNotFound"],
  ],
  "a port that the Service does not have": [
    http + service("s") + route("r", "[{ backendRefs: [{ name: s, port: 81 }] }]"),
    false,
    ["HTTPRoute/app/r > Service/app/s:81: rules[0] 100 % !broken BackendNotFound"],
  ],
  "a backend in another namespace, without a grant": [
    http + service("s", "other") + route("r", `[{ ${to("s", ", namespace: other")} }]`),
    false,
    ["HTTPRoute/app/r > Service/other/s:80: rules[0] 100 % !broken RefNotPermitted"],
  ],
  "a backend of a namespace that is another team's, whose grants are not seen": [
    http + route("r", `[{ ${to("s", ", namespace: other")} }]`),
    false,
    ["HTTPRoute/app/r > Service/other/s:80: rules[0] 100 % !open RefNotPermitted"],
  ],
  "a kind of backend that is not known": [
    ours + http + route("r", `[{ backendRefs: [${wrongKind}] }]`),
    false,
    ["HTTPRoute/app/r > acme.io/Bucket/app/b: rules[0] 100 % !broken InvalidKind"],
  ],
  "a mirror to nowhere": [
    ours +
      http +
      route("r", `[{ ${to("s")}, filters: [{ type: RequestMirror, requestMirror: { backendRef: ${wrongKind} } }] }]`),
    false,
    ["HTTPRoute/app/r > acme.io/Bucket/app/b: rules[0] mirror 100 % !broken InvalidKind"],
  ],
  "a filter that nobody has registered": [
    ours +
      http +
      route(
        "r",
        `[{ ${to("s")}, filters: [{ type: ExtensionRef, extensionRef: { group: a.io, kind: F, name: f } }] }]`,
      ),
    false,
    ["HTTPRoute/app/r !broken InvalidKind"],
  ],
};

describe("what is broken in a topology, and why", () => {
  for (const [name, [yaml, strict, expected]] of Object.entries(broken)) {
    it(`${name}${strict ? ", taken strictly" : ""}`, () => {
      assert.deepEqual(faults(drawn(yaml, strict)), expected);
    });
  }

  it("a rule that is dropped sends nothing, and the others do", () => {
    const rules = `[{ ${to("a")} }, { matches: [{ path: { type: RegularExpression, value: "/(?=x)" } }], ${to("b")} }]`;
    assert.deepEqual(edges(drawn(ours + http + route("r", rules))).slice(3), [
      "HTTPRoute/app/r > Service/app/a:80: rules[0] 100 %",
      "HTTPRoute/app/r > Service/app/b:80: rules[1] 100 % !broken UnsupportedValue",
    ]);
  });

  it("every fault tells in sentences what is wrong and how to fix it", () => {
    for (const [yaml, strict] of Object.values(broken)) {
      const { nodes, edges: all } = drawn(yaml, strict);
      for (const { fault } of [...nodes, ...all]) if (fault) assert.match(fault.message, /^.{10,}\.$/s);
    }
  });
});
