import { deepEqual, equal } from "node:assert/strict";
import { describe, test } from "node:test";
import { admitsNamespace, admitsRoute, kindsOfProtocol, routeKinds } from "../../../lib/api/kinds/allowed-routes.ts";

describe("admitsNamespace", () => {
  const store = { name: "store", labels: { team: "store" } };

  test("a listener admits its own namespace by default, a Gateway no ListenerSets", () => {
    equal(admitsNamespace(undefined, store, "store"), true);
    equal(admitsNamespace(undefined, store, "edge"), false);
    equal(admitsNamespace(undefined, store, "store", "None"), false);
    equal(admitsNamespace({}, store, "store", "None"), false);
  });

  test("from says which", () => {
    equal(admitsNamespace({ from: "All" }, store, "edge"), true);
    equal(admitsNamespace({ from: "Same" }, store, "edge"), false);
    equal(admitsNamespace({ from: "None" }, store, "store"), false);
    equal(admitsNamespace({ from: "Selector", selector: { matchLabels: { team: "store" } } }, store, "edge"), true);
    equal(admitsNamespace({ from: "Selector", selector: { matchLabels: { team: "lab" } } }, store, "edge"), false);
    equal(admitsNamespace({ from: "Selector" }, store, "edge"), false);
    equal(admitsNamespace({ from: "Everywhere" }, store, "store"), false);
  });

  test("every namespace has the label of its name, whatever it says of itself", () => {
    const byName = { from: "Selector", selector: { matchLabels: { "kubernetes.io/metadata.name": "store" } } };
    equal(admitsNamespace(byName, { name: "store" }, "edge"), true);
    equal(admitsNamespace(byName, { name: "lab", labels: { "kubernetes.io/metadata.name": "store" } }, "edge"), false);
  });
});

describe("routeKinds", () => {
  for (const [protocol, mode, kinds] of [
    ["HTTP", undefined, ["HTTPRoute", "GRPCRoute"]],
    ["HTTPS", undefined, ["HTTPRoute", "GRPCRoute"]],
    ["TLS", "Passthrough", ["TLSRoute"]],
    ["TLS", "Terminate", ["TLSRoute", "TCPRoute"]],
    ["TCP", undefined, ["TCPRoute"]],
    ["UDP", undefined, ["UDPRoute"]],
    ["example.com/own", undefined, []],
  ] as const) {
    test(`${protocol} ${mode ?? ""} carries ${kinds.join(", ") || "nothing"}`, () => {
      deepEqual(kindsOfProtocol(mode === undefined ? { protocol } : { protocol, tls: { mode } }), kinds);
    });
  }

  test("a list narrows what the protocol carries, and what it cannot carry is invalid", () => {
    const kinds = [{ kind: "GRPCRoute" }, { kind: "TCPRoute" }, { group: "example.com", kind: "HTTPRoute" }];
    deepEqual(routeKinds({ protocol: "HTTP", allowedRoutes: { kinds } }), {
      supported: ["GRPCRoute"],
      invalid: [1, 2],
      opaque: [],
    });
    deepEqual(routeKinds({ protocol: "UDP", allowedRoutes: { kinds: [] } }), {
      supported: ["UDPRoute"],
      invalid: [],
      opaque: [],
    });
  });

  test("where kinds of other groups are opaque, a misspelt kind of the API's own group is still invalid", () => {
    const kinds = [{ kind: "HTTPRoute" }, { kind: "HttpRoute" }, { group: "example.com", kind: "MyRoute" }];
    deepEqual(routeKinds({ protocol: "HTTP", allowedRoutes: { kinds } }, "opaque"), {
      supported: ["HTTPRoute"],
      invalid: [1],
      opaque: [2],
    });
  });

  test("a protocol that is not the API's carries routes of every kind where it is opaque", () => {
    deepEqual(routeKinds({ protocol: "HBONE" }, "opaque").supported, [
      "HTTPRoute",
      "GRPCRoute",
      "TLSRoute",
      "TCPRoute",
      "UDPRoute",
    ]);
  });
});

test("a route is admitted by kind and namespace together", () => {
  const listener = { protocol: "HTTP", allowedRoutes: { namespaces: { from: "All" }, kinds: [{ kind: "HTTPRoute" }] } };
  equal(admitsRoute(listener, "HTTPRoute", { name: "store" }, "edge"), true);
  equal(admitsRoute(listener, "GRPCRoute", { name: "store" }, "edge"), false);
  equal(admitsRoute({ protocol: "HTTP" }, "HTTPRoute", { name: "store" }, "edge"), false);
});
