import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shareWords } from "../../../lib/analysis/traffic/describe.ts";

test("a share has two decimals, and more where it is close to nothing or to all", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0 %"],
    [1, "100 %"],
    [0.9, "90 %"],
    [1 / 3, "33.33 %"],
    [0.0001, "0.01 %"],
    [1 / 1_000_000, "0.0001 %"],
    [20 / 1_000_000, "0.002 %"],
    [999_980 / 1_000_000, "99.998 %"],
    [999_999 / 1_000_000, "99.9999 %"],
    [3 / 16_000_000, "0.000019 %"],
  ];
  assert.deepEqual(
    cases.map(([share]) => shareWords(share)),
    cases.map(([, words]) => words),
  );
});

test("no share of weights that is strictly between is written as none or all, nor with an exponent", () => {
  const weight = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(weight, fc.integer({ min: 1, max: 15_000_000 }), (one, others) => {
      const words = shareWords(one / (one + others));
      assert.match(words, /^\d{1,2}(\.\d+)? %$/);
      assert.ok(Number.parseFloat(words) > 0 && Number.parseFloat(words) < 100, words);
    }),
  );
});
