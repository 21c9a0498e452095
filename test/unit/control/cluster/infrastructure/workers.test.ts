import assert from "node:assert/strict";
import { test } from "node:test";
import { workersFor } from "../../../../../proxy/control/cluster/infrastructure/workers.ts";

test("a proxy has as many workers as processors are asked for, or may be used, rounded up", () => {
  const workers = (requests?: string, limits?: string) =>
    workersFor({
      ...(requests !== undefined && { requests: { cpu: requests } }),
      ...(limits !== undefined && { limits: { cpu: limits, memory: "1Gi" } }),
    });
  assert.equal(workers("10m"), 1);
  assert.equal(workers("1000m"), 1);
  assert.equal(workers("1001m"), 2);
  assert.equal(workers("2.5"), 3);
  assert.equal(workers(".5"), 1);
  assert.equal(workers("100m", "4"), 4);
  assert.equal(workers("500000u", "1500000000n"), 2);
  assert.equal(workers(), 1);
  assert.equal(workers("many"), 1);
});
