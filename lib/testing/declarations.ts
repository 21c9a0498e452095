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

/** A file of YAML or JSON documents, as {@link file} returns it. */
export interface ManifestFile {
  /** Path, relative to the working directory. */
  readonly file: string;
}

/** A program's function, objects, YAML or JSON text, or a file. */
export type Declaration = ((scope: Construct) => unknown) | AnyObject | Declared | string | ManifestFile;

/**
 * One declaration, or several in any mixture. As on the command line, a later declaration replaces objects of earlier
 * ones, and a duplicate object within one declaration is an error. Adjacent objects in a list, or objects in a nested
 * list, form one declaration.
 */
export type Declarations = Declaration | readonly (Declaration | readonly (AnyObject | Declared)[])[];

/** A `file:` URL, such as `new URL("a.yaml", import.meta.url)`. This type avoids the types of Node.js. */
export interface FileURL {
  readonly href: string;
}

/** Declares a file of YAML or JSON documents: `simulate([acme, file("shared/gateways.yaml")])`. */
export function file(path: string | FileURL): ManifestFile {
  return { file: typeof path === "string" ? path : fileURLToPath(path.href) };
}

export interface LoadOptions {
  /** Default: `standard`. `experimental` also admits the fields and kinds of the experimental channel. */
  readonly channel?: Channel;
  /** Custom filters of `defineFilter`: the `filters` that the program's module exports. Default: none. */
  readonly filters?: readonly FilterKind[];
  /** Findings to ignore. They are left out, and ignored errors do not make declarations invalid. Default: none. */
  readonly ignore?: readonly IgnoreRule[];
}

/** Loads declarations with the code that reads the sources of a command. Never throws. */
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

/** Reads a file. As in the command, an unreadable file becomes a finding. */
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
