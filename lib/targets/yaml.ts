import { createHash } from "node:crypto";
import { Document, Scalar, visit } from "yaml";
import type { AnyObject, Declared } from "../api/declared/declared.ts";
import { compareObjects, compareText, rankOf } from "./order.ts";
import { plainObject } from "./plain.ts";

/** A file to write, below the directory that the user names. */
export interface EmittedFile {
  /** Such as `80-httproute.store.acme-store.yaml`: no directories in it. */
  readonly name: string;
  readonly text: string;
}

/**
 * Writes objects as one YAML stream, the same for the same objects in any order: objects in the order of application,
 * then by kind, namespace and name; in an object `apiVersion`, `kind`, `metadata`, then the other members and all
 * members below by code unit. Scalars read the same under YAML 1.1 and 1.2. Every object is written, also one that is
 * declared twice; nothing is checked.
 *
 * Throws a TypeError for values that no YAML can hold: ask `unresolved` first.
 */
export function emit(declared: readonly Declared[]): string {
  return documents(declared)
    .map(({ text }) => text)
    .join("---\n");
}

/**
 * Writes one file for each object. Names begin with the rank of the kind, so that `kubectl apply -f DIR` applies them in
 * order. Objects of one name, such as one that is declared twice, share a file.
 *
 * Throws a TypeError for values that no YAML can hold: ask `unresolved` first.
 */
export function emitFiles(declared: readonly Declared[]): readonly EmittedFile[] {
  const files = new Map<string, string[]>();
  for (const { object, text } of documents(declared)) {
    const name = fileName(object);
    files.set(name, [...(files.get(name) ?? []), text]);
  }
  return [...files].map(([name, texts]) => ({ name, text: texts.join("---\n") }));
}

function documents(declared: readonly Declared[]): { readonly object: AnyObject; readonly text: string }[] {
  return declared
    .map(({ object }) => ({ object, text: write(object) }))
    .sort((left, right) => compareObjects(left.object, right.object) || compareText(left.text, right.text));
}

function write(object: AnyObject): string {
  // Without aliases: an object that is used twice is written twice, as people write manifests.
  const document = new Document(sorted(plainObject(object), topLevel), { aliasDuplicateObjects: false });
  visit(document, { Scalar: quoteWhatMayBeMisread });
  return document.toString({ lineWidth: 0 }).replace(unprintable, escaped);
}

const topLevel: readonly string[] = ["apiVersion", "kind", "metadata"];

function sorted(value: unknown, first: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item));
  if (value === null || typeof value !== "object") return value;
  const rest = Object.keys(value).filter((key) => !first.includes(key));
  const keys = [...first.filter((key) => Object.hasOwn(value, key)), ...rest.sort(compareText)];
  // A Map, because an object would put keys that look like numbers first.
  return new Map(keys.map((key) => [key, sorted((value as Record<string, unknown>)[key])]));
}

/** Words that YAML 1.1, which Kubernetes' own parser still follows in part, takes for booleans, null, or a merge. */
const words = /^(y|yes|n|no|true|false|on|off|null|~|<<|=|[-+]?\.inf|\.nan)$/i;
/** What could be a number, a sexagesimal, or a date: octal, hexadecimal, binary, exponents and underscores included. */
const numeric = /^[-+]?\.?(\d|_|e[-+]?\d)[\d_.,:a-fox+-]*$|^[-+.]+$|^\d{4}-\d/i;

/**
 * What no YAML text may hold (YAML 1.2.2, c-printable), and what one version takes for a line break and the other does
 * not. Only double quotes can carry it, as escapes.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Lines whose own spaces a block (`|`) could take for its indentation, or an editor take away. */
const looseSpaces = /^[ \t]*\n|^[ \t].*\n|[ \t](\n|$)/;

/** Quotes strings that one YAML version or another would read as something else, or not at all. */
function quoteWhatMayBeMisread(_key: unknown, node: Scalar): void {
  if (typeof node.value !== "string") return;
  // No YAML holds half of a surrogate pair; the API server reads it as U+FFFD.
  if (!node.value.isWellFormed()) node.value = node.value.toWellFormed();
  const value = node.value as string;
  if (words.test(value) || numeric.test(value) || value.search(unprintable) !== -1 || looseSpaces.test(value)) {
    node.type = Scalar.QUOTE_DOUBLE;
  }
}

/** The library's double quotes escape what JSON does; this is the rest. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

const extension = ".yaml";
/** In bytes, as file systems have it; namespace and name alone may be 316. */
const longestFileName = 255;

/**
 * `RANK-KIND[.GROUP][.NAMESPACE].NAME.yaml`; the group only where it is not the core's or the Gateway API's. A name that
 * is too long for a file is cut, and ends with a hash of the whole.
 */
function fileName(object: AnyObject): string {
  const { apiVersion, kind, metadata } = object;
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  const parts = [
    kind,
    group === "gateway.networking.k8s.io" ? "" : group,
    metadata?.namespace ?? "",
    metadata?.name ?? "",
  ];
  const name = parts.filter((part) => part !== "").join(".");
  const rank = String(rankOf(object)).padStart(2, "0");
  // Objects are not checked here, and a name must not lead out of the directory.
  const stem = `${rank}-${name.toLowerCase().replace(/[^a-z0-9.-]/g, "_")}`;
  if (stem.length + extension.length <= longestFileName) return `${stem}${extension}`;
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
  return `${stem.slice(0, longestFileName - extension.length - hash.length - 1)}-${hash}${extension}`;
}
