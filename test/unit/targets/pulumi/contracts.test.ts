import assert from "node:assert/strict";
import { test } from "node:test";
import { output } from "@pulumi/pulumi";
import { ApplicationDeveloper, Gateway, type GivenContract, HTTPRoute } from "gatewright";
import { GatewayComponent } from "gatewright/pulumi";
import { deploy } from "./deployment.ts";

const contract = {
  apiVersion: "gatewright.dev/v1",
  kind: "GatewayContract",
  metadata: { name: "external", namespace: "edge" },
  spec: {
    gatewayClassName: "lb",
    listeners: [
      {
        name: "http",
        port: 80,
        protocol: "HTTP",
        hostname: "*.acme.io",
        kinds: ["HTTPRoute"],
        namespaces: { from: "All" },
      },
    ],
  },
};

const program = (given: () => GivenContract, hostname: string) => () =>
  new GatewayComponent("acme", {
    wait: false,
    define: (scope) =>
      new HTTPRoute(new ApplicationDeveloper(scope, "carol", { namespace: "store" }), "route", {
        parentRefs: [Gateway.fromContract(given())],
        hostnames: [hostname],
      }),
  });

test("a contract is checked against before anything is registered, and is no resource", async (t) => {
  const { objects } = await deploy(
    t,
    program(() => contract, "shop.acme.io"),
  );
  assert.deepEqual([...objects.keys()], ["acme/carol/route"]);
  const parentRefs = objects.get("acme/carol/route")?.inputs.spec.parentRefs;
  assert.deepEqual(parentRefs, [{ name: "external", namespace: "edge" }]);
  await assert.rejects(
    deploy(
      t,
      program(() => contract, "shop.example.com"),
    ),
    /acme\/carol\/route: GW2405/,
  );
});

test("a contract that is an Output of another stack is checked against when it is known", async (t) => {
  const fits = await deploy(
    t,
    program(() => output(contract), "shop.acme.io"),
  );
  assert.deepEqual(fits.logged.errors, []);
  const parentRefs = fits.objects.get("acme/carol/route")?.inputs.spec.parentRefs;
  assert.deepEqual(parentRefs, [{ name: "external", namespace: "edge" }]);
  const { logged } = await deploy(
    t,
    program(() => output(contract), "shop.example.com"),
  );
  assert.equal(logged.errors.length, 1, logged.errors.join("\n"));
  assert.match(logged.errors[0] ?? "", /acme\/carol\/route: GW2405/);
});
