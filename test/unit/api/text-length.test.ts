import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { validate } from "../../../lib/api/index.ts";

/** GatewayClass.spec.description has at most 64 characters. */
const maximum = 64;

function findingsFor(description: string): readonly string[] {
  const object = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: { name: "lb" },
    spec: { controllerName: "example.com/controller", description },
  };
  return validate(object, { channel: "standard" }).findings.map(({ code }) => code);
}

test("the length of a text is counted in code points, as the API server counts it", () => {
  assert.deepEqual(findingsFor("🦊".repeat(maximum)), []);
  assert.equal(findingsFor("🦊".repeat(maximum + 1)).length, 1);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 40 }), (text) => {
      assert.equal(findingsFor(text).length, [...text].length <= maximum ? 0 : 1);
    }),
  );
});
