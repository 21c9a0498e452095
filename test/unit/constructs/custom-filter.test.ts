import assert from "node:assert/strict";
import { test } from "node:test";
import { App, Testing } from "cdk8s";
import type { Construct } from "constructs";
import { z } from "zod";
import { GatewayChart } from "../../../lib/cdk8s.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { defineFilter } from "../../../lib/filters/index.ts";
import {
  ApplicationDeveloper,
  ClusterOperator,
  CustomFilter,
  extensionRef,
  HTTPRoute,
  service,
} from "../../../lib/index.ts";

const limit = defineFilter({
  group: "acme.io",
  kind: "Limit",
  version: "v1alpha1",
  schema: z.object({ perSecond: z.number().default(10) }),
  request: (_, { spec }) => (spec.perSecond === 0 ? { respond: { status: 429 } } : undefined),
});
const pass = defineFilter({ group: "acme.io", kind: "Pass", request: () => undefined });

function program(scope: Construct): void {
  const carol = new ApplicationDeveloper(scope, "store", { namespace: "store" });
  const strict = new CustomFilter(carol, "strict", { filter: limit, spec: { perSecond: 5 } });
  const bare = new CustomFilter(carol, "bare", { filter: pass, metadata: { name: "renamed" } });
  new HTTPRoute(carol, "r", {
    rules: [{ filters: [extensionRef(strict), extensionRef(bare)], backendRefs: [service("a", 80)] }],
  });
}

test("a CustomFilter is an object of its filter's kind, and routes refer to it", () => {
  const { declared, findings } = objectsOf(program);
  assert.deepEqual(findings, []);
  const [strict, bare, route] = declared.map(({ object }) => object);
  assert.deepEqual(strict, {
    apiVersion: "acme.io/v1alpha1",
    kind: "Limit",
    metadata: { name: "strict", namespace: "store" },
    spec: { perSecond: 5 },
  });
  assert.deepEqual([bare?.apiVersion, bare?.kind, bare?.metadata.name], ["acme.io/v1", "Pass", "renamed"]);
  assert.equal(JSON.stringify(bare).includes("spec"), false);
  const spec = route?.spec as { rules: [{ filters: unknown }] } | undefined;
  assert.deepEqual(spec?.rules[0].filters, [
    { type: "ExtensionRef", extensionRef: { group: "acme.io", kind: "Limit", name: "strict" } },
    { type: "ExtensionRef", extensionRef: { group: "acme.io", kind: "Pass", name: "renamed" } },
  ]);
});

test("a cdk8s chart receives it like any other object", () => {
  const chart = new GatewayChart(new App(), "store");
  program(chart);
  const manifests = Testing.synth(chart) as { readonly kind: string }[];
  assert.deepEqual(manifests.map(({ kind }) => kind).sort(), ["HTTPRoute", "Limit", "Pass"]);

  const wrong = new GatewayChart(new App(), "store");
  const carol = new ApplicationDeveloper(wrong, "carol");
  new CustomFilter<unknown>(carol, "strict", { filter: limit, spec: { perSecond: "5" } });
  assert.throws(() => Testing.synth(wrong), /\[store\/carol\/strict\] GW1111 Limit strict spec\.perSecond: /);
});

test("its spec is typed by the schema", () => {
  const scope = undefined as unknown as ApplicationDeveloper;
  const typed = () => {
    new CustomFilter(scope, "defaults", { filter: limit, spec: {} });
    // @ts-expect-error The spec requires a number.
    new CustomFilter(scope, "wrong", { filter: limit, spec: { perSecond: "5" } });
    // @ts-expect-error Filters belong to application developers.
    new CustomFilter(new ClusterOperator(scope, "bob"), "foreign", { filter: pass });
  };
  assert.equal(typeof typed, "function");
});

test("JavaScript is told what is missing, at the construct", () => {
  const { findings } = objectsOf((scope) => {
    const carol = new ApplicationDeveloper(scope, "store");
    new CustomFilter(carol, "bare", {} as { filter: typeof pass });
  });
  assert.deepEqual(
    findings.map(({ code, message, origin }) => [code, message, origin && "construct" in origin && origin.construct]),
    [["GW1007", "a CustomFilter needs its filter, as defineFilter of gatewright/filters makes it", "store/bare"]],
  );
});
