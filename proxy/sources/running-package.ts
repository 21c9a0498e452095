import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * The modules that a program may import without having them installed: `gatewright` itself and what it stands on, taken
 * from the package that is running. Those that the program's own project has are left out, so that its versions win; a
 * program inside the running package (its examples) gets the running code as well.
 */
export async function fallbackModules(program: string): Promise<Record<string, unknown>> {
  const running = runningPackage();
  if (running === undefined) return {};
  const resolveFromProgram = createRequire(program).resolve;
  const modules: Record<string, unknown> = {};
  const own = (specifier: string): boolean => {
    try {
      return !resolveFromProgram(specifier).startsWith(join(running.root, "/"));
    } catch {
      return false;
    }
  };
  if (!own("gatewright")) {
    for (const [specifier, file] of running.entries) {
      if (existsSync(file)) modules[specifier] = await import(pathToFileURL(file).href).catch(() => undefined);
    }
  }
  if (!canResolve(resolveFromProgram, "constructs")) modules.constructs = await import("constructs");
  return Object.fromEntries(Object.entries(modules).filter(([, module]) => module !== undefined));
}

function canResolve(resolve: (specifier: string) => string, specifier: string): boolean {
  try {
    resolve(specifier);
    return true;
  } catch {
    return false;
  }
}

interface RunningPackage {
  readonly root: string;
  /** Specifier (`gatewright`, `gatewright/testing`, …) → file. */
  readonly entries: readonly (readonly [string, string])[];
}

/** The package this file is part of, run from its sources or built and bundled. */
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
