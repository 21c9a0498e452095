import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { packedTarball } from "../../../tools/build/pack.ts";
import { Project } from "./project.ts";

/** A project outside of the repository that has installed nothing yet. */
function emptyProject(context: TestContext): Project {
  const directory = mkdtempSync(join(tmpdir(), "gatewright-installer-"));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  const project = new Project(directory);
  project.write("package.json", JSON.stringify({ private: true, type: "module" }));
  return project;
}

describe("the package is installed", () => {
  // The resolver ends with ERESOLVE if a peer's own peers contradict what the project has.
  for (const [beside, packages] of [
    ["cdk8s-cli of November 2026", ["cdk8s-cli@2.207.60", "cdk8s@2.70.106", "constructs@10.8.1"]],
    ["cdktn", ["cdktn@0.24.0", "constructs@10.7.2"]],
    ["cdktf", ["cdktf@0.21.0", "constructs@10.4.2"]],
    ["the oldest constructs", ["constructs@10.4.2"]],
  ] as const) {
    it(`by npm, beside ${beside}`, async (t) => {
      const project = emptyProject(t);
      const { status, stderr } = project.run(
        "npm",
        ...["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        ...[await packedTarball(), ...packages],
      );
      assert.equal(status, 0, stderr);
      const lock = JSON.parse(project.read("package-lock.json")) as { packages: Record<string, unknown> };
      assert.ok("node_modules/gatewright" in lock.packages);
    });
  }

  it("by pnpm, whose node_modules hold only what a project names", async (t) => {
    const project = emptyProject(t);
    const added = project.run("npx", "--yes", "pnpm@10.34.9", "add", await packedTarball(), "constructs@10.8.1");
    assert.equal(added.status, 0, added.stdout + added.stderr);
    project.write(
      "program.ts",
      `import type { Construct } from "constructs";
import { ApplicationDeveloper, HTTPRoute, pathPrefix, service } from "gatewright";

export default (scope: Construct) => {
  const dana = new ApplicationDeveloper(scope, "dana", { namespace: "store" });
  new HTTPRoute(dana, "cart", {
    parentRefs: [{ name: "public", namespace: "edge" }],
    rules: [{ matches: [pathPrefix("/cart")], backendRefs: [service("cart", 8080)] }],
  });
};
`,
    );
    const { status, stdout, stderr } = project.run("node_modules/.bin/gatewright", "synth", "program.ts");
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^kind: HTTPRoute$/m);
  });
});
