import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { Terraform, whyNot } from "../terraform/terraform-command.ts";
import { Project } from "./project.ts";

interface Stack {
  readonly terraform: Readonly<Record<string, unknown>>;
  readonly resource: { readonly kubernetes_manifest: Readonly<Record<string, unknown>> };
}

describe("a program of the CDK for Terraform", () => {
  let project: Project;

  before(async () => {
    project = await Project.install("cdktf");
    for (const path of ["acme", "out", "cdktf.out", "cdktn.out"]) project.remove(path);
    for (const file of ["edge.ts", "infrastructure.ts", "store.ts"])
      project.copy(`examples/acme/${file}`, `acme/${file}`);
    for (const file of ["main.ts", "fork.ts"]) project.copy(`test/system/packages/cdktf-programs/${file}`, file);
    project.write("tsconfig.json", JSON.stringify(tsconfig));
  });

  it("compiles, under both engines", () => {
    const { status, stdout } = project.run("tsc");
    assert.deepEqual({ status, stdout }, { status: 0, stdout: "" });
  });

  it("is synthesized by both engines to the same resources", () => {
    for (const program of ["main", "fork"]) {
      const { status, stderr } = project.run("node", `out/${program}.js`);
      assert.equal(status, 0, stderr);
    }
    const { resource } = synthesized("cdktf.out", "acme");
    assert.equal(Object.keys(resource.kubernetes_manifest).length, 3);
    assert.deepEqual(resource, synthesized("cdktn.out", "acme").resource);
  });

  it("has the resource that the provider's own binding of kubernetes_manifest makes", () => {
    const [genuine] = Object.values(synthesized("cdktf.out", "genuine").resource.kubernetes_manifest);
    const ours = Object.entries(synthesized("cdktf.out", "acme").resource.kubernetes_manifest);
    const [, { "//": _, depends_on: none, ...own }] = (ours.find(([name]) => name.startsWith("infrastructure_")) ??
      assert.fail()) as [string, Record<string, unknown>];
    const { "//": __, ...wanted } = genuine as Record<string, unknown>;
    assert.deepEqual(none ?? [], []);
    assert.deepEqual(own, wanted);
  });

  it("is planned by terraform", { skip: whyNot() ?? false }, (t) => {
    const terraform = new Terraform(t);
    for (const out of ["cdktf.out", "cdktn.out"]) {
      const { terraform: settings, ...rest } = synthesized(out, "acme");
      // A backend would need `terraform init`, which asks the registry for the provider.
      const { backend: _, ...offline } = settings;
      project.write(`${out}/offline/main.tf.json`, JSON.stringify({ terraform: offline, ...rest }));
      const module = join(project.directory, out, "offline");
      assert.deepEqual(terraform.validate(module), []);
      const planned = terraform.plan(module).map(({ address }) => address.split(".")[0]);
      assert.equal(planned.filter((type) => type === "kubernetes_manifest").length, 3);
    }
  });

  function synthesized(out: string, stack: string): Stack {
    return JSON.parse(project.read(`${out}/stacks/${stack}/cdk.tf.json`)) as Stack;
  }
});

/** The tsconfig of `cdktf init --template=typescript`, without options for its test and watch scripts. */
const tsconfig = {
  compilerOptions: {
    ...{ target: "ES2018", module: "CommonJS", lib: ["es2018"], strict: true, alwaysStrict: true, declaration: true },
    ...{ noUnusedLocals: true, noUnusedParameters: true, noImplicitReturns: true, stripInternal: true },
    ...{ skipLibCheck: true, outDir: "out", moduleResolution: "node", esModuleInterop: true },
  },
  include: ["*.ts", "acme/*.ts"],
};
