import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Construct } from "constructs";
import type { AnyObject, Declared } from "../api/declared/declared.ts";
import type { Channel } from "../api/index.ts";
import { type IgnoreRule, readIgnores } from "../api/load/ignoring.ts";
import { type Loaded, load, type SourceContent } from "../api/load/load.ts";
import { parseDocuments } from "../api/parse/documents.ts";
import { objectsOf } from "../engines/objects.ts";
import type { FilterKind } from "../filters/definition.ts";

/** A file of YAML or JSON documents, made by {@link file}. */
export interface ManifestFile {
  /** Path, relative to the working directory. */
  readonly file: string;
}

/** A program's function, the objects themselves, YAML or JSON text, or a file of it. */
export type Declaration = ((scope: Construct) => unknown) | AnyObject | Declared | string | ManifestFile;

/**
 * What is declared: one declaration, or several together in any mixture. As on the command line a later one replaces an
 * object of an earlier one, and the same object twice in one of them is an error. Objects that stand side by side in a
 * list, or in a list within it, are one declaration.
 */
export type Declarations = Declaration | readonly (Declaration | readonly (AnyObject | Declared)[])[];

/** A `file:` URL, such as `new URL("a.yaml", import.meta.url)`. The declarations need no types of Node.js for it. */
export interface FileURL {
  readonly href: string;
}

/** A file of YAML or JSON documents among declarations: `simulate([acme, file("shared/gateways.yaml")])`. */
export function file(path: string | FileURL): ManifestFile {
  return { file: typeof path === "string" ? path : fileURLToPath(path.href) };
}

export interface LoadOptions {
  /** `standard` when absent; `experimental` admits the fields and kinds of that channel. */
  readonly channel?: Channel;
  /** Filters for ExtensionRef, made by `defineFilter`: what the program's module exports as `filters`. None when absent. */
  readonly filters?: readonly FilterKind[];
  /** Findings that are known and accepted: they are left out, and do not make declarations invalid. None when absent. */
  readonly ignore?: readonly IgnoreRule[];
}

/** Makes one set of declarations, by the code that reads the sources of a command. Never throws. */
export function loadDeclarations(
  declarations: Declarations,
  { channel = "standard", filters = [], ignore = [] }: LoadOptions,
): Loaded {
  const registered = { path: "", version: "", kinds: filters };
  const options = { name: "options", declared: [], filters: registered, ...readIgnores(ignore, undefined) };
  return load([...contentsOf(declarations), options], { channel });
}

type Objects = readonly (AnyObject | Declared)[];

function contentsOf(declarations: Declarations): SourceContent[] {
  const isList = (value: Declarations): value is Extract<Declarations, readonly unknown[]> => Array.isArray(value);
  const parts: readonly (Declaration | Objects)[] = isList(declarations) ? declarations : [declarations];
  const sources: (Exclude<Declaration, AnyObject | Declared> | Objects)[] = [];
  let objects: (AnyObject | Declared)[] | undefined;
  for (const part of parts) {
    if (isObject(part)) {
      if (objects === undefined) {
        objects = [];
        sources.push(objects);
      }
      objects.push(part);
    } else {
      objects = undefined;
      sources.push(part);
    }
  }
  return sources.map((source, index) =>
    content(source, sources.length === 1 ? "declarations" : `declarations[${index}]`),
  );
}

function isObject(part: Declaration | Objects): part is AnyObject | Declared {
  return typeof part === "object" && !Array.isArray(part) && !isFile(part as AnyObject | Declared | ManifestFile);
}

function isFile(part: AnyObject | Declared | ManifestFile): part is ManifestFile {
  return "file" in part && !("apiVersion" in part) && !("object" in part);
}

function content(source: Exclude<Declaration, AnyObject | Declared> | Objects, name: string): SourceContent {
  if (typeof source === "string") return parsed(name, source);
  if (typeof source === "function") return { name, ...objectsOf(source) };
  if ("file" in source) return readManifests(source.file);
  const declared = source.map((entry, index) =>
    isDeclared(entry) ? entry : { object: entry, origin: { construct: `[${index}]` } },
  );
  return { name, declared, findings: [] };
}

function isDeclared(entry: AnyObject | Declared): entry is Declared {
  return "object" in entry && "origin" in entry;
}

function parsed(name: string, text: string): SourceContent {
  return { name, ...parseDocuments(text, name), texts: new Map([[name, text]]) };
}

/** A file that cannot be read is a finding, as for the command. */
function readManifests(path: string): SourceContent {
  if (/\.[cm]?[jt]sx?$/i.test(path))
    return unreadable(path, "The file is a module, not a manifest.", "Import the program, and hand over its function.");
  try {
    return parsed(path, readFileSync(path, "utf8"));
  } catch (error) {
    const fix = "Check the path and its permissions; name files, not directories.";
    return unreadable(path, `The source cannot be read: ${(error as Error).message}`, fix);
  }
}

function unreadable(path: string, message: string, fix: string): SourceContent {
  const finding = { code: "GW1008", severity: "error", message, origin: { file: path }, fix } as const;
  return { name: path, declared: [], findings: [finding] };
}
