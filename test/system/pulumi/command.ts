import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { stringify } from "yaml";
import { root } from "../../../tools/build/layout.ts";
import { buildProgram } from "../cluster/rig/build.ts";
import { type Outcome, outcomeOf } from "../cluster/rig/run.ts";
import { pulumiCommand, pulumiKubernetesProvider } from "../cluster/rig/versions.ts";

/** The plugin that no package registry serves, by the name of its executable. */
const standIns = { "pulumi-language-nodejs": "language-host.ts" } as const;

/** Runs `pulumi` in a project of its own, with its state in files and its secrets protected by a passphrase. */
export class PulumiProject {
  readonly directory: string;
  readonly #program: string;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(directory: string, program: string, env: Readonly<Record<string, string>>) {
    this.directory = directory;
    this.#program = program;
    this.#env = env;
  }

  /**
   * @param files contents by path.
   * @param kubeconfig the kubeconfig of the cluster to which the default provider deploys.
   * @param main the path of the program.
   */
  static async create(
    files: Readonly<Record<string, string>>,
    kubeconfig: string,
    { main = "index.ts" } = {},
  ): Promise<PulumiProject> {
    const program = await buildProgram(pulumiCommand);
    const provider = await buildProgram(pulumiKubernetesProvider);
    const directory = mkdtempSync(join(tmpdir(), "gatewright-pulumi-"));
    const [plugins, home, state] = ["plugins", "home", "state"].map((name) => join(directory, `.${name}`));
    for (const made of [plugins, home, state]) mkdirSync(made ?? "");
    writeStandIns(plugins ?? "");
    linkPackages(directory);
    const runtime = { name: "nodejs", options: { typescript: false } };
    writeFileSync(join(directory, "Pulumi.yaml"), stringify({ name: "acme", main, runtime }));
    writeFileSync(join(directory, "package.json"), JSON.stringify({ name: "acme", type: "module" }));
    const project = new PulumiProject(directory, program, {
      PATH: [dirname(provider), dirname(process.execPath), process.env.PATH, plugins].join(delimiter),
      PULUMI_HOME: home ?? "",
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "of the tests",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
      PULUMI_OPTION_NON_INTERACTIVE: "true",
      NODE_OPTIONS: "--conditions=gatewright-source --disable-warning=ExperimentalWarning",
      KUBECONFIG: kubeconfig,
    });
    for (const [name, text] of Object.entries(files)) project.write(name, text);
    await project.succeed("stack", "init", "dev");
    return project;
  }

  write(name: string, text: string): void {
    const file = join(this.directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Runs `pulumi` to its end. */
  run(...args: readonly string[]): Promise<Outcome> {
    const command = [this.#program, ...args, "--non-interactive", "--color", "never", "--cwd", this.directory];
    return outcomeOf(command, { env: this.#env, timeout: 400_000 });
  }

  /** Runs `pulumi`, which must succeed, and returns what it printed. */
  async succeed(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.run(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Returns the stack's resources, without the stack itself and its providers. Fails if an operation is pending. */
  async resources(): Promise<readonly StateResource[]> {
    const { deployment } = JSON.parse(await this.succeed("stack", "export")) as {
      readonly deployment: { readonly resources?: readonly StateResource[]; readonly pending_operations?: unknown[] };
    };
    const { resources = [], pending_operations: open = [] } = deployment;
    if (open.length > 0) throw new Error(`Operations were left open: ${JSON.stringify(open)}`);
    return resources.filter(({ type }) => !type.startsWith("pulumi:"));
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** A resource of a stack's state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly initErrors?: readonly string[];
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** Writes stand-ins for plugins. A genuine plugin of the same name on PATH takes precedence. */
function writeStandIns(directory: string): void {
  for (const [name, file] of Object.entries(standIns)) {
    const path = join(directory, name);
    writeFileSync(
      path,
      `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, "stand-ins", file)}' "$@"\n`,
    );
    chmodSync(path, 0o755);
  }
}

/** Links packages of this repository in place of an `npm install`. */
function linkPackages(directory: string): void {
  const modules = join(directory, "node_modules");
  mkdirSync(modules);
  symlinkSync(root, join(modules, "gatewright"));
  for (const name of ["@pulumi", "constructs"]) symlinkSync(join(root, "node_modules", name), join(modules, name));
}

/** Returns the path of a file of the repository. */
export function fileOf(path: string): string {
  return readFileSync(join(root, path), "utf8");
}
