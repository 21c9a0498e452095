const assert = require("node:assert/strict");
const { test } = require("node:test");
const { ClusterOperator, Gateway } = require("gatewright");
const { simulate } = require("gatewright/testing");
const { WebService } = require("../dist/index.js");

/** Orders behind a Gateway of Acme. */
function traffic(props) {
  return simulate((scope) => {
    const gateway = new Gateway(new ClusterOperator(scope, "edge", { namespace: "edge" }), "external", {
      gatewayClassName: "external-lb",
      listeners: [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } }],
    });
    new WebService(scope, "orders", { namespace: "shop", gateway, ...props });
  });
}

test("a service is published below acme.io, and knows its own name", () => {
  const { backends, request } = traffic({}).get("http://orders.acme.io/");
  assert.deepEqual(backends, { "shop/orders:8080": 1 });
  assert.equal(request.headers["x-acme-service"], "orders");
});

test("a rollout goes by the company's steps", () => {
  const { backends } = traffic({ rollout: 2 }).get("http://orders.acme.io/");
  assert.deepEqual(backends, { "shop/orders:8080": 0.9, "shop/orders-canary:8080": 0.1 });
});
