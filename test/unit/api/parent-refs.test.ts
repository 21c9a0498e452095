import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { validate } from "../../../lib/api/load/validate.ts";
import type { Channel } from "../../../lib/api/schema/schema.ts";

function findings(channel: Channel, parentRefs: readonly object[]): unknown[] {
  const route: AnyObject = {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name: "store" },
    spec: { parentRefs: parentRefs.map((parent) => ({ name: "edge", ...parent })) },
  };
  return validate(route, { channel }).findings.map(({ code, field }) => [code, field]);
}

const second = [["GW1230", "spec.parentRefs[1]"]];

test("the standard channel does not tell references to one parent apart by port", () => {
  const byPort = [{ port: 80 }, { port: 8080 }];
  assert.deepEqual(findings("standard", byPort), second);
  assert.deepEqual(findings("experimental", byPort), []);
});

test("a port beside one of two sections matters in the experimental channel only", () => {
  const sections = [{ sectionName: "a", port: 80 }, { sectionName: "b" }];
  assert.deepEqual(findings("standard", sections), []);
  assert.deepEqual(findings("experimental", sections), second);
});

for (const channel of ["standard", "experimental"] as const) {
  test(`references to one parent name a section each, other than before (${channel})`, () => {
    assert.deepEqual(findings(channel, [{ sectionName: "a" }, { sectionName: "b" }]), []);
    assert.deepEqual(findings(channel, [{ sectionName: "a" }, { sectionName: "a" }]), second);
    assert.deepEqual(findings(channel, [{}, { sectionName: "a" }]), second);
    assert.deepEqual(findings(channel, [{ namespace: "a" }, {}]), []);
  });
}
