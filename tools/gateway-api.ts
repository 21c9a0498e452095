/**
 * Finds the Gateway API's own files: its CRDs, examples and invalid examples, as published in its Go module. `node
 * tools/gateway-api.ts` prints the directory. GATEWRIGHT_GATEWAY_API overrides it, for example with a checkout of the
 * next release.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const path = "sigs.k8s.io/gateway-api";

/** The release that lib/api describes. */
export const version = "v1.7.0";

interface GoModule {
  readonly path: string;
  /** The expected hash of the module, as in a go.sum. */
  readonly sum: string;
  /** A directory that the module has. */
  readonly holds: string;
}

const api: GoModule = { path, sum: "h1:duVnm7nO6oXfMMUWfcDoBph47CYR/ME3NGxccOVglaY=", holds: "config/crd" };
const suite: GoModule = {
  path: `${path}/conformance`,
  sum: "h1:8Llf3aLHmeuiKA1AolOpeTIp0tmEuo6BSPOmw/w8tnk=",
  holds: "tests",
};

let found: string | undefined;
let foundSuite: string | undefined;

/** Returns the directory of the module. The go command downloads it into its own cache if necessary. */
export function gatewayApi(): string {
  found ??= fromEnvironment() ?? fromGo(api);
  return found;
}

/** The directory of the module of the conformance suite, or that of a checkout which GATEWRIGHT_GATEWAY_API names. */
export function conformanceModule(): string {
  const checkout = fromEnvironment();
  foundSuite ??= checkout !== undefined ? join(checkout, "conformance") : fromGo(suite);
  return foundSuite;
}

function fromEnvironment(): string | undefined {
  const { GATEWRIGHT_GATEWAY_API: given } = process.env;
  if (given === undefined || given === "") return undefined;
  const directory = resolve(given);
  if (!existsSync(join(directory, "config/crd"))) {
    throw new Error(`GATEWRIGHT_GATEWAY_API is ${given}, which has no config/crd: name a directory of ${path}.`);
  }
  return directory;
}

/** Downloads the module from a scratch module, so that no go.mod or go.work above the current directory counts. */
function fromGo(module: GoModule): string {
  const scratch = mkdtempSync(join(tmpdir(), "gatewright-gateway-api-"));
  try {
    writeFileSync(join(scratch, "go.mod"), "module scratch\n");
    // The module may require a newer Go than the installed one. Its files are downloaded even so, along with an error
    // that omits the directory. Only if the files are missing is the newer Go downloaded.
    const directory = download(scratch, "local", module) ?? download(scratch, "auto", module);
    if (directory !== undefined) return directory;
    throw new Error(
      `The go command does not unpack ${module.path}@${version}; set GATEWRIGHT_GATEWAY_API to its directory.`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Download {
  readonly Dir?: string;
  readonly Zip?: string;
  readonly Sum?: string;
  readonly Error?: string;
}

function download(scratch: string, toolchain: string, { path, sum, holds }: GoModule): string | undefined {
  const outcome = parse(go(scratch, toolchain, "mod", "download", "-json", `${path}@${version}`));
  if (outcome.Zip === undefined) {
    throw new Error(`The go command cannot fetch ${path}@${version}: ${outcome.Error ?? "it gives no reason"}`);
  }
  if (outcome.Sum !== sum) throw new Error(`${path}@${version} has the hash ${outcome.Sum}, not ${sum}.`);
  const directory = outcome.Dir ?? join(go(scratch, toolchain, "env", "GOMODCACHE").trim(), `${path}@${version}`);
  return existsSync(join(directory, holds)) ? directory : undefined;
}

function go(scratch: string, toolchain: string, ...args: readonly string[]): string {
  const { error, stdout, stderr } = spawnSync("go", args, {
    cwd: scratch,
    encoding: "utf8",
    env: { ...process.env, GOTOOLCHAIN: toolchain, GOWORK: "off" },
  });
  if (error !== undefined) {
    throw new Error(
      `The go command cannot run (${error.message}): install Go, or set GATEWRIGHT_GATEWAY_API to a directory of ${path}.`,
    );
  }
  if (stdout === "") throw new Error(`go ${args.join(" ")} failed: ${stderr.trim()}`);
  return stdout;
}

function parse(output: string): Download {
  try {
    return JSON.parse(output) as Download;
  } catch (cause) {
    throw new Error(`The go command does not answer in JSON: ${output}`, { cause });
  }
}

if (import.meta.main) console.log(gatewayApi());
