import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Returns the modules that a program may import without having them installed: `gatewright` and `constructs`, taken
 * from the running package and loaded on first use. A module that the program's own project has is left out, so that
 * the project's version wins. A program inside the running package, such as an example, gets the running code.
 */
export function fallbackModules(program: string): Readonly<Record<string, unknown>> {
  const running = runningPackage();
  if (running === undefined) return {};
  const resolve = createRequire(program).resolve;
  const resolved = (specifier: string): string | undefined => {
    try {
      return resolve(specifier);
    } catch {
      return undefined;
    }
  };
  const load = createRequire(import.meta.url);
  const modules = {};
  const provide = (specifier: string, target: string) =>
    Object.defineProperty(modules, specifier, { enumerable: true, get: () => load(target) });
  const own = resolved("gatewright");
  if (own === undefined || own.startsWith(join(running.root, "/"))) {
    for (const [specifier, file] of running.entries) if (existsSync(file)) provide(specifier, file);
  }
  if (resolved("constructs") === undefined) provide("constructs", "constructs");
  return modules;
}

interface RunningPackage {
  readonly root: string;
  /** Specifier (`gatewright`, `gatewright/testing`, …) → file. */
  readonly entries: readonly (readonly [string, string])[];
}

/** The package that contains this file, run from its sources or built and bundled. */
function runningPackage(): RunningPackage | undefined {
  const here = fileURLToPath(import.meta.url);
  for (let root = dirname(here); ; root = dirname(root)) {
    const manifest = readManifest(join(root, "package.json"));
    if (manifest?.name === "gatewright") return { root, entries: entriesOf(manifest, root, here.endsWith(".ts")) };
    if (dirname(root) === root) return undefined;
  }
}

interface PackageManifest {
  readonly name?: string;
  readonly exports?: Readonly<Record<string, unknown>>;
}

function readManifest(file: string): PackageManifest | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as PackageManifest) : undefined;
}

function entriesOf(manifest: PackageManifest, root: string, fromSources: boolean): [string, string][] {
  return Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]): [string, string][] => {
    if (typeof target !== "object" || target === null) return [];
    const conditions = target as { "gatewright-source"?: string; import?: { default?: string } };
    const file = fromSources ? conditions["gatewright-source"] : conditions.import?.default;
    return file === undefined ? [] : [[`gatewright${subpath.slice(1)}`, join(root, file)]];
  });
}
