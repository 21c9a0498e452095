import assert from "node:assert/strict";
import { test } from "node:test";
import { defineFilter, isFilterKind } from "../../../lib/filters/definition.ts";

const request = () => undefined;

test("a filter keeps what it was defined with, and is known for one", () => {
  const filter = defineFilter({ group: "acme.io", kind: "Limit", request });
  assert.deepEqual([filter.group, filter.kind, filter.version, filter.request], ["acme.io", "Limit", "v1", request]);
  assert.equal(isFilterKind(filter), true);
  assert.equal(Object.isFrozen(filter), true);
  for (const other of [undefined, null, {}, { ...filter, [Symbol.for("gatewright.Filter")]: 2 }, request]) {
    assert.equal(isFilterKind(other), false);
  }
});

const wrong: readonly (readonly [string, object, RegExp])[] = [
  ["a group without a dot", { group: "acme" }, /group "acme" is no API group of yours; it takes a DNS name with a dot/],
  ["the core group", { group: "" }, /group "" is no API group of yours/],
  ["the Gateway API's group", { group: "gateway.networking.k8s.io" }, /belongs to Kubernetes/],
  ["a group of Kubernetes", { group: "k8s.io" }, /belongs to Kubernetes/],
  ["a kind with a blank", { kind: "Rate Limit" }, /kind "Rate Limit" is no Kubernetes kind/],
  ["a version that is none", { version: "1.0" }, /version "1.0" is no Kubernetes version/],
  ["a schema that is none", { schema: { parse: () => 1 } }, /schema is no Standard Schema/],
  ["neither of the functions", { request: undefined }, /it does nothing; it takes a request function/],
  ["a request that is no function", { request: "deny" }, /request is no function/],
];

for (const [what, change, message] of wrong) {
  test(`${what} is refused`, () => {
    const definition = { group: "acme.io", kind: "Limit", request, ...change } as Parameters<typeof defineFilter>[0];
    assert.throws(() => defineFilter(definition), { name: "TypeError", message });
  });
}
