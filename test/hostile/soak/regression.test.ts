import assert from "node:assert/strict";
import { test } from "node:test";
import { certainGrowth, lineThrough } from "./regression.ts";

const seconds = Array.from({ length: 60 }, (_, i) => i);
/** Noise that is the same in each run. */
const noise = (i: number) => ((i * 7919) % 101) / 101 - 0.5;

test("a line is found through its points", () => {
  const { slope, start, error } = lineThrough(seconds.map((x) => [x, 3 + 0.5 * x]));
  assert.ok(Math.abs(slope - 0.5) < 1e-9 && Math.abs(start - 3) < 1e-9 && error < 1e-6);
  assert.throws(() => lineThrough([[0, 0]]), RangeError);
});

test("growth is told from noise", () => {
  assert.ok(certainGrowth(seconds.map((x) => [x, 100 + 10 * noise(x)])) < 1);
  assert.equal(certainGrowth(seconds.map((x) => [x, 100 - x])), 0);
  const grown = certainGrowth(seconds.map((x) => [x, 100 + 0.5 * x + 10 * noise(x)]));
  assert.ok(grown > 20 && grown < 35, `${grown}`);
});
