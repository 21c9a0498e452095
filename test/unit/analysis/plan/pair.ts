import assert from "node:assert/strict";
import { type RoutedGateway, routingModel } from "../../../../lib/analysis/traffic/model.ts";
import type { Declared } from "../../../../lib/api/declared/declared.ts";
import { load } from "../../../../lib/api/load/load.ts";
import { buildIndex } from "../../../../lib/routing/index/build.ts";

/** Returns the only Gateway of two configurations, the second one indexed from the first, as a plan needs them. */
export function pairOf(old: readonly Declared[], now: readonly Declared[]) {
  const before = only(old);
  const after = only(now);
  return { before, after: { ...after, index: buildIndex(after.ir, before.index) } };
}

function only(declared: readonly Declared[]): RoutedGateway {
  const loaded = load([{ name: "given", declared, findings: [] }], { channel: "standard" });
  assert.deepEqual(
    loaded.findings.filter(({ severity }) => severity === "error"),
    [],
  );
  const { gateways } = routingModel(loaded, { undeclared: "exists" });
  assert.equal(gateways.length, 1);
  return gateways[0] as RoutedGateway;
}
