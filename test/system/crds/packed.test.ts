import assert from "node:assert/strict";
import { test } from "node:test";
import { crdVersion } from "../../../lib/api/load/crd-version.ts";
import { crdObjects } from "../../../lib/infrastructure-provider/crds/published.ts";
import { publishedObjects } from "../../../tools/crds.ts";
import { version } from "../../../tools/gateway-api.ts";

test("the CRDs in the package are those that the Gateway API publishes", () => {
  assert.equal(crdVersion, version);
  for (const channel of ["standard", "experimental"] as const) {
    assert.deepEqual(crdObjects(channel, true), publishedObjects(channel));
  }
});
