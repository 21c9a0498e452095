import assert from "node:assert/strict";
import { test } from "node:test";
import { CustomResource, type Output, output, secret } from "@pulumi/pulumi";
import type { Construct } from "constructs";
import { ApplicationDeveloper, ClusterOperator, Gateway, HTTPRoute, service } from "gatewright";
import { GatewayComponent } from "gatewright/pulumi";
import { deploy } from "./deployment.ts";

const listeners = [
  { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } },
] as const;

/** A resource of another provider, whose outputs are unknown in a preview that creates it. */
class Database extends CustomResource {
  declare readonly host: Output<string>;
  declare readonly port: Output<number>;

  constructor() {
    super("test:index:Database", "database", { host: undefined, port: undefined });
  }
}

const state = (port: number) => () => ({ host: "db.acme.io", port });

function routeTo(scope: Construct, { host, port }: { host: Output<string>; port: Output<number> }): HTTPRoute {
  const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
  const gateway = new Gateway(bob, "external", { gatewayClassName: "lb", listeners });
  return new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "route", {
    parentRefs: [gateway],
    hostnames: [host],
    rules: [{ backendRefs: [service("stable", port), { ...service("canary", 80), weight: 1 }] }],
  });
}

test("an Output reaches the object as it is, and its value is checked when it is known", async (t) => {
  const program = () => new GatewayComponent("acme", { define: (scope) => routeTo(scope, new Database()) });
  const { objects, logged } = await deploy(t, program, { state: state(5432) });
  const { inputs } = objects.get("acme/carol/route") ?? assert.fail("no route");
  assert.deepEqual(inputs.spec.hostnames, ["db.acme.io"]);
  assert.equal(inputs.spec.rules[0].backendRefs[0].port, 5432);
  assert.deepEqual(logged, { info: [], warnings: [], errors: [] });
});

test("a value that turns out to be wrong fails the program once, and keeps no object from its preview", async (t) => {
  const program = () => new GatewayComponent("acme", { define: (scope) => routeTo(scope, new Database()) });
  const { objects, logged } = await deploy(t, program, { state: state(80_800) });
  assert.ok(objects.has("acme/carol/route"));
  assert.equal(logged.errors.length, 1, logged.errors.join("\n"));
  assert.match(logged.errors[0] ?? "", /acme\/carol\/route: GW1106 HTTPRoute store\/route .*port.*80800/);
});

test("a preview in which a value is unknown says what could not be checked", async (t) => {
  const program = () => {
    const database = new Database();
    return new GatewayComponent("acme", { define: (scope) => routeTo(scope, database) });
  };
  const { registered, logged } = await deploy(t, program, { preview: true });
  assert.ok(registered.some(({ name }) => name === "acme/carol/route"));
  assert.deepEqual(logged.errors, []);
  assert.equal(logged.info.length, 1, logged.info.join("\n"));
  assert.match(logged.info[0] ?? "", /^.*Not checked yet, because it depends on values that are not known or secret:/);
  assert.match(logged.info[0] ?? "", /acme\/carol\/route: spec\./);
});

test("what does not depend on the unknown value is checked at once", async (t) => {
  const { registered } = await deploy(
    t,
    () => {
      const { port } = new Database();
      const define = (scope: Construct) => {
        const carol = new ApplicationDeveloper(scope, "carol", { namespace: "store" });
        const bob = new ClusterOperator(scope, "bob", { namespace: "edge" });
        const gateway = new Gateway(bob, "same", {
          gatewayClassName: "lb",
          listeners: [{ name: "http", protocol: "HTTP", port: 80 }],
        });
        new HTTPRoute(carol, "route", {
          parentRefs: [gateway],
          rules: [{ backendRefs: [service("stable", port), { ...service("b", 80), weight: -1 }] }],
        });
      };
      assert.throws(
        () => new GatewayComponent("acme", { define }),
        /acme\/carol\/route: GW1106 .*weight[\s\S]*|acme\/carol\/route: GW2404/,
      );
    },
    { preview: true },
  );
  assert.deepEqual(
    registered.map(({ name }) => name),
    ["database"],
  );
});

test("a secret value is neither checked nor printed", async (t) => {
  const program = () =>
    new GatewayComponent("acme", {
      define: (scope) => routeTo(scope, { host: secret("Not A Host hunter2"), port: output(80) }),
    });
  const { logged } = await deploy(t, program);
  const printed = [...logged.info, ...logged.errors].join("\n");
  assert.doesNotMatch(printed, /hunter2/);
  assert.match(printed, /not known or secret:\n.*acme\/carol\/route: spec\./s);
});

test("a late value where none may stand is refused at once", async (t) => {
  const { registered } = await deploy(t, () => {
    const define = (scope: Construct) =>
      new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "route", {
        rules: [{ matches: [{ path: { type: "PathPrefix", value: output("/a") as never } }] }],
      });
    assert.throws(
      () => new GatewayComponent("acme", { define }),
      /acme\/carol\/route: GW1103 .*path\.value: This field cannot take a value that becomes known only later/,
    );
  });
  assert.deepEqual(registered, []);
});

test("values of a Lazy kind are resolved", async (t) => {
  const define = (scope: Construct) =>
    new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace: { produce: () => "store" } }), "route", {
      hostnames: [{ produce: () => "acme.io" }],
    });
  const { objects } = await deploy(t, () => new GatewayComponent("acme", { define }));
  const { inputs } = objects.get("acme/carol/route") ?? assert.fail("no route");
  assert.deepEqual([inputs.metadata.namespace, inputs.spec.hostnames], ["store", ["acme.io"]]);
});
