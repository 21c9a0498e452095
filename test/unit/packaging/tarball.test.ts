import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { entries, readManifest, root } from "../../../tools/build/layout.ts";
import { packedTarball } from "../../../tools/build/pack.ts";

const kilobyte = 1000;

describe("the packed tarball", () => {
  let tarball: string;
  let unpacked: string;

  before(async () => {
    tarball = await packedTarball();
    unpacked = mkdtempSync(join(tmpdir(), "gatewright-packed-"));
    execFileSync("tar", ["-xzf", tarball, "-C", unpacked, "--strip-components=1"]);
  });

  it("has nothing that publint would change", async () => {
    const { messages, pkg } = await publint({ pkgDir: unpacked, strict: true, pack: false });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, pkg)),
      [],
    );
  });

  it("has types that every way of resolving finds, as arethetypeswrong sees them", () => {
    const output = execFileSync("attw", [tarball, "--format", "json"], { encoding: "utf8", maxBuffer: 64_000_000 });
    const { analysis, problems } = JSON.parse(output) as {
      readonly analysis: { readonly entrypoints: Readonly<Record<string, unknown>> };
      readonly problems?: Readonly<Record<string, unknown>>;
    };
    assert.deepEqual(problems ?? {}, {});
    const subpaths = Object.keys(entries).map((name) => (name === "index" ? "." : `./${name}`));
    assert.deepEqual(Object.keys(analysis.entrypoints).sort(), [...subpaths, "./package.json"].sort());
  });

  it("ships what is needed to run and nothing else", () => {
    const listed = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
    const expected =
      /^package\/(package\.json|README\.md|LICENSE|CHANGELOG\.md|(testing|filters|patterns|cdk8s|cdktf|cdktn|pulumi)\/package\.json|dist\/(THIRD-PARTY-LICENSES|sbom\.cdx\.json|cjs\/package\.json|(esm|cjs)\/(chunks\/)?[\w-]+(\.js|\.d\.ts)))$/;
    assert.deepEqual(
      listed.filter((name) => !expected.test(name)),
      [],
    );
    for (const name of ["README.md", "LICENSE", "CHANGELOG.md"]) assert.ok(listed.includes(`package/${name}`), name);
  });

  it("stays small", () => {
    const size = statSync(tarball).size;
    // Half of it is what the controller needs of a cluster: kubeconfigs with all their ways to authenticate, and gRPC.
    // The CRDs of the Gateway API, in both forms of modules, are a fifteenth.
    assert.ok(size < 1_600 * kilobyte, `${Math.round(size / kilobyte)} kB packed`);
  });

  it("carries the license of every bundled package, and none of what a user installs beside it", () => {
    const licenses = readFileSync(join(unpacked, "dist/THIRD-PARTY-LICENSES"), "utf8");
    const bundled = [...licenses.matchAll(/^([^\s,]+),? .* \(\S+\)$/gm)].map(([, name]) => name);
    for (const name of ["commander", "prom-client", "undici", "llhttp", "@dagrejs/dagre"])
      assert.ok(bundled.includes(name), name);
    const { dependencies = {}, peerDependencies = {} } = readManifest(root);
    for (const name of Object.keys({ ...dependencies, ...peerDependencies })) assert.ok(!bundled.includes(name), name);
  });
});
