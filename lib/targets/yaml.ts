import { createHash } from "node:crypto";
import type { AnyObject, Declared } from "../api/declared/declared.ts";
import { type Yaml, yaml, yamlStream } from "../printing/yaml.ts";
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
  return emitStream(declared).toString();
}

/** As `emit`, for what writes to a terminal. */
export function emitStream(declared: readonly Declared[]): Yaml {
  return yamlStream(documents(declared).map(({ document }) => document));
}

/**
 * Writes one file for each object. Names begin with the rank of the kind, so that `kubectl apply -f DIR` applies them in
 * order. Objects of one name, such as one that is declared twice, share a file.
 *
 * Throws a TypeError for values that no YAML can hold: ask `unresolved` first.
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
  // A Map, because an object would put keys that look like numbers first.
  return new Map(keys.map((key) => [key, sorted((value as Record<string, unknown>)[key])]));
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
