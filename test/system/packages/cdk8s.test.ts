import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { parseAllDocuments } from "yaml";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { root } from "../../../tools/build/layout.ts";
import { writeTranscript } from "../../transcript.ts";
import { Project } from "./project.ts";

/** Files of `cdk8s init typescript-app` that users have no reason to change. */
const template = ["cdk8s.yaml", "jest.config.js", "tsconfig.json"];

const projects = [
  { name: "cdk8s-template", what: "as cdk8s-cli 2.207 lays it down: TypeScript 5.9, Jest 29" },
  { name: "cdk8s-template-jest26", what: "as it was until 2025: TypeScript 4.9, Jest 26, constructs 10.4" },
];

for (const { name, what } of projects) {
  describe(`the cdk8s template for TypeScript, ${what}`, () => {
    let project: Project;

    before(async () => {
      project = await Project.install(name);
      for (const path of ["dist", "acme", ...template]) project.remove(path);
      const origin = "node_modules/cdk8s-cli/templates/typescript-app";
      for (const file of template) project.write(file, project.read(`${origin}/${file}`));
      for (const file of ["edge.ts", "infrastructure.ts", "store.ts"])
        project.copy(`examples/acme/${file}`, `acme/${file}`);
      for (const file of ["main.ts", "main.test.ts", "broken.ts"])
        project.copy(`test/system/packages/cdk8s-programs/${file}`, file);
    });

    it("is the template's package.json but for versions", () => {
      const origin = project.read("node_modules/cdk8s-cli/templates/typescript-app/package.json");
      const committed = readFileSync(join(root, "test/system/packages", name, "package.json"), "utf8");
      assert.deepEqual(withoutVersions(committed), withoutVersions(origin));
    });

    it("compiles", () => {
      const { status, stdout } = project.run("tsc", "--noEmit");
      assert.deepEqual({ status, stdout }, { status: 0, stdout: "" });
    });

    it("is synthesized by `cdk8s synth`", () => {
      const { status, stdout, stderr } = project.run("cdk8s", "synth", "--no-check-upgrade");
      assert.equal(status, 0, stdout + stderr);
      transcript("synth", "cdk8s synth", stdout + stderr);
      const objects = parseAllDocuments(project.read("dist/acme.k8s.yaml")).map(
        (document) => document.toJS() as AnyObject,
      );
      assert.deepEqual(
        objects.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name, metadata.labels?.company]),
        [
          ["GatewayClass", undefined, "external-lb", "acme"],
          ["Gateway", "edge", "acme-external", "acme"],
          ["HTTPRoute", "store", "acme-store", "acme"],
        ],
      );
      const [, , route] = objects as { spec?: { parentRefs?: unknown } }[];
      assert.deepEqual(route?.spec?.parentRefs, [{ name: "acme-external", namespace: "edge" }]);
    });

    it("passes its unit tests under Jest", () => {
      const { status, stderr } = project.run("jest", "--ci");
      assert.equal(status, 0, stderr);
      assert.match(stderr, /Tests: +2 passed, 2 total/);
    });

    it("fails `cdk8s synth` on a broken program, with the findings under their constructs", () => {
      project.remove("dist");
      const { status, stdout, stderr } = project.run(
        "cdk8s",
        "synth",
        "--no-check-upgrade",
        "--app",
        "npx ts-node broken.ts",
      );
      const output = stdout + stderr;
      assert.notEqual(status, 0, output);
      assert.match(output, /\[acme\/store\/refused\].*GW2404 .*allowedRoutes/);
      assert.match(output, /\[acme\/store\/malformed\].*GW1106.*80800/);
      transcript("broken", "cdk8s synth", output);
    });

    it("has the plugin refuse manifests of charts that are not ours, and take Services of cdk8s-plus", () => {
      project.remove("dist");
      project.copy("test/system/packages/cdk8s-programs/mixed.ts", "mixed.ts");
      const config = project.read("cdk8s.yaml");
      const { version } = JSON.parse(project.read("node_modules/gatewright/package.json")) as { version: string };
      const plugin = `- package: ./node_modules/gatewright/cdk8s\n    version: ${version}\n    class: GatewayValidation\n`;
      project.write("cdk8s.yaml", `${config}\nvalidations:\n  ${plugin}`);
      const synth = (port: string) =>
        project.run("cdk8s", "synth", "--no-check-upgrade", "--app", `npx ts-node mixed.ts ${port}`);
      const fits = synth("8080");
      assert.equal(fits.status, 0, fits.stdout + fits.stderr);
      const routes = parseAllDocuments(project.read("dist/mixed.k8s.yaml")).map((one) => one.toJS() as AnyObject);
      const route = routes.find(({ kind }) => kind === "HTTPRoute");
      const spec = route?.spec as { rules: { backendRefs: unknown }[] } | undefined;
      assert.deepEqual(spec?.rules[0]?.backendRefs, [{ name: "store", port: 8080, weight: 9 }]);
      project.remove("dist");
      const refused = synth("80800");
      project.write("cdk8s.yaml", config);
      const output = refused.stdout + refused.stderr;
      assert.equal(refused.status, 2, output);
      assert.match(output, /GW1106/);
      transcript("refused", "cdk8s synth", output);
    });
  });
}

/** Writes a transcript without stacks, colours, the table above the report, and the directory of the test's project. */
function transcript(name: string, command: string, output: string): void {
  const lines = output
    .replace(/\u001b\[[\d;]*m/g, "")
    .split("\n")
    .filter(
      (line) => !/^ +at |^Node\.js v|^npm warn|^\s*\^\s*$|^[╔╟╚║]|^\(Summary\)|app\.ts:\d+$|^ +throw new/.test(line),
    )
    .map((line) =>
      line
        .replace(/\/\S*\/(?=node_modules|dist)/g, "")
        .replace(/ at \/\S+/, "")
        .trimEnd(),
    );
  writeTranscript(
    "docs/cdk8s.md",
    name,
    command,
    lines
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim(),
  );
}

function withoutVersions(json: string): unknown {
  const { name, dependencies, devDependencies, ...rest } = JSON.parse(json) as Record<string, object>;
  return {
    ...rest,
    dependencies: Object.keys(dependencies ?? {}),
    devDependencies: Object.keys(devDependencies ?? {}),
  };
}
