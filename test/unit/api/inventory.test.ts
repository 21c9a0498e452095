import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { inventory } from "../../../lib/api/load/inventory.ts";
import { load } from "../../../lib/api/load/load.ts";
import { inventoryLine } from "../../../lib/cli/report/inventory.ts";

const checkedKinds = [
  ["gateway.networking.k8s.io/v1", "Gateway"],
  ["gateway.networking.k8s.io/v1", "HTTPRoute"],
  ["v1", "Service"],
  ["gatewright.dev/v1alpha1", "GatewayParameters"],
] as const;
const otherKinds = [
  ["apps/v1", "Deployment"],
  ["networking.k8s.io/v1", "Ingress"],
  ["networking.istio.io/v1", "Gateway"],
] as const;

function holding(objects: readonly (readonly [string, string])[]) {
  const declared = objects.map(([apiVersion, kind], index) => ({
    object: { apiVersion, kind, metadata: { name: `x${index}`, namespace: "x" }, spec: {} },
    origin: { construct: `x${index}` },
  }));
  return load([{ name: "x", declared, findings: [] }], { channel: "standard" });
}

test("every object is counted once, valid or not, as checked or as passed over", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...checkedKinds, ...otherKinds), { maxLength: 30 }), (objects) => {
      const { checked, passedOver } = inventory(holding(objects));
      for (const [counts, of] of [
        [checked, checkedKinds],
        [passedOver, otherKinds],
      ] as const) {
        for (const [apiVersion, kind] of of) {
          const count = objects.filter(([version, name]) => version === apiVersion && name === kind).length;
          const told = counts.find((one) => one.apiVersion === apiVersion && one.kind === kind)?.count ?? 0;
          assert.equal(told, count);
        }
      }
      const sum = [...checked, ...passedOver].reduce((all, { count }) => all + count, 0);
      assert.equal(sum, objects.length);
    }),
  );
});

test("the line says what was checked and what was passed over, and that nothing was", () => {
  assert.equal(inventoryLine(inventory(holding([]))), "checked no objects");
  const [gateway, route, service] = checkedKinds;
  const [deployment, ingress, istio] = otherKinds;
  assert.equal(
    inventoryLine(inventory(holding([route, gateway, service, route, ingress, istio, deployment, ingress]))),
    "checked 4 objects: 1 Gateway, 2 HTTPRoutes, 1 Service; passed over 4 objects: 1 Deployment, 1 Gateway, 2 Ingresses",
  );
});
