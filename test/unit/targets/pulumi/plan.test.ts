import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type Output, secret } from "@pulumi/pulumi";
import type { Construct } from "constructs";
import { ApplicationDeveloper, ClusterOperator, Gateway, HTTPRoute, service } from "gatewright";
import { GatewayComponent } from "gatewright/pulumi";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { mergedWith } from "../../../../lib/engines/pulumi/merged.ts";
import { deploy } from "./deployment.ts";

const listeners = [
  { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } },
] as const;

interface Route {
  readonly weight?: number;
  readonly hostname?: string | Output<string>;
  /** A Gateway that the program does not declare, in the route's namespace. */
  readonly parent?: string;
}

function program(scope: Construct, routes: Readonly<Record<string, Route>>): void {
  const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
  const gateway = new Gateway(bob, "external", { gatewayClassName: "lb", listeners });
  const carol = new ApplicationDeveloper(scope, "carol", { namespace: "store" });
  for (const [name, { weight = 9, hostname = `${name}.acme.io`, parent }] of Object.entries(routes)) {
    new HTTPRoute(carol, name, {
      parentRefs: [parent === undefined ? gateway : Gateway.fromName(parent)],
      hostnames: [hostname],
      rules: [
        {
          backendRefs: [
            { ...service("a", 80), weight },
            { ...service("b", 80), weight: 1 },
          ],
        },
      ],
    });
  }
}

/** Returns the messages of a preview of a stack in which an earlier update has recorded `recorded`. */
async function preview(
  t: TestContext,
  recorded: Readonly<Record<string, Route>>,
  declared: Readonly<Record<string, Route>>,
  { secrets = [] as string[], plan = true } = {},
): Promise<readonly string[]> {
  const before = await deploy(t, () => new GatewayComponent("acme", { define: (scope) => program(scope, recorded) }));
  const below = "gatewright:index:GatewayComponent";
  const outputs = Object.fromEntries(
    [...before.objects.values()].map(({ type, name, inputs }) => [
      `urn:pulumi:stack::project::${below}$gatewright:index:ApplicationDeveloper$${type}::${name}`,
      { type, outputs: { ...inputs, __inputs: {}, metadata: { ...inputs.metadata, uid: "1" } } },
    ]),
  );
  outputs[`urn:pulumi:stack::project::${below}::acme`] = {
    type: below,
    outputs: { objectsWithSecrets: secrets },
  } as never;
  const functions = { "pulumi:pulumi:readStackResourceOutputs": { outputs } };
  const { logged } = await deploy(
    t,
    () => new GatewayComponent("acme", { plan, define: (scope) => program(scope, declared) }),
    { preview: true, functions },
  );
  assert.deepEqual(logged.errors, []);
  return logged.info;
}

test("a parent without a namespace, which the deployment writes out, is no change", async (t) => {
  const routes = { one: { parent: "theirs" }, two: {} };
  assert.deepEqual(await preview(t, routes, routes), []);
});

test("a preview tells what the update does to traffic", async (t) => {
  const [told, ...others] = await preview(t, { one: {}, two: {} }, { one: { weight: 4 }, two: {} });
  assert.deepEqual(others, []);
  assert.match(told ?? "", /^.*1 change of traffic: 1 of shares\n\nchanges shares {2}one\.acme\.io {2}every path/s);
  assert.match(
    told ?? "",
    /before {2}store\/a:80 90 %, store\/b:80 10 %.*after {3}store\/a:80 80 %, store\/b:80 20 %/s,
  );
});

test("a route that is removed is told first of all", async (t) => {
  const [told] = await preview(t, { one: {}, two: {} }, { one: { weight: 4 } });
  assert.match(told ?? "", /2 changes of traffic: 1 failing, 1 of shares\n\nbegins to fail {2}two\.acme\.io/);
});

test("nothing changes: nothing is told, nor if plans are not wanted", async (t) => {
  assert.deepEqual(await preview(t, { one: {} }, { one: {} }), []);
  assert.deepEqual(await preview(t, { one: {} }, {}, { plan: false }), []);
});

test("a secret is told neither of what is declared nor of what was", async (t) => {
  const routes = { one: {}, hidden: { hostname: "hunter2.acme.io" } };
  const removed = await preview(
    t,
    routes,
    { one: { weight: 4 } },
    { secrets: ["gateway.networking.k8s.io HTTPRoute store/hidden"] },
  );
  assert.equal(removed.length, 1);
  assert.match(removed[0] ?? "", /1 change of traffic: 1 of shares/);
  assert.doesNotMatch(removed.join(), /hunter2/);
  const kept = await preview(t, routes, { one: {}, hidden: { hostname: secret("hunter3.acme.io") } });
  assert.doesNotMatch(kept.join(), /hunter/);
  assert.ok(
    kept.some((text) => /does not compare .*: acme\/carol\/hidden$/.test(text)),
    kept.join("\n"),
  );
});

test("without an answer of the engine, or with one that is none, a preview is as good as without", async (t) => {
  for (const answer of [{}, { outputs: null }, { outputs: { "urn:nonsense": { outputs: 1 } } }] as Record<
    string,
    unknown
  >[]) {
    const { logged } = await deploy(
      t,
      () => new GatewayComponent("acme", { define: (scope) => program(scope, { one: {} }) }),
      { preview: true, functions: { "pulumi:pulumi:readStackResourceOutputs": answer } },
    );
    assert.deepEqual(logged, { info: [], warnings: [], errors: [] });
  }
});

test("what others have set on an object stays when the program's object is applied to it", () => {
  const object = (spec: object): AnyObject => ({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name: "external", namespace: "edge" },
    spec,
  });
  const listener = (name: string, members: object = {}) => ({ name, protocol: "HTTP", port: 80, ...members });
  const inputs = object({
    gatewayClassName: "lb",
    addresses: [{ value: "10.0.0.1" }],
    listeners: [listener("a"), listener("b")],
  });
  const live = object({
    gatewayClassName: "lb",
    addresses: [{ type: "IPAddress", value: "10.0.0.1" }],
    infrastructure: { labels: { of: "others" } },
    listeners: [listener("a", { hostname: "others.io" }), listener("b"), listener("others", { port: 81 })],
  });
  const now = object({ gatewayClassName: "other", listeners: [listener("a", { port: 8080 }), listener("c")] });
  assert.deepEqual(
    mergedWith({ live, inputs }, now),
    object({
      gatewayClassName: "other",
      infrastructure: { labels: { of: "others" } },
      listeners: [
        listener("a", { port: 8080, hostname: "others.io" }),
        listener("others", { port: 81 }),
        listener("c"),
      ],
    }),
  );
});

test("a list that is applied as a whole is the program's", () => {
  const route = (hostnames: readonly string[]): AnyObject => ({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: "route", namespace: "store" },
    spec: { hostnames, rules: [] },
  });
  const [live, inputs] = [route(["a.io", "others.io"]), route(["a.io"])];
  assert.deepEqual(mergedWith({ live, inputs }, route(["b.io"])), route(["b.io"]));
});
