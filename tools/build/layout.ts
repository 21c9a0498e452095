import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const dist = join(root, "dist");
export const cache = join(root, "node_modules/.cache/gatewright");

/** The package's public entries, keyed by subpath. */
export const entries = {
  index: "lib/index.ts",
  testing: "lib/testing/index.ts",
  filters: "lib/filters/index.ts",
  patterns: "lib/patterns/index.ts",
  cdk8s: "lib/cdk8s.ts",
  pulumi: "lib/pulumi.ts",
  cdktf: "lib/cdktf.ts",
  cdktn: "lib/cdktn.ts",
} as const satisfies Readonly<Record<string, string>>;

/** The program behind `npx gatewright`: the command, which includes the proxy. */
export const command = { name: "gatewright", source: "lib/cli/main.ts" } as const;

/** The entry of the proxy's worker threads, which the package imports as `#worker`. */
export const worker = { name: "worker", source: "proxy/control/workers/worker-thread.ts" } as const;

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, unknown>>;
}

export function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as Manifest;
}

/** Returns the packages that dist imports instead of bundling: dependencies, and peers such as the engines. */
export function externalPackages(): string[] {
  const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = readManifest(root);
  return [...new Set([dependencies, peerDependencies, peerDependenciesMeta].flatMap((names) => Object.keys(names)))];
}
