import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { check } from "../../../lib/analysis/check/check.ts";
import { trafficPlan } from "../../../lib/analysis/plan/traffic-plan.ts";
import { explain } from "../../../lib/analysis/traffic/explain.ts";
import { routingModel } from "../../../lib/analysis/traffic/model.ts";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { type Loaded, load } from "../../../lib/api/load/load.ts";

const apiVersion = "gateway.networking.k8s.io/v1";
const nameLabel = "kubernetes.io/metadata.name";
const teams = ["shop", "pay"] as const;
const hosts = ["a.io", "b.io", "x.a.io"] as const;

/** Labels that meet every requirement below, except those on the namespace's name. */
const matching = { team: "yes", tier: "web", listeners: "" };

const matchLabels = fc.constantFrom({}, { team: "yes" }, { team: "yes", tier: "web" }, { [nameLabel]: "shop" });
const requirement = fc.constantFrom(
  { key: "tier", operator: "In", values: ["web", "api"] },
  { key: "tier", operator: "NotIn", values: ["batch"] },
  { key: "listeners", operator: "Exists" },
  { key: "legacy", operator: "DoesNotExist" },
  { key: nameLabel, operator: "In", values: ["pay"] },
  { key: nameLabel, operator: "NotIn", values: ["pay"] },
);
const admission = fc.oneof(
  fc.record({ from: fc.constantFrom("All", "Same") }),
  fc.record({
    from: fc.constant("Selector"),
    selector: fc.record({ matchLabels, matchExpressions: fc.uniqueArray(requirement, { maxLength: 2 }) }),
  }),
);

const hostname = fc.constantFrom(undefined, "a.io", "*.a.io", "b.io");
const listener = fc.record({ hostname, namespaces: fc.option(admission, { nil: undefined }) });
const listeners = fc
  .array(listener, { minLength: 1, maxLength: 3 })
  .map((all) => [...new Map(all.map((one) => [one.hostname, one])).values()]);
type ListenerSketch = typeof listeners extends fc.Arbitrary<(infer L)[]> ? L : never;

const route = fc.record({
  team: fc.constantFrom(...teams),
  parent: fc.constantFrom("Gateway", "ListenerSet"),
  section: fc.constantFrom(undefined, "l0", "l1"),
  hostnames: fc.uniqueArray(fc.constantFrom(...hosts), { maxLength: 2 }),
});

const configuration = fc.record({
  listeners,
  allowedListeners: fc.option(admission, { nil: undefined }),
  sets: fc.record({ shop: listeners, pay: listeners }),
  routes: fc.array(route, { maxLength: 5 }),
});
type Configuration = typeof configuration extends fc.Arbitrary<infer C> ? C : never;

function listenersOf(sketches: readonly ListenerSketch[], port: number) {
  return sketches.map((sketch, index) => ({
    name: `l${index}`,
    protocol: "HTTP",
    port,
    ...(sketch.hostname !== undefined && { hostname: sketch.hostname }),
    ...(sketch.namespaces !== undefined && { allowedRoutes: { namespaces: sketch.namespaces } }),
  }));
}

function objectsOf({ listeners: own, allowedListeners, sets, routes }: Configuration): AnyObject[] {
  return [
    { apiVersion, kind: "GatewayClass", metadata: { name: "lb" }, spec: { controllerName: "acme.io/controller" } },
    {
      apiVersion,
      kind: "Gateway",
      metadata: { name: "g", namespace: "edge" },
      spec: {
        gatewayClassName: "lb",
        listeners: listenersOf(own, 80),
        ...(allowedListeners !== undefined && { allowedListeners: { namespaces: allowedListeners } }),
      },
    },
    ...teams.map((team, index) => ({
      apiVersion,
      kind: "ListenerSet",
      metadata: { name: "set", namespace: team },
      spec: { parentRef: { name: "g", namespace: "edge" }, listeners: listenersOf(sets[team], 8080 + index) },
    })),
    ...routes.map(({ team, parent, section, hostnames }, index) => ({
      apiVersion,
      kind: "HTTPRoute",
      metadata: { name: `r${index}`, namespace: team },
      spec: {
        parentRefs: [
          {
            kind: parent,
            name: parent === "Gateway" ? "g" : "set",
            ...(parent === "Gateway" && { namespace: "edge" }),
            ...(section !== undefined && { sectionName: section }),
          },
        ],
        ...(hostnames.length > 0 && { hostnames }),
        rules: [{ backendRefs: [{ name: `s${index}`, port: 80 }] }],
      },
    })),
  ];
}

function namespace(name: string, labels: Readonly<Record<string, string>>): AnyObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

function loaded(objects: readonly AnyObject[]): Loaded {
  const declared = objects.map((object, index) => ({ object, origin: { construct: `${index}` } }));
  return load([{ name: "test", declared, findings: [] }], { channel: "standard" });
}

/** Returns the responses of every Gateway on every port and host, with the reasons. */
function answers(sources: Loaded): unknown {
  const { attachment, gateways } = routingModel(sources, { undeclared: "exists" });
  return gateways.flatMap((gateway) =>
    [80, 8080, 8081].flatMap((port) =>
      hosts.map((host) => explain(gateway, attachment, { method: "GET", url: `http://${host}:${port}/` })),
    ),
  );
}

/** Returns errors and advice, without findings that only say that a namespace is not declared. */
function found(sources: Loaded, strict = false): string[] {
  return check(sources, { strict })
    .filter(({ code }) => code !== "GW2430")
    .map((finding) => JSON.stringify(finding));
}

test("without its Namespaces a configuration is judged and answers as with Namespaces that match", () => {
  let assumed = 0;
  fc.assert(
    fc.property(configuration, (sketch) => {
      const objects = objectsOf(sketch);
      const [without, reference] = [
        loaded(objects),
        loaded([...objects, ...teams.map((team) => namespace(team, matching))]),
      ];
      deepEqual(found(without), found(reference));
      deepEqual(answers(without), answers(reference));
      const { changes, listeners: opened } = trafficPlan(reference, without);
      deepEqual({ changes, opened }, { changes: [], opened: [] });
      const notes = check(without).filter(({ code }) => code === "GW2430");
      equal(new Set(notes.map(({ message }) => message)).size, notes.length);
      equal(
        notes.every(({ severity }) => severity === "note"),
        true,
      );
      if (notes.length > 0) assumed += 1;
    }),
    { numRuns: 300 },
  );
  equal(assumed > 30, true, `only ${assumed} configurations depended on a namespace`);
});

test("a declared Namespace is judged by its labels, and so is one that is missing", () => {
  let refused = 0;
  fc.assert(
    fc.property(configuration, (sketch) => {
      const objects = objectsOf(sketch);
      const unlabelled = loaded([...objects, ...teams.map((team) => namespace(team, {}))]);
      const missing = loaded(objects);
      deepEqual(found(missing, true), found(unlabelled, true));
      equal(
        check(unlabelled).some(({ code }) => code === "GW2430"),
        false,
      );
      if (check(unlabelled).some(({ code, severity }) => /GW2404|GW2302/.test(code) && severity === "error"))
        refused += 1;
    }),
    { numRuns: 100 },
  );
  equal(refused > 10, true, `only ${refused} configurations refused a namespace`);
});

test("selectors that no namespace can meet together are each taken to match", () => {
  const sketch = (from: (team: string) => object): AnyObject[] =>
    objectsOf({
      listeners: (["a.io", "b.io"] as const).map((host, index) => ({
        hostname: host,
        namespaces: from(`${index}`) as ListenerSketch["namespaces"],
      })),
      allowedListeners: undefined,
      sets: { shop: [], pay: [] },
      routes: [{ team: "shop", parent: "Gateway", section: undefined, hostnames: [] }],
    }).filter(({ kind }) => kind !== "ListenerSet");
  const selecting = loaded(
    sketch((team) => ({ from: "Selector", selector: { matchLabels: { team }, matchExpressions: [] } })),
  );
  deepEqual(answers(selecting), answers(loaded(sketch(() => ({ from: "All" })))));
  deepEqual(
    check(selecting).flatMap(({ code, message }) => (code === "GW2430" ? [message] : [])),
    ["0", "1"].map(
      (team) =>
        `The labels of namespace shop, which is not declared, are taken to match "team=${team}" (listener l${team} of Gateway edge/g).`,
    ),
  );
});
