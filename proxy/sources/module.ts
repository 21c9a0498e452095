import { createHash } from "node:crypto";
import { constants, readFileSync } from "node:fs";
import { access, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, resolve } from "node:path";
import { createJiti, type Jiti } from "jiti";
import type { Declared } from "../../lib/api/declared/declared.ts";
import type { FilterModule } from "../../lib/api/load/sources.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import { placesOf } from "./files.ts";
import { filtersOf, noFilters } from "./filter-modules.ts";
import { moduleFailed, type NamedModule, notAProgram, placeOf } from "./module-failure.ts";
import { cannotBeRead, notAFile, reasonOf } from "./read-text.ts";
import { fallbackModules } from "./running-package.ts";
import type { Source, SourceLocation } from "./source.ts";

/** A program declares constructs below the scope that it is called with. */
export type ProgramFunction<Scope> = (scope: Scope) => unknown;

/** Runs a program and returns the objects that it declared; `objectsOf` of lib/engines is one implementation. */
export type ObjectsOf<Scope> = (program: ProgramFunction<Scope>) => {
  readonly declared: readonly Declared[];
  readonly findings: readonly Finding[];
};

/** The objects that a module declared, and the files that were loaded for it. */
export interface ModuleRead {
  readonly declared: readonly Declared[];
  readonly findings: readonly Finding[];
  /** The filters that the module exports. Absent: it exports none. */
  readonly filters?: FilterModule;
  /** Absolute paths of the module and of its imports, without installed packages: the files to watch. */
  readonly files: readonly string[];
}

/** Matches names of modules. A file with any other name is a manifest. */
export const moduleName = /\.[cm]?[jt]sx?$/i;

/**
 * Loads a TypeScript or JavaScript module, CommonJS or ESM, reads the list of filters that it may export as `filters`,
 * and runs its default export. Every call loads the module and all its imports anew. Imports may leave out the
 * extension, or write `.js` for a `.ts` file. `gatewright` and `constructs` come from the module's project or, if they
 * are not installed there, from the running package. Never rejects: a module that cannot be loaded, exports no
 * function, or throws yields a finding (GW1007) with its position.
 */
export async function readModule<Scope>(
  path: string,
  objectsOf: ObjectsOf<Scope>,
  name: string = path,
): Promise<ModuleRead> {
  const module: NamedModule = { path: resolve(path), name };
  const loaded = await loadModule(module);
  const { files } = loaded;
  if ("failure" in loaded) return { declared: [], findings: [loaded.failure], files };
  const program = programOf(loaded.exported);
  if (program === undefined) return { declared: [], findings: [notAProgram(module, loaded.exported)], files };
  const { filters, findings } = filtersOf(loaded, module);
  const ran = run(program as ProgramFunction<Scope>, objectsOf, module);
  return { ...ran, findings: [...ran.findings, ...findings], files, ...(filters === undefined ? {} : { filters }) };
}

/**
 * Loads a module that `--filters` names: it registers filters and need not be a program. Its default export, if there
 * is one, is not run.
 */
export async function readFilterModule(path: string, name: string = path): Promise<ModuleRead> {
  const module: NamedModule = { path: resolve(path), name };
  const loaded = await loadModule(module);
  const { files } = loaded;
  if ("failure" in loaded) return { declared: [], findings: [loaded.failure], files };
  const { filters, findings } = filtersOf(loaded, module);
  if (filters !== undefined) return { declared: [], findings, files, filters };
  return { declared: [], findings: findings.length > 0 ? findings : [noFilters(module)], files };
}

/** The exports of a module, or why loading failed, and the files that were loaded. */
export type LoadedModule = { readonly files: readonly string[] } & (
  | { readonly exported: unknown; readonly version: string }
  | { readonly failure: Finding }
);

async function loadModule(module: NamedModule): Promise<LoadedModule> {
  const loader = new Loader(module.path, fallbackModules(module.path));
  try {
    const exported = await loader.load();
    return { exported, version: loader.version, files: loader.files };
  } catch (error) {
    return { failure: moduleFailed(module, error), files: loader.files };
  }
}

/** Makes a SOURCE of a module. */
export function moduleSource<Scope>(name: string, objectsOf: ObjectsOf<Scope>): Source {
  return sourceOf(name, name, () => readModule(name, objectsOf, name));
}

/** Makes a source of a module that `--filters` names. The same module may be a SOURCE as well. */
export function filterModuleSource(name: string): Source {
  return sourceOf(`--filters ${name}`, name, () => readFilterModule(name));
}

/** @param named the name of the source in messages and in the last good state. */
function sourceOf(named: string, name: string, readIt: () => Promise<ModuleRead>): Source {
  return {
    name: named,
    async read() {
      const readAt = Date.now();
      const unreadable = await unreadableModule(name);
      if (unreadable !== undefined) {
        const content = { name: named, declared: [], findings: [unreadable] };
        return { content, absent: true, present: [], places: await placesOf(name), readAt };
      }
      const { declared, findings, files, filters } = await readIt();
      const failed = findings.some(({ code, severity }) => code === "GW1007" && severity === "error");
      return {
        content: { name: named, declared, findings, ...(filters === undefined ? {} : { filters }) },
        absent: false,
        present: failed ? [] : [name],
        places: [...(await placesOf(name)), ...placesOfFiles(files, failed)],
        readAt,
      };
    },
  };
}

/**
 * A module may have failed because a file that it imports is missing. Any new file beside a loaded one may then repair
 * it, so whole directories are watched.
 */
function placesOfFiles(files: readonly string[], failed: boolean): SourceLocation[] {
  const byDirectory = new Map<string, string[]>();
  for (const file of files) {
    const names = byDirectory.get(dirname(file)) ?? [];
    names.push(basename(file));
    byDirectory.set(dirname(file), names);
  }
  return [...byDirectory].map(([directory, names]) => (failed ? { directory } : { directory, names }));
}

function run<Scope>(program: ProgramFunction<Scope>, objectsOf: ObjectsOf<Scope>, module: NamedModule) {
  let thrown: { readonly error: unknown } | undefined;
  const { declared, findings } = objectsOf((scope) => {
    try {
      return program(scope);
    } catch (error) {
      thrown = { error };
      throw error;
    }
  });
  // A finding about a construct names that construct. Any other finding concerns the whole program.
  const place = thrown === undefined ? { file: module.name } : placeOf(module, thrown.error);
  const placed = findings.map((finding) =>
    finding.origin === undefined && finding.object === undefined ? { ...finding, origin: place } : finding,
  );
  return { declared, findings: placed };
}

/** ESM exports the program as `default`. In CommonJS, the export may be the function itself or `exports.default`. */
function programOf(exported: unknown): ((scope: never) => unknown) | undefined {
  const candidates = [(exported as { default?: unknown } | null | undefined)?.default, exported];
  return candidates.find((candidate) => typeof candidate === "function") as ((scope: never) => unknown) | undefined;
}

/** Loads one module once. */
class Loader {
  readonly #path: string;
  readonly #jiti: Jiti;
  readonly #transformed = new Map<string, string>();
  readonly #require: NodeJS.Require;
  #required: readonly string[] = [];

  constructor(path: string, virtualModules: Readonly<Record<string, unknown>>) {
    this.#path = path;
    this.#require = createRequire(path);
    const compiler = createJiti(path, { fsCache: false, moduleCache: false });
    this.#jiti = createJiti(path, {
      // A cache would hide from this function the files that it does not load anew.
      fsCache: false,
      moduleCache: false,
      virtualModules,
      transform: (options) => {
        if (options.filename !== undefined) this.#transformed.set(options.filename, options.source);
        return { code: compiler.transform(options) };
      },
    });
  }

  get files(): string[] {
    const files = new Set([this.#path, ...this.#transformed.keys(), ...this.#required]);
    return [...files].filter((file) => !file.includes("node_modules"));
  }

  /** Hash of the texts that were loaded, without installed packages. */
  get version(): string {
    const hash = createHash("sha256");
    for (const file of this.files.sort()) hash.update(`${file}\0${this.#transformed.get(file) ?? textOf(file)}\0`);
    return hash.digest("hex").slice(0, 16);
  }

  /**
   * Loads the module as CommonJS first: CommonJS can be loaded again and again. Only a module with a top-level await
   * needs `import`, which makes Node.js keep plain JavaScript modules (not TypeScript) for the life of the process.
   */
  async load(): Promise<unknown> {
    const before = new Set(Object.keys(this.#require.cache));
    try {
      return this.#jiti(this.#path);
    } catch (error) {
      if (!awaitsAtTopLevel(error)) throw error;
      return await this.#jiti.import(this.#path);
    } finally {
      this.#forget(before);
    }
  }

  /** Removes the user's files from Node.js' own CommonJS cache, so that the next load reads them again. */
  #forget(before: ReadonlySet<string>): void {
    const { cache } = this.#require;
    this.#required = Object.keys(cache).filter((file) => !before.has(file) && !file.includes("node_modules"));
    for (const file of this.#required) delete cache[file];
  }
}

/** Returns a finding for a module that is no readable file: the loader reads synchronously and would hang on a pipe. */
async function unreadableModule(name: string): Promise<Finding | undefined> {
  try {
    const stats = await stat(name);
    await access(name, constants.R_OK);
    return stats.isFile() || stats.isDirectory() ? undefined : notAFile(name, stats);
  } catch (error) {
    return cannotBeRead(name, reasonOf(error));
  }
}

/** Returns the text of a file, or an empty string if the file has been removed since. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function awaitsAtTopLevel(error: unknown): boolean {
  return (
    error instanceof Error &&
    /await is only valid in async functions|ERR_REQUIRE_ASYNC_MODULE/.test(
      `${error.message} ${(error as NodeJS.ErrnoException).code}`,
    )
  );
}
