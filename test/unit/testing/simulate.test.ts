import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { simulate } from "../../../lib/testing/index.ts";

const gateway: AnyObject = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  metadata: { name: "acme-external", namespace: "edge" },
  spec: {
    gatewayClassName: "external-lb",
    listeners: [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } }],
  },
};
const route: AnyObject = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "acme-store", namespace: "store" },
  spec: {
    parentRefs: [{ name: "acme-external", namespace: "edge" }],
    hostnames: ["acme.io"],
    rules: [
      {
        matches: [{ path: { type: "PathPrefix", value: "/store" } }],
        backendRefs: [
          { name: "acme-store", port: 8080, weight: 9 },
          { name: "acme-store-canary", port: 8080, weight: 1 },
        ],
      },
    ],
  },
};
const shares = { "store/acme-store:8080": 0.9, "store/acme-store-canary:8080": 0.1 };

test("objects, declared objects and YAML text mean the same", () => {
  const yaml = [gateway, route].map((object) => JSON.stringify(object)).join("\n---\n");
  const declared = [gateway, route].map((object) => ({ object, origin: { construct: "x" } }));
  for (const declarations of [[gateway, route], declared, yaml]) {
    const traffic = simulate(declarations);
    assert.deepEqual(traffic.gateways, ["edge/acme-external"]);
    assert.deepEqual(traffic.get("http://acme.io/store/cart", { gateway: "edge/acme-external" }).backends, shares);
    assert.deepEqual(traffic.get("http://acme.io/store/cart").backends, shares, "the only Gateway need not be named");
    assert.equal(traffic.request("POST", "http://acme.io/other").status, 404);
  }
});

test("a Gateway that is not there, or not clear, is told with those that are", () => {
  assert.throws(() => simulate([gateway, route]).get("http://acme.io/", { gateway: "edge/other" }), {
    message: "No Gateway edge/other is served; served: edge/acme-external",
  });
  const second = { ...gateway, metadata: { name: "two", namespace: "edge" } };
  assert.throws(() => simulate([gateway, second]).get("http://acme.io/"), {
    message: "Several Gateways are served: pass { gateway } with one of edge/acme-external, edge/two",
  });
  assert.throws(() => simulate([route]).get("http://acme.io/"), { message: /^No Gateway is served/ });
});

test("declarations that are not valid are refused with all that is wrong", () => {
  const invalid = { ...route, spec: { rules: [{ backendRefs: [{ name: "a", port: 99_999 }] }] } };
  assert.throws(
    () => simulate([gateway, invalid]),
    (error: Error) => {
      assert.match(
        error.message,
        /^The declarations are not valid:\n {2}GW1106 \[1\] HTTPRoute store\/acme-store spec\.rules\[0\]\.backendRefs\[0\]\.port: /,
      );
      return true;
    },
  );
  assert.throws(() => simulate("kind: [\n"), /GW1001 declarations:1/);
});

test("with strict, classes and backends that are not declared are missing", () => {
  assert.deepEqual(simulate([gateway, route], { strict: true }).gateways, []);
  const gatewayClass: AnyObject = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: { name: "external-lb" },
    spec: { controllerName: "acme.io/controller" },
  };
  const answer = simulate([gatewayClass, gateway, route], { strict: true }).get("http://acme.io/store");
  assert.equal(answer.status, 500);
  assert.deepEqual(new Set(answer.failures.map(({ reason }) => reason)), new Set(["BackendNotFound"]));
  assert.deepEqual(simulate([gatewayClass, gateway, route], { controllerNames: ["other.io/controller"] }).gateways, []);
});
