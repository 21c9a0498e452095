import assert from "node:assert/strict";
import { test } from "node:test";
import { checkKnown } from "../../../lib/analysis/check/check-known.ts";
import type { AnyObject, Declared } from "../../../lib/api/declared/declared.ts";

/** Makes a value that an engine knows only later. */
const late = () => ({ apply: () => undefined }) as never;

const group = "gateway.networking.k8s.io/v1";

const gateway = (metadata: object, listener: object = {}) => ({
  apiVersion: group,
  kind: "Gateway",
  metadata,
  spec: {
    gatewayClassName: "lb",
    listeners: [
      { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "Same" } }, ...listener },
    ],
  },
});

const route = (metadata: object, spec: object) => ({ apiVersion: group, kind: "HTTPRoute", metadata, spec });

function findings(...objects: readonly object[]): string[] {
  const declared = objects.map(
    (object, index): Declared => ({ object: object as AnyObject, origin: { construct: `object-${index}` } }),
  );
  const found = checkKnown(declared, { channel: "standard", filters: [] });
  // The class is not declared here.
  return found
    .filter(({ code }) => code !== "GW2101" && code !== "GW1170")
    .map(({ code, severity, object, field }) => `${severity} ${code} ${object?.kind} ${object?.name} ${field}`);
}

const edge = { name: "external", namespace: "edge" };

test("without late values it is the whole check but advice", () => {
  const found = findings(gateway(edge), route({ name: "r", namespace: "store" }, { parentRefs: [edge] }));
  assert.deepEqual(found, ["error GW2404 HTTPRoute r spec.parentRefs[0]"]);
});

test("a refusal that has nothing to do with the late value stays an error", () => {
  const rules = [{ backendRefs: [{ name: late(), port: late(), weight: late() }] }];
  const found = findings(gateway(edge), route({ name: "r", namespace: "store" }, { parentRefs: [edge], rules }));
  assert.ok(found.includes("error GW2404 HTTPRoute r spec.parentRefs[0]"), found.join("\n"));
  assert.ok(!found.some((line) => line.startsWith("error") && line.includes("rules")), found.join("\n"));
});

test("a refusal that depends on a late namespace is a note", () => {
  const found = findings(gateway(edge), route({ name: "r", namespace: late() }, { parentRefs: [edge] }));
  assert.ok(found.includes("note GW1110 HTTPRoute r spec.parentRefs[0]"), found.join("\n"));
  assert.deepEqual(
    found.filter((line) => line.startsWith("error")),
    [],
  );
});

test("two places with the same late value agree", () => {
  const namespace = late();
  const parent = { name: "external", namespace };
  const same = findings(
    gateway({ name: "external", namespace }),
    route({ name: "r", namespace }, { parentRefs: [parent] }),
  );
  assert.deepEqual(
    same.filter((line) => line.startsWith("error")),
    [],
  );
});

test("a hostname that is known later may meet the listener's", () => {
  const all = { allowedRoutes: { namespaces: { from: "All" } } };
  const store = { name: "r", namespace: "store" };
  const hostname = { parentRefs: [edge], hostnames: [late()] };
  const onRoute = findings(gateway(edge, { ...all, hostname: "acme.io" }), route(store, hostname));
  assert.deepEqual(
    onRoute.filter((line) => line.startsWith("error")),
    [],
  );
  const known = { parentRefs: [edge], hostnames: ["example.com"] };
  const onListener = findings(gateway(edge, { ...all, hostname: late() }), route(store, known));
  assert.deepEqual(
    onListener.filter((line) => line.startsWith("error")),
    [],
  );
  const neither = findings(gateway(edge, { ...all, hostname: "acme.io" }), route(store, known));
  assert.deepEqual(neither, ["error GW2405 HTTPRoute r spec.hostnames"]);
});

test("a grant that is known later may permit the reference", () => {
  const grant = (namespace: unknown) => ({
    apiVersion: "gateway.networking.k8s.io/v1beta1",
    kind: "ReferenceGrant",
    metadata: { name: "g", namespace: "shared" },
    spec: {
      from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace }],
      to: [{ group: "", kind: "Service" }],
    },
  });
  const spec = { rules: [{ backendRefs: [{ name: "db", namespace: "shared", port: 80 }] }] };
  const store = { name: "r", namespace: "store" };
  assert.deepEqual(
    findings(grant(late()), route(store, spec)).filter((line) => line.startsWith("error")),
    [],
  );
  assert.match(findings(grant("other"), route(store, spec)).join("\n"), /error GW\d+ HTTPRoute r spec\.rules\[0\]/);
});

test("the schema is checked beside the late value, and says where none may stand", () => {
  const rules = [{ matches: [{ path: { value: late() } }], backendRefs: [{ name: late(), port: 80_800 }] }];
  const found = findings(route({ name: "r", namespace: "store" }, { rules }));
  assert.ok(found.includes("error GW1103 HTTPRoute r spec.rules[0].matches[0].path.value"), found.join("\n"));
  assert.ok(found.includes("error GW1106 HTTPRoute r spec.rules[0].backendRefs[0].port"), found.join("\n"));
});

test("names that are known later show as such, and no finding speaks of what stands for them", () => {
  const name = late();
  const found = findings(
    gateway({ name, namespace: "edge" }, { allowedRoutes: { namespaces: { from: "Same" } } }),
    route({ name: late(), namespace: "store" }, { parentRefs: [{ name, namespace: "edge" }], bad: true }),
  );
  assert.ok(found.includes("error GW1101 HTTPRoute (late 2) spec.bad"), found.join("\n"));
});
