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
import type { Place, Source } from "./source.ts";

/** A program: declares constructs below the scope that it is given. */
export type Program<Scope> = (scope: Scope) => unknown;

/** Runs a program and returns what it declared; `objectsOf` of lib/engines is one. */
export type ObjectsOf<Scope> = (program: Program<Scope>) => {
  readonly declared: readonly Declared[];
  readonly findings: readonly Finding[];
};

/** What a module declared, and the files it consists of. */
export interface ModuleRead {
  readonly declared: readonly Declared[];
  readonly findings: readonly Finding[];
  /** The filters that it exports. Absent: it exports none. */
  readonly filters?: FilterModule;
  /** Absolute paths of the module and of what it imports, installed packages left out; to be watched. */
  readonly files: readonly string[];
}

/** Names that end so are modules; everything else is a manifest. */
export const moduleName = /\.[cm]?[jt]sx?$/i;

/**
 * Loads a TypeScript or JavaScript module, CommonJS or ESM, takes the list of filters that it may export as `filters`, and
 * runs the function that it exports as its default. Every
 * call loads the module and all it imports anew. Imports may leave out the extension or write `.js` for a `.ts` file;
 * `gatewright` and `constructs` come from the module's project or, where it has none, from the running package. Never
 * rejects: a module that cannot be loaded, exports no function, or throws is a finding (GW1007) at the place.
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
  const ran = run(program as Program<Scope>, objectsOf, module);
  return { ...ran, findings: [...ran.findings, ...findings], files, ...(filters === undefined ? {} : { filters }) };
}

/**
 * Loads a module that registers filters and need not be a program: what `--filters` names. Its default export, if it has
 * one, is not run.
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

/** What a module exports, and what it consists of. */
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

/** A module as a SOURCE. */
export function moduleSource<Scope>(name: string, objectsOf: ObjectsOf<Scope>): Source {
  return sourceOf(name, name, () => readModule(name, objectsOf, name));
}

/** A module of `--filters`. The same module may be a SOURCE as well. */
export function filterModuleSource(name: string): Source {
  return sourceOf(`--filters ${name}`, name, () => readFilterModule(name));
}

/** @param named how messages and the last good state know the source. */
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

/** A module that failed may lack a file that it imports, so then every new file beside its own matters. */
function placesOfFiles(files: readonly string[], failed: boolean): Place[] {
  const byDirectory = new Map<string, string[]>();
  for (const file of files) {
    const names = byDirectory.get(dirname(file)) ?? [];
    names.push(basename(file));
    byDirectory.set(dirname(file), names);
  }
  return [...byDirectory].map(([directory, names]) => (failed ? { directory } : { directory, names }));
}

function run<Scope>(program: Program<Scope>, objectsOf: ObjectsOf<Scope>, module: NamedModule) {
  let thrown: { readonly error: unknown } | undefined;
  const { declared, findings } = objectsOf((scope) => {
    try {
      return program(scope);
    } catch (error) {
      thrown = { error };
      throw error;
    }
  });
  // Findings about a construct name it; the others are about the program as a whole.
  const place = thrown === undefined ? { file: module.name } : placeOf(module, thrown.error);
  const placed = findings.map((finding) =>
    finding.origin === undefined && finding.object === undefined ? { ...finding, origin: place } : finding,
  );
  return { declared, findings: placed };
}

/** ESM has it in `default`; CommonJS may be the function itself, or have it in `exports.default`. */
function programOf(exported: unknown): ((scope: never) => unknown) | undefined {
  const candidates = [(exported as { default?: unknown } | null | undefined)?.default, exported];
  return candidates.find((candidate) => typeof candidate === "function") as ((scope: never) => unknown) | undefined;
}

/** Loads one module, once. */
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
      // A cache would keep the files that are not loaded anew from being seen here.
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

  /** Of the texts that were loaded, installed packages left out. */
  get version(): string {
    const hash = createHash("sha256");
    for (const file of this.files.sort()) hash.update(`${file}\0${this.#transformed.get(file) ?? textOf(file)}\0`);
    return hash.digest("hex").slice(0, 16);
  }

  /**
   * As CommonJS at first, which can be loaded again and again; only a module that awaits at its top level needs the
   * other way, in which Node keeps plain JavaScript modules (not TypeScript) for good.
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

  /** Node keeps what it loads as CommonJS by itself; the user's own files among it are to be loaded anew next time. */
  #forget(before: ReadonlySet<string>): void {
    const { cache } = this.#require;
    this.#required = Object.keys(cache).filter((file) => !before.has(file) && !file.includes("node_modules"));
    for (const file of this.#required) delete cache[file];
  }
}

/** The loader reads a module's file at once and whole: it would wait for a pipe without end. */
async function unreadableModule(name: string): Promise<Finding | undefined> {
  try {
    const stats = await stat(name);
    await access(name, constants.R_OK);
    return stats.isFile() || stats.isDirectory() ? undefined : notAFile(name, stats);
  } catch (error) {
    return cannotBeRead(name, reasonOf(error));
  }
}

/** Of a file that may have gone since. */
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
