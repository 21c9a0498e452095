import assert from "node:assert/strict";
import { test } from "node:test";
import type { Declared } from "../../../lib/api/declared/declared.ts";
import { merge } from "../../../lib/api/load/merge.ts";

const isClusterScoped = ({ kind }: { readonly kind: string }) => kind === "GatewayClass";

function declared(line: number, apiVersion: string, kind: string, name: string, namespace?: string): Declared {
  const metadata = namespace === undefined ? { name } : { name, namespace };
  return { object: { apiVersion, kind, metadata, line }, origin: { file: "f.yaml", line } };
}

const v1 = "gateway.networking.k8s.io/v1";
const source = (name: string, ...objects: Declared[]) => ({ name, declared: objects, findings: [] });
const lines = (objects: readonly Declared[]) => objects.map(({ object }) => object.line);

test("a later source replaces an object, in its place, with a note that names both", () => {
  const merged = merge(
    [
      source("one", declared(1, v1, "HTTPRoute", "a"), declared(2, v1, "HTTPRoute", "b")),
      source("two", declared(3, v1, "HTTPRoute", "c"), declared(4, v1, "HTTPRoute", "a")),
    ],
    isClusterScoped,
  );
  assert.deepEqual(lines(merged.declared), [4, 2, 3]);
  assert.equal(merged.findings.length, 1);
  const [note] = merged.findings;
  assert.deepEqual([note?.code, note?.severity], ["GW1009", "note"]);
  assert.match(note?.message ?? "", /f\.yaml:4 replaces the one at f\.yaml:1/);
});

test("the same object twice in one source is an error at the second, and the first counts", () => {
  const merged = merge(
    [source("one", declared(1, v1, "HTTPRoute", "a"), declared(2, v1, "HTTPRoute", "a"))],
    isClusterScoped,
  );
  assert.deepEqual(lines(merged.declared), [1]);
  assert.deepEqual(
    merged.findings.map(({ code, severity, origin }) => [code, severity, origin]),
    [["GW1006", "error", { file: "f.yaml", line: 2 }]],
  );
  assert.match(merged.findings[0]?.message ?? "", /first at f\.yaml:1/);
});

test("objects are the same in whatever version they are written, and with the default namespace written out", () => {
  const same: readonly [Declared, Declared][] = [
    [declared(1, v1, "HTTPRoute", "a"), declared(2, "gateway.networking.k8s.io/v1beta1", "HTTPRoute", "a", "default")],
    [declared(1, "networking.x-k8s.io/v1alpha1", "Gateway", "a"), declared(2, v1, "Gateway", "a")],
    [declared(1, "gateway.networking.k8s.io/v1alpha2", "ReferencePolicy", "a"), declared(2, v1, "ReferenceGrant", "a")],
    [declared(1, v1, "GatewayClass", "a", "ignored"), declared(2, v1, "GatewayClass", "a")],
  ];
  for (const pair of same) assert.equal(merge([source("s", ...pair)], isClusterScoped).declared.length, 1);
});

test("objects of other namespaces, kinds and groups are others", () => {
  const all = [
    declared(1, v1, "Gateway", "a"),
    declared(2, v1, "Gateway", "a", "edge"),
    declared(3, "networking.istio.io/v1", "Gateway", "a"),
    declared(4, v1, "HTTPRoute", "a"),
  ];
  const merged = merge([source("s", ...all)], isClusterScoped);
  assert.deepEqual(lines(merged.declared), [1, 2, 3, 4]);
  assert.deepEqual(merged.findings, []);
});

test("constructs are named by their path", () => {
  const route = declared(1, v1, "HTTPRoute", "a");
  const construct: Declared = { object: route.object, origin: { construct: "store/a" } };
  const merged = merge([source("one", construct), source("two", route)], isClusterScoped);
  assert.match(merged.findings[0]?.message ?? "", /replaces the one at store\/a$/);
});
