import assert from "node:assert/strict";
import { test } from "node:test";
import type { MigrationStage } from "gatewright/patterns";
import { simulate } from "gatewright/testing";
import { acme } from "./acme.ts";

const gatewaysAt: Readonly<Record<MigrationStage, readonly string[]>> = {
  from: ["edge/acme-external"],
  both: ["edge/acme-external", "edge/acme-external-v2"],
  to: ["edge/acme-external-v2"],
};

for (const stage of ["from", "both", "to"] as const) {
  test(`at stage "${stage}" the store is served by ${gatewaysAt[stage].join(" and ")}`, () => {
    const traffic = simulate((scope) => acme(scope, { stage }));
    assert.deepEqual(traffic.gateways, gatewaysAt[stage]);
    for (const gateway of traffic.gateways) {
      assert.deepEqual(traffic.get("http://acme.io/store", { gateway }).backends, { "store/acme-store:8080": 1 });
    }
  });
}
