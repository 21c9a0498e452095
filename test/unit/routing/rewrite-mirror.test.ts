import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isMirrored } from "../../../lib/routing/rewrite/mirror.ts";

test("of any `denominator` consecutive requests exactly `numerator` are mirrored, evenly spread", () => {
  const share = fc
    .integer({ min: 1, max: 300 })
    .chain((denominator) => fc.tuple(fc.nat(denominator), fc.constant(denominator)));
  const property = fc.property(share, fc.integer({ min: -1000, max: 2 ** 40 }), ([numerator, denominator], start) => {
    let mirrored = 0;
    for (let i = 0; i < denominator; i++) {
      if (isMirrored({ numerator, denominator }, start + i)) mirrored++;
      const ideal = ((i + 1) * numerator) / denominator;
      assert.ok(Math.abs(mirrored - ideal) < 2, `${mirrored} of ${i + 1} instead of ${ideal}`);
    }
    assert.equal(mirrored, numerator);
  });
  fc.assert(property, { numRuns: 500 });
});

test("0 of 100 mirrors nothing, 100 of 100 everything", () => {
  for (let n = 0; n < 200; n++) {
    assert.equal(isMirrored({ numerator: 0, denominator: 100 }, n), false);
    assert.equal(isMirrored({ numerator: 100, denominator: 100 }, n), true);
    assert.equal(isMirrored({ numerator: 5, denominator: 0 }, n), false);
  }
});
