import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { convert } from "../../../../lib/api/conversion/convert.ts";
import type { AnyObject, Declared } from "../../../../lib/api/declared/declared.ts";
import { lostInSilence } from "./leaves.ts";
import { anyOldObject } from "./old-objects.ts";

const declared = (objects: readonly AnyObject[]): Declared[] =>
  objects.map((object, index) => ({ object, origin: { file: "old.yaml", line: index + 1 } }));

test("what an old document says is in the result, or named in a finding", () => {
  fc.assert(
    fc.property(fc.array(anyOldObject, { minLength: 1, maxLength: 4 }), (objects) => {
      const before = declared(objects);
      const { declared: after, findings } = convert(before);
      assert.deepEqual(lostInSilence(before, after, findings), []);
    }),
    { numRuns: 500 },
  );
});

test("the result is of today's version, and converting it again changes nothing", () => {
  fc.assert(
    fc.property(fc.array(anyOldObject, { minLength: 1, maxLength: 4 }), (objects) => {
      const once = convert(declared(objects));
      for (const { object } of once.declared) assert.equal(object.apiVersion, "gateway.networking.k8s.io/v1");
      const twice = convert(once.declared);
      assert.deepEqual(twice, { declared: once.declared, findings: [] });
    }),
  );
});

test("nothing is written into what was given, and any data is survived", () => {
  const anything = fc.record({
    apiVersion: fc.constantFrom("networking.x-k8s.io/v1alpha1", "gateway.networking.k8s.io/v1alpha2"),
    kind: fc.constantFrom(
      "GatewayClass",
      "Gateway",
      "HTTPRoute",
      "TLSRoute",
      "TCPRoute",
      "UDPRoute",
      "BackendPolicy",
      "BackendTLSPolicy",
    ),
    metadata: fc.constant({ name: "x" }),
    spec: fc.dictionary(
      fc.constantFrom(
        "listeners",
        "rules",
        "gateways",
        "hostnames",
        "tls",
        "parentRefs",
        "backendRefs",
        "targetRef",
        "controller",
        "parametersRef",
      ),
      fc.jsonValue({ maxDepth: 5 }),
    ),
  });
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 3 }), (objects) => {
      const before = JSON.stringify(objects);
      convert(declared(objects as unknown as AnyObject[]));
      assert.equal(JSON.stringify(objects), before);
    }),
  );
});
