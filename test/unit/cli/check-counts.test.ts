import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { gatewright } from "./gatewright.ts";

const cases = fileURLToPath(new URL("../../agreement/", import.meta.url));

test("ingress: what is passed over is counted and noted, by check and by convert", async () => {
  const checked = await gatewright(["check", "ingress", "-o", "json"], { cwd: cases });
  assert.equal(checked.code, 0);
  const { findings, objects } = JSON.parse(checked.stdout);
  assert.deepEqual(
    findings.map(({ code }: { code: string }) => code),
    ["GW1037"],
  );
  assert.deepEqual(objects, {
    checked: [],
    passedOver: [{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", count: 1 }],
  });
  const text = await gatewright(["check", "ingress"], { cwd: cases });
  assert.match(text.stderr, /^checked no objects; passed over 1 object: 1 Ingress$/m);
  const converted = await gatewright(["convert", "ingress"], { cwd: cases });
  assert.equal(converted.code, 0);
  assert.match(converted.stderr, /GW1037/);
  assert.match(converted.stdout, /kind: Ingress/);
});

for (const [folder, routes, passedOver] of [
  ["directory-of-a-chart", 2, ["Chart.yaml", "kustomization.yaml", "values.yml"]],
  ["directory-with-kustomization", 1, ["kustomization.yaml"]],
] as const) {
  test(`${folder}: files that are no manifests are passed over, and synth writes the others`, async () => {
    const checked = await gatewright(["check", folder, "-o", "json"], { cwd: cases });
    assert.equal(checked.code, 0);
    const { findings, objects } = JSON.parse(checked.stdout);
    const files = findings.flatMap(({ code, origin }: { code: string; origin: { file: string } }) =>
      code === "GW1035" ? [origin.file.slice(folder.length + 1)] : [],
    );
    assert.deepEqual(files, passedOver);
    assert.deepEqual(objects.checked, [
      { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", count: routes },
    ]);
    const written = await gatewright(["synth", folder], { cwd: cases });
    assert.equal(written.code, 0);
    assert.equal(written.stdout.match(/kind: HTTPRoute/g)?.length, routes);
  });
}

test("a file that is named is an error, with how to render it", async () => {
  const { code, stdout } = await gatewright(["check", "directory-of-a-chart/kustomization.yaml"], { cwd: cases });
  assert.equal(code, 1);
  assert.match(stdout, /error GW1035/);
  assert.match(stdout, /kustomize build directory-of-a-chart \| gatewright check -/);
});

test("--ignore-path leaves paths out of directories", async () => {
  const { stderr } = await gatewright(
    ["check", "directory-of-a-chart", "--ignore-path", "list*", "--ignore-path", "*.yml"],
    { cwd: cases },
  );
  assert.match(stderr, /^checked 1 object: 1 HTTPRoute$/m);
});
