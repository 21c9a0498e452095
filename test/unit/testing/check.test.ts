import { deepEqual, equal, match } from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Construct } from "constructs";
import { ApplicationDeveloper, HTTPRoute, Service, service } from "../../../lib/index.ts";
import { check, type Declarations, file, simulate, trafficPlan } from "../../../lib/testing/index.ts";

const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: public, namespace: edge }
spec:
  gatewayClassName: lb
  listeners: [{ name: http, protocol: HTTP, port: 80, allowedRoutes: { namespaces: { from: All } } }]
`;
const gatewayClass = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "GatewayClass",
  metadata: { name: "lb" },
  spec: { controllerName: "acme.io/controller" },
};
const settings = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace: "shop" } };

function shop(scope: Construct): void {
  const carol = new ApplicationDeveloper(scope, "shop", { namespace: "shop" });
  const web = new Service(carol, "web", { ports: [{ port: 80 }] });
  new HTTPRoute(carol, "route", {
    parentRefs: [{ name: "public", namespace: "edge" }],
    rules: [{ backendRefs: [service(web)] }],
  });
}

const found = (declarations: Declarations, options = {}) =>
  check(declarations, options).map(({ severity, code, object, origin }) => {
    const place =
      origin === undefined
        ? ""
        : "file" in origin
          ? `${origin.file}:${origin.line}`
          : "construct" in origin
            ? origin.construct
            : origin.cluster;
    return `${severity} ${code} ${object?.name ?? ""} ${place}`;
  });

test("programs, objects and text are checked and simulated together", () => {
  const together = [shop, gatewayClass, settings, gateway];
  deepEqual(found(together, { strict: true }), []);
  deepEqual(simulate(together, { strict: true }).get("http://any/").backends, { "shop/web:80": 1 });
  deepEqual(found([[gatewayClass, settings], shop, gateway]), []);
});

test("a later declaration replaces an object of an earlier one, and the same object twice in one is an error", () => {
  const tls = gateway.replace("port: 80", "port: 8080");
  deepEqual(found([shop, gatewayClass, gateway, tls]), ["note GW1009 public declarations[3]:1"]);
  equal(simulate([shop, gateway, tls]).get("http://any:8080/").backends["shop/web:80"], 1);
  match(found([gatewayClass, gatewayClass]).join(), /error GW1006 lb/);
});

test("a file is read as the command reads it, and one that cannot be read is a finding", async (t) => {
  const directory = await mkdtemp(join(tmpdir(), "gatewright-"));
  t.after(() => rm(directory, { recursive: true }));
  const path = join(directory, "gateway.yaml");
  await writeFile(path, gateway.replace("protocol: HTTP,", "protocol: HTTP, hostnaem: a.io,"));
  deepEqual(found([shop, gatewayClass, file(path)]).slice(0, 1), [`error GW1101 public ${path}:6`]);
  deepEqual(found(file(pathToFileURL(join(directory, "none.yaml")))), [
    `error GW1008  ${join(directory, "none.yaml")}:undefined`,
  ]);
  deepEqual(found(file("shop.ts")), ["error GW1008  shop.ts:undefined"]);
  equal(found(file(directory)).length, 1);
});

test("what is wrong with a program is a finding and no exception", () => {
  deepEqual(
    found(() => undefined),
    ["advice GW1430  "],
  );
  deepEqual(
    found(() => {
      throw new Error("on purpose");
    }),
    ["error GW1007  "],
  );
  deepEqual(
    found((scope) => new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace: "shop" }), "r", {})),
    ["advice GW2431 r carol/r"],
  );
  deepEqual(found({ ...gatewayClass, spec: {} }).length, 1);
});

test("a plan compares two mixtures of declarations", () => {
  const { changes } = trafficPlan([shop, gateway], [shop, gateway, gateway.replace("http,", "web, hostname: a.io,")]);
  deepEqual(
    changes.map(({ risk, hosts }) => [risk, hosts]),
    [["fails", ["*"]]],
  );
});
