import { equal } from "node:assert/strict";
import { test } from "node:test";
import { milliseconds } from "../../../lib/routing/lower/duration.ts";

for (const [text, expected] of [
  ["0s", 0],
  ["250ms", 250],
  ["1s500ms", 1500],
  ["1m30s", 90_000],
  ["1h", 3_600_000],
  ["2h1m1s1ms", 7_261_001],
  ["1s1s", 2000],
  [undefined, undefined],
  ["", undefined],
  ["1", undefined],
  ["1d", undefined],
  ["1.5s", undefined],
  ["-1s", undefined],
  ["123456s", undefined],
  ["1s1s1s1s1s", undefined],
] as const) {
  test(`${text} is ${expected ?? "no duration"}`, () => equal(milliseconds(text), expected));
}
