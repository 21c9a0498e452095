import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../../tools/build/layout.ts";
import { lockSbom, sbomOf } from "../../../tools/build/sbom.ts";

const component = (name: string, version = "1.0.0") => ({
  "bom-ref": `${name}@${version}`,
  name,
  version,
  purl: `pkg:npm/${name}@${version}`,
});

test("an SBOM has what an install brings and what is bundled, and not what builds and tests", () => {
  const lock = {
    bomFormat: "CycloneDX" as const,
    specVersion: "1.5",
    metadata: { timestamp: "2026-01-01T00:00:00Z", lifecycles: [] },
    components: ["direct", "below", "bundled", "tool"].map((name) => component(name)),
    dependencies: [
      { ref: "direct@1.0.0", dependsOn: ["below@1.0.0"] },
      { ref: "below@1.0.0", dependsOn: [] },
      { ref: "bundled@1.0.0", dependsOn: ["tool@1.0.0"] },
    ],
  };
  const sbom = sbomOf(lock, "bundled 1.0.0 (MIT)\n\ntext\n", ["direct"]);
  assert.deepEqual(
    sbom.components.map(({ name }) => name),
    ["direct", "below", "bundled"],
  );
  assert.deepEqual(sbom.dependencies.at(-1), { ref: "bundled@1.0.0", dependsOn: [] });
  assert.deepEqual(sbom.metadata, { lifecycles: [] });
});

test("npm makes an SBOM of the lock file without a network, with the dependencies of the package", () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const { components } = sbomOf(lockSbom(), "", Object.keys(dependencies));
  for (const [name, version] of Object.entries(dependencies)) {
    const found = components.find((one) => one.name === name);
    assert.equal(found?.version, version, name);
    assert.equal(found?.purl, `pkg:npm/${name}@${version}`);
  }
});
