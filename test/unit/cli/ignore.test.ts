import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gatewright, scratch } from "./gatewright.ts";

const route = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: acme, namespace: store}
spec:
  parentRefs: [{name: shared, namespace: infra}]
  hostnames: ["NOT-VALID.io"]
`;

test("a rule of the command line needs a reason, and what it ignores is counted", async (t) => {
  const cwd = await scratch(t);
  await writeFile(join(cwd, "a.yaml"), route);
  assert.equal((await gatewright(["check", "a.yaml"], { cwd })).code, 1);
  const without = await gatewright(["check", "a.yaml", "--ignore", "GW1105"], { cwd });
  assert.equal(without.code, 2);
  assert.match(without.stderr, /CODE\[@KIND NAMESPACE\/NAME\]=REASON/);
  const ignore = ["--ignore", "GW1105@HTTPRoute store/acme=the CRD here is patched"];
  const text = await gatewright(["check", "a.yaml", ...ignore], { cwd });
  assert.equal(text.code, 0, text.stdout);
  assert.match(text.stderr, /1 ignored/);
  assert.doesNotMatch(text.stdout, /GW1105/);
  const json = JSON.parse((await gatewright(["check", "a.yaml", ...ignore, "-o", "json"], { cwd })).stdout);
  assert.deepEqual(
    json.ignored.map(({ code, ignored }: { code: string; ignored: unknown }) => [code, ignored]),
    [["GW1105", { severity: "error", reason: "the CRD here is patched" }]],
  );
  const written = await gatewright(["synth", "a.yaml", ...ignore], { cwd });
  assert.equal(written.code, 0, "synth honours it");
  assert.match(written.stdout, /NOT-VALID/);
  const planned = await gatewright(["plan", "a.yaml", "a.yaml", ...ignore], { cwd });
  assert.equal(planned.code, 0, planned.stderr);
});

test(".gatewright.yaml beside the sources, and --config, hold rules; a broken one is an error", async (t) => {
  const cwd = await scratch(t);
  await mkdir(join(cwd, "manifests"));
  await writeFile(join(cwd, "manifests/a.yaml"), route);
  const rules = "ignore:\n  - code: GW1105\n    object: HTTPRoute store/*\n    reason: the CRD here is patched\n";
  await writeFile(join(cwd, "manifests/.gatewright.yaml"), rules);
  for (const source of ["manifests", "manifests/a.yaml"]) {
    const { code, stderr } = await gatewright(["check", source], { cwd });
    assert.deepEqual([code, /1 ignored/.test(stderr)], [0, true], source);
  }
  await writeFile(join(cwd, "manifests/.gatewright.yaml"), "ignore: [{code: GW1105}]\nignored: []\n");
  const broken = await gatewright(["check", "manifests"], { cwd });
  assert.equal(broken.code, 1);
  assert.equal(broken.stdout.match(/error GW1038/g)?.length, 2);
  await writeFile(join(cwd, "manifests/.gatewright.yaml"), "");
  await writeFile(join(cwd, "rules.yaml"), `${rules}  - {code: GW3001, reason: nothing of it}\n`);
  const given = await gatewright(["check", "manifests", "--config", "rules.yaml"], { cwd });
  assert.equal(given.code, 0);
  assert.match(given.stdout, /^rules\.yaml {2}note GW1039: /m);
  assert.equal((await gatewright(["check", "manifests", "--config", "none.yaml"], { cwd })).code, 1);
});
