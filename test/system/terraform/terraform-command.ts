import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { root } from "../../../tools/build/layout.ts";
import { goProgram } from "../../../tools/go-program.ts";

/** Returns why these tests cannot run here; undefined if they can. */
export function whyNot(): string | undefined {
  for (const program of ["terraform", "go"]) {
    if (spawnSync(program, ["version"], { stdio: "ignore" }).error !== undefined) return `${program} is not installed`;
  }
  return undefined;
}

export interface Planned {
  readonly address: string;
  readonly values: { readonly manifest?: unknown };
}

/** Runs the real terraform command without a cluster and with a stand-in provider (test/system/terraform/provider). */
export class Terraform {
  readonly #env: NodeJS.ProcessEnv;

  constructor(context: TestContext) {
    const home = mkdtempSync(join(tmpdir(), "gatewright-terraform-"));
    context.after(() => rmSync(home, { recursive: true }));
    symlinkSync(
      goProgram("terraform-stand-in", join(root, "test/system/terraform/provider")),
      join(home, providerProgram),
    );
    const configuration = join(home, "terraform.rc");
    writeFileSync(
      configuration,
      `provider_installation {\n  dev_overrides { "hashicorp/kubernetes" = ${JSON.stringify(home)} }\n}\n`,
    );
    this.#env = {
      ...process.env,
      TF_CLI_CONFIG_FILE: configuration,
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
      TF_CLI_ARGS: "-no-color",
    };
  }

  /** Returns the errors of a root module: none if it is valid. */
  validate(module: string): string[] {
    const { stdout } = spawnSync("terraform", ["validate", "-json"], { cwd: module, env: this.#env, encoding: "utf8" });
    const { diagnostics } = JSON.parse(stdout) as { diagnostics: { severity: string; summary: string }[] };
    return diagnostics.filter(({ severity }) => severity === "error").map(({ summary }) => summary);
  }

  /** Returns the plan of a root module whose state is empty. */
  plan(module: string): readonly Planned[] {
    this.#run(module, ["plan", "-input=false", "-out=plan"]);
    const plan = JSON.parse(this.#run(module, ["show", "-json", "plan"])) as {
      planned_values: { root_module: { resources: Planned[] } };
    };
    return plan.planned_values.root_module.resources;
  }

  /** Returns the plan as the command prints it. */
  planText(module: string): string {
    return this.#run(module, ["plan", "-input=false"]);
  }

  /** Returns the dependencies, as `A -> B` for each resource A that is applied after B. */
  dependencies(module: string): string[] {
    const graph = this.#run(module, ["graph"]);
    return [...graph.matchAll(/"([\w.-]+)" -> "([\w.-]+)"/g)].map(([, from, to]) => `${from} -> ${to}`);
  }

  #run(module: string, args: readonly string[]): string {
    return execFileSync("terraform", [...args], { cwd: module, env: this.#env, encoding: "utf8", maxBuffer: 1 << 26 });
  }
}

const providerProgram = "terraform-provider-kubernetes";
