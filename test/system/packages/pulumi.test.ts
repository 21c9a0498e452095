import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { Project } from "./project.ts";

/** Files of the template of `pulumi new kubernetes-typescript`, and those that a user adds. */
const program = ["tsconfig.json", "index.ts", "late.ts", "program.test.cjs"];

describe("Pulumi's template kubernetes-typescript, with gatewright added", () => {
  let project: Project;

  before(async () => {
    project = await Project.install("pulumi-template");
    project.remove("bin");
    for (const file of program) project.copy(`test/system/packages/pulumi-template/program/${file}`, file);
    for (const file of ["acme.ts", "edge.ts", "infrastructure.ts", "store.ts"]) {
      project.copy(`examples/acme/${file}`, `acme/${file}`);
    }
    // The example imports `.ts` files, as Node.js can run them; the template's compiler knows only the compiled names.
    project.write("acme/acme.ts", project.read("acme/acme.ts").replaceAll('.ts";', '.js";'));
  });

  it("compiles with the template's own settings, declarations checked", () => {
    const { status, stdout } = project.run("tsc", "--pretty", "false");
    assert.deepEqual({ status, stdout }, { status: 0, stdout: "" });
  });

  it("compiles where Outputs of resources stand for names, namespaces and ports", () => {
    const flags = ["--strict", "--target", "es2020", "--module", "nodenext", "--moduleResolution", "nodenext"];
    const { status, stdout } = project.run("tsc", ...flags, "--noEmit", "--pretty", "false", "late.ts");
    assert.deepEqual({ status, stdout }, { status: 0, stdout: "" });
  });

  it("passes a unit test with Pulumi's mocks, as CommonJS", () => {
    const { status, stdout, stderr } = project.run("node", "program.test.cjs");
    assert.equal(status, 0, stderr);
    assert.equal(stdout.trim(), "passed", stderr);
  });
});
