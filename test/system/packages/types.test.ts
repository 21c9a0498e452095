import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { type Outcome, Project } from "./project.ts";

/** A compiler version and a module resolution, as real projects have them. */
interface Setting {
  readonly typescript: "4.9" | "5.9" | "6" | "7";
  readonly module: string;
  readonly moduleResolution: string;
  /** package.json's `type`, which decides which half of the package node16 resolution reads. */
  readonly type: "commonjs" | "module";
  readonly target?: string;
}

const settings: readonly Setting[] = [
  // The template of cdk8s has classic resolution and the library of ES2016.
  { typescript: "4.9", module: "commonjs", moduleResolution: "node", type: "commonjs", target: "es2017" },
  { typescript: "4.9", module: "node16", moduleResolution: "node16", type: "module" },
  { typescript: "5.9", module: "commonjs", moduleResolution: "node", type: "commonjs", target: "es2017" },
  { typescript: "5.9", module: "node16", moduleResolution: "node16", type: "commonjs" },
  { typescript: "5.9", module: "node16", moduleResolution: "node16", type: "module" },
  { typescript: "5.9", module: "esnext", moduleResolution: "bundler", type: "module" },
  { typescript: "6", module: "node16", moduleResolution: "node16", type: "commonjs" },
  { typescript: "6", module: "nodenext", moduleResolution: "nodenext", type: "module" },
  { typescript: "6", module: "esnext", moduleResolution: "bundler", type: "module" },
  { typescript: "7", module: "node16", moduleResolution: "node16", type: "commonjs" },
  { typescript: "7", module: "nodenext", moduleResolution: "nodenext", type: "module" },
  { typescript: "7", module: "esnext", moduleResolution: "bundler", type: "module" },
];

describe("the types of the packed tarball", () => {
  let project: Project;
  before(async () => {
    project = await Project.install("types-matrix");
    project.copy("test/system/packages/types-matrix/programs", "programs");
    for (const file of ["acme.ts", "edge.ts", "infrastructure.ts", "store.ts"]) {
      project.copy(`examples/acme/${file}`, `programs/acme/${file}`);
    }
    // The example imports `.ts` files, as Node.js can run them; older compilers know only the compiled names.
    project.write("programs/acme/acme.ts", project.read("programs/acme/acme.ts").replaceAll('.ts";', '.js";'));
  });

  for (const setting of settings) {
    const { typescript, moduleResolution, type } = setting;
    describe(`under TypeScript ${typescript}, ${moduleResolution} resolution, ${type}`, () => {
      it("let the documented programs compile, declarations checked", () => {
        const { stdout } = compile(project, setting, [
          "acme/acme.ts",
          "traffic.ts",
          "chart.ts",
          "late.ts",
          "filters.ts",
          "patterns.ts",
          "objects.ts",
        ]);
        assert.equal(stdout, "");
      });

      it("refuse a Gateway in an ApplicationDeveloper's scope, and say so readably", () => {
        const { stdout } = compile(project, setting, ["must-not-compile.ts"]);
        assert.match(stdout, /must-not-compile\.ts\(7,17\): error TS2345: .* parameter of type 'ClusterOperator'/);
        assert.match(stdout, /'"ApplicationDeveloper"' is not assignable to type '"ClusterOperator"'/);
        assert.equal(stdout.match(/error TS/g)?.length, 1, stdout);
      });
    });
  }
});

function compile(project: Project, setting: Setting, files: readonly string[]): Outcome {
  const { typescript, type, target = "es2022", ...compilerOptions } = setting;
  project.write("programs/package.json", JSON.stringify({ type }));
  project.write(
    "programs/tsconfig.json",
    JSON.stringify({
      compilerOptions: {
        ...compilerOptions,
        target,
        lib: [target === "es2017" ? "es2016" : target],
        types: [],
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        pretty: false,
      },
      files,
    }),
  );
  const compiler = `node_modules/typescript-${typescript}/bin/tsc`;
  const { stdout, ...outcome } = project.run("node", compiler, "-p", "programs/tsconfig.json");
  return { ...outcome, stdout: typescript === "4.9" ? withoutConstructs(stdout) : stdout };
}

/**
 * Removes errors in the declarations of constructs, which need TypeScript 5 since 10.5; the template of Jest 26 has
 * constructs 10.4.
 */
function withoutConstructs(output: string): string {
  return output.replaceAll(/^node_modules\/constructs\/.*\n/gm, "");
}
