import { createHash } from "node:crypto";
import type { AnyObject, Declared } from "../api/declared/declared.ts";
import { type Yaml, yaml, yamlStream } from "../printing/yaml.ts";
import { compareObjects, compareText, rankOf } from "./order.ts";
import { plainObject } from "./plain.ts";

/** A file to write, relative to the directory that the user names. */
export interface EmittedFile {
  /** A name without directories, such as `80-httproute.store.acme-store.yaml`. */
  readonly name: string;
  readonly text: string;
}

/**
 * Writes objects as one YAML stream. Objects are sorted by the order of application, kind, namespace and name, so the
 * order of `declared` does not change the text. In an object, `apiVersion`, `kind` and `metadata` come first, then all
 * other members by code units. Scalars have the same meaning in YAML 1.1 and 1.2. Nothing is checked: an object that is
 * declared twice is written twice.
 *
 * Throws a TypeError for values that YAML cannot represent; call `unresolved` first.
 */
export function emit(declared: readonly Declared[]): string {
  return emitStream(declared).toString();
}

/** Like `emit`, for printing to a terminal. */
export function emitStream(declared: readonly Declared[]): Yaml {
  return yamlStream(documents(declared).map(({ document }) => document));
}

/**
 * Writes one file for each object. Names begin with the rank of the kind, so that `kubectl apply -f DIR` applies them
 * in order. Objects with the same name, such as one that is declared twice, share a file.
 *
 * Throws a TypeError for values that YAML cannot represent; call `unresolved` first.
 */
export function emitFiles(declared: readonly Declared[]): readonly EmittedFile[] {
  const files = new Map<string, Yaml[]>();
  for (const { object, document } of documents(declared)) {
    const name = fileName(object);
    files.set(name, [...(files.get(name) ?? []), document]);
  }
  return [...files].map(([name, own]) => ({ name, text: yamlStream(own).toString() }));
}

function documents(declared: readonly Declared[]): { readonly object: AnyObject; readonly document: Yaml }[] {
  return declared
    .map(({ object }) => {
      const document = write(object);
      return { object, document, text: document.toString() };
    })
    .sort((left, right) => compareObjects(left.object, right.object) || compareText(left.text, right.text));
}

function write(object: AnyObject): Yaml {
  return yaml(sorted(plainObject(object), topLevel));
}

const topLevel: readonly string[] = ["apiVersion", "kind", "metadata"];

function sorted(value: unknown, first: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => sorted(item));
  if (value === null || typeof value !== "object") return value;
  const rest = Object.keys(value).filter((key) => !first.includes(key));
  const keys = [...first.filter((key) => Object.hasOwn(value, key)), ...rest.sort(compareText)];
  // A Map keeps the order of keys; a plain object would move keys that look like numbers to the front.
  return new Map(keys.map((key) => [key, sorted((value as Record<string, unknown>)[key])]));
}

const extension = ".yaml";
/** Limit of file systems in bytes. A namespace and name alone may have 316. */
const longestFileName = 255;

/**
 * Builds the file name `RANK-KIND[.GROUP][.NAMESPACE].NAME.yaml`. The group is omitted for the core group and the
 * Gateway API. A name over the limit is cut, and ends with a hash of the whole name.
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
  // The objects are not validated, and a name must not contain a path that leads out of the directory.
  const stem = `${rank}-${name.toLowerCase().replace(/[^a-z0-9.-]/g, "_")}`;
  if (stem.length + extension.length <= longestFileName) return `${stem}${extension}`;
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
  return `${stem.slice(0, longestFileName - extension.length - hash.length - 1)}-${hash}${extension}`;
}
