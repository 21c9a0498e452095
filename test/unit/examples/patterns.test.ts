import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { parseAllDocuments } from "yaml";
import { check } from "../../../lib/analysis/check/check.ts";
import { load } from "../../../lib/api/load/load.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";
import { readModule } from "../../../proxy/sources/module.ts";
import { root, run } from "./run.ts";

/** The number of tests of each example. */
const examples: Readonly<Record<string, number>> = { canary: 12, "gateway-migration": 3, multicluster: 2 };

for (const [example, tests] of Object.entries(examples)) {
  describe(`examples/${example}`, () => {
    it("has nothing that a check would find", async () => {
      const program = await readModule(join(root, "examples", example, "acme.ts"), objectsOf);
      const loaded = load([{ name: "acme.ts", ...program }], { channel: "standard" });
      const told = check(loaded).filter(({ severity }) => severity !== "note");
      assert.deepEqual(told, []);
    });

    it("passes its own unit tests", () => {
      const output = run(`examples/${example}`, ["--test", "--test-reporter=tap", "acme.test.ts"]);
      assert.match(output, new RegExp(`^# pass ${tests}$`, "m"));
      assert.match(output, /^# fail 0$/m);
    });
  });
}

describe("the patterns under cdk8s", () => {
  const synthesized = (t: TestContext, example: string, files: readonly string[], environment = {}) => {
    const outdir = mkdtempSync(join(tmpdir(), "gatewright-cdk8s-"));
    t.after(() => rmSync(outdir, { recursive: true }));
    run(`examples/${example}`, ["main.ts"], { CDK8S_OUTDIR: outdir, ...environment });
    return files.map((file) =>
      parseAllDocuments(readFileSync(join(outdir, file), "utf8")).map((document) => document.toJS() as Manifest),
    );
  };

  it("a step of a canary changes weights and nothing else", (t) => {
    const at = (step: string) => synthesized(t, "canary", ["store.k8s.yaml"], { CANARY_STEP: step })[0]?.[0];
    const [before, after] = [at("1"), at("2")];
    // The rules are for testers, everybody else, the checkout, and the redirect.
    assert.deepEqual(weights(before), [[undefined], [95, 5], [undefined], []]);
    assert.deepEqual(weights(after), [[undefined], [75, 25], [undefined], []]);
    assert.deepEqual(withoutWeights(before), withoutWeights(after));
  });

  it("each cluster has a directory, with its export, and one has the route", (t) => {
    const kinds = synthesized(t, "multicluster", ["c1/acme.k8s.yaml", "c2/acme.k8s.yaml"]).map((manifests) =>
      manifests.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`),
    );
    assert.deepEqual(kinds, [
      ["Gateway edge/acme-mc", "ServiceExport store/store-c1", "HTTPRoute store/store"],
      ["ServiceExport store/store-c2"],
    ]);
  });
});

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly rules?: readonly { readonly backendRefs?: readonly { readonly weight?: number }[] }[] };
}

function weights(manifest: Manifest | undefined): (number | undefined)[][] {
  return (manifest?.spec?.rules ?? []).map(({ backendRefs = [] }) => backendRefs.map(({ weight }) => weight));
}

function withoutWeights(manifest: Manifest | undefined): unknown {
  return JSON.parse(JSON.stringify(manifest, (key, value: unknown) => (key === "weight" ? "" : value)));
}
