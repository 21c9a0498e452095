import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { buildSplit, pick, startOf } from "../../../lib/routing/split.ts";

const smallWeights = fc.array(fc.nat(40), { minLength: 1, maxLength: 8 });
const anyWeights = fc.array(fc.oneof(fc.nat(5), fc.nat(1000), fc.nat(1_000_000)), { minLength: 1, maxLength: 16 });

/** Counts the backends that `count` requests from `start` on get. */
function countPicks(weights: readonly number[], start: number, count: number): number[] {
  const split = buildSplit(weights);
  const counts = weights.map(() => 0);
  for (let n = start; n < start + count; n++) {
    const index = pick(split, n);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

describe("split", () => {
  test("is exact over every window of a cycle's length, wherever it starts", () => {
    const property = fc.property(smallWeights, fc.integer({ min: -(2 ** 31), max: 2 ** 40 }), (weights, start) => {
      fc.pre(weights.some((weight) => weight > 0));
      const { total } = buildSplit(weights);
      const sum = weights.reduce((a, b) => a + b);
      assert.deepEqual(
        countPicks(weights, start, total),
        weights.map((weight) => (weight * total) / sum),
      );
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("divides 9 to 1 over 1,000 requests exactly", () => {
    assert.deepEqual(countPicks([9, 1], 0, 1000), [900, 100]);
    assert.deepEqual(countPicks([90, 10], 17, 1000), [900, 100]);
  });

  test("alternates equal weights", () => {
    const split = buildSplit([7, 7]);
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((n) => pick(split, n)),
      [0, 1, 0, 1, 0, 1],
    );
  });

  test("lets no backend wait more than four times its ideal distance", () => {
    const property = fc.property(fc.array(fc.nat(300), { minLength: 2, maxLength: 6 }), (weights) => {
      const split = buildSplit(weights);
      const last = weights.map(() => Number.NaN);
      for (let n = 0; n < 2 * split.total; n++) {
        const index = pick(split, n);
        const share = (weights[index] as number) / weights.reduce((a, b) => a + b);
        const gap = n - (last[index] as number);
        assert.ok(!(gap > 4 / share), `${weights} waits ${gap} requests for backend ${index}, ideal is ${1 / share}`);
        last[index] = n;
      }
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("never picks a weight of zero, and always one that exists", () => {
    const property = fc.property(anyWeights, fc.array(fc.maxSafeInteger(), { minLength: 50 }), (weights, requests) => {
      const split = buildSplit(weights);
      for (const n of requests) {
        const index = pick(split, n);
        if (weights.every((weight) => weight === 0)) assert.equal(index, -1);
        else assert.ok((weights[index] as number) > 0);
      }
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("has a stride that is coprime to the cycle and near the golden section", () => {
    const property = fc.property(anyWeights, (weights) => {
      const { total, stride } = buildSplit(weights);
      fc.pre(total > 0);
      let [a, b] = [total, stride];
      while (b !== 0) [a, b] = [b, a % b];
      assert.equal(a, 1);
      assert.ok(stride >= 1 && (total <= 2 || stride < total));
      if (total > 1000) assert.ok(Math.abs(stride / total - 0.618) < 0.1, `${stride} of ${total}`);
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("is exact for weights of a million", () => {
    assert.deepEqual(countPicks([1_000_000, 999_999, 1], -5, 2_000_000), [1_000_000, 999_999, 1]);
  });

  test("yields -1 when there is nothing to pick", () => {
    for (const weights of [[], [0], [0, 0, 0]]) assert.equal(pick(buildSplit(weights), 3), -1);
  });

  test("takes weights that the API would not admit without harm", () => {
    assert.equal(pick(buildSplit([Number.NaN, -3, 1]), 12), 2);
    assert.equal(pick(buildSplit([Number.POSITIVE_INFINITY]), 12), 0);
  });

  test("starts replicas with different seeds at different turns", () => {
    const split = buildSplit([1_000_000, 999_999]);
    const starts = Array.from({ length: 100 }, (_, i) => startOf(split, `acme-external-7d4b9c-${i}`));
    assert.equal(new Set(starts).size, 100);
    assert.ok(starts.every((start) => Number.isInteger(start) && start >= 0 && start < split.total));
    assert.equal(startOf(split, "a"), startOf(split, "a"));
    assert.equal(startOf(buildSplit([0]), "a"), 0);
  });
});
