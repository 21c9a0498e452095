import { isMap, isScalar, isSeq, type ParsedNode } from "yaml";
import { versionOfUnversioned } from "../conversion/versions.ts";
import type { AnyObject } from "../declared/declared.ts";
import { kindDefinition } from "../kinds/kinds.ts";
import { metadataFields } from "../kinds/metadata.ts";
import { offsetOf } from "./compose.ts";
import type { ParseProblem } from "./problem.ts";

interface FoundObject {
  readonly object: AnyObject;
  /** The object's offset in the document's text. */
  readonly offset: number;
}

interface ObjectsRead {
  readonly objects: readonly FoundObject[];
  readonly problems: readonly ParseProblem[];
}

/** Reads the Kubernetes objects of a document: the document itself or, for a `List`, its items. */
export function readObjects(root: ParsedNode, value: unknown): ObjectsRead {
  return value === null ? { objects: [], problems: [] } : readAll(root, value, {}, "document");
}

/** Reads the objects of an item in a large list. In YAML, the item is parsed as a sequence of one (large-lists.ts). */
export function readItem(root: ParsedNode, value: unknown, index: number, lent: Lent): ObjectsRead {
  const where = `items[${index}]`;
  if (!isSeq(root) || !Array.isArray(value)) return readAll(root, value, lent, where);
  return readAll((root.items[0] as ParsedNode | null) ?? root, value[0], lent, where);
}

function readAll(root: ParsedNode, value: unknown, lent: Lent, where: string): ObjectsRead {
  const objects: FoundObject[] = [];
  const problems: ParseProblem[] = [];
  const read = (candidate: unknown, node: ParsedNode, inherited: Lent, place: string) => {
    const items = isRecord(candidate) ? itemsOf(candidate) : undefined;
    if (items === undefined) {
      const outcome = readObject(candidate, inherited, place);
      if ("object" in outcome) objects.push({ object: outcome.object, offset: offsetOf(node) });
      else
        problems.push({
          ...outcome.problem,
          offset: offsetOf(outcome.at === undefined ? node : child(node, outcome.at)),
        });
      return;
    }
    const nodes = child(node, "items");
    const shared = lentToItems(candidate as ListHead);
    items.forEach((item, index) => {
      const itemNode = isSeq(nodes) ? (nodes.items[index] as ParsedNode | null) : null;
      read(item, itemNode ?? node, shared, `items[${index}]`);
    });
  };
  read(value, root, lent, where);
  return { objects, problems };
}

/** The fields that items without them inherit from a typed list such as `HTTPRouteList`. */
export interface Lent {
  readonly apiVersion?: string;
  readonly kind?: string;
}

interface ListHead {
  readonly kind?: unknown;
  readonly apiVersion?: unknown;
}

function itemsOf(candidate: Readonly<Record<string, unknown>>): readonly unknown[] | undefined {
  const { kind, items, metadata } = candidate;
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return undefined;
  return isRecord(metadata) && typeof metadata.name === "string" ? undefined : items;
}

export function lentToItems({ kind, apiVersion }: ListHead): Lent {
  if (kind === "List" || typeof kind !== "string" || typeof apiVersion !== "string") return {};
  return { apiVersion, kind: kind.slice(0, -"List".length) };
}

type Outcome = { readonly object: AnyObject } | RefusedObject;

interface RefusedObject {
  readonly problem: Omit<ParseProblem, "offset">;
  /** The key in the object to which the problem belongs. */
  readonly at?: string;
}

function readObject(candidate: unknown, inherited: Lent, where: string): Outcome {
  if (!isRecord(candidate)) return refuse(`The ${where} is ${describe(candidate)}, not an object`, undefined);
  const { kind = inherited.kind, metadata } = candidate;
  if (kind === undefined && !objectKeys.some((key) => key in candidate)) return notAnObject(where);
  if (kind === undefined) return refuse(`The ${where} has no kind`, undefined);
  if (typeof kind !== "string" || kind === "") return refuse(`kind is ${describe(kind)}, not a name`, "kind");
  const apiVersion = candidate.apiVersion ?? inherited.apiVersion ?? versionOfUnversioned(kind);
  if (apiVersion === undefined) return refuse(`The ${kind} has no apiVersion`, "kind");
  if (typeof apiVersion !== "string" || apiVersion === "") {
    return refuse(`apiVersion is ${describe(apiVersion)}, not a group and version`, "apiVersion");
  }
  if (!isRecord(metadata)) return refuse(`The ${kind} has no metadata`, "metadata" in candidate ? "metadata" : "kind");
  const isKnown = kindDefinition(apiVersion, kind) !== undefined;
  const trouble = identityTrouble(kind, metadata) ?? (isKnown ? undefined : mapTrouble(metadata));
  if (trouble !== undefined) return refuse(trouble, "metadata");
  return { object: { ...candidate, apiVersion, kind, metadata: tidy(metadata, isKnown) } };
}

function identityTrouble(kind: string, metadata: Readonly<Record<string, unknown>>): string | undefined {
  const { name, namespace } = metadata;
  if (name === undefined || name === null) {
    const { generateName } = metadata;
    if (typeof generateName === "string" && generateName !== "") return undefined;
    return `The ${kind} has no metadata.name`;
  }
  if (typeof name !== "string" || name === "") return `metadata.name is ${describe(name)}, not a name`;
  if (namespace !== undefined && namespace !== null && typeof namespace !== "string") {
    return `metadata.namespace is ${describe(namespace)}, not a name`;
  }
  return undefined;
}

/** Checks labels and annotations of kinds without a schema. Other kinds' schemas report such problems per field. */
function mapTrouble(metadata: Readonly<Record<string, unknown>>): string | undefined {
  for (const field of ["labels", "annotations"]) {
    const map = metadata[field];
    if (map === undefined || map === null) continue;
    if (!isRecord(map)) return `metadata.${field} is ${describe(map)}, not a mapping`;
    const wrong = Object.entries(map).find(([, value]) => typeof value !== "string" && value !== null);
    if (wrong !== undefined) return `metadata.${field}.${wrong[0]} is ${describe(wrong[1])}, not a string`;
  }
  return undefined;
}

/**
 * Normalizes metadata as the API server does: fields without a value are removed, and labels and annotations without a
 * value are empty. Unknown fields are kept, so that the schema reports them.
 */
function tidy(metadata: Readonly<Record<string, unknown>>, isKnown: boolean): AnyObject["metadata"] {
  const entries = Object.entries(metadata)
    .filter(([field, value]) =>
      value === null ? isKnown && !metadataFields.has(field) : field !== "namespace" || value !== "",
    )
    .map(([field, value]) => [field, field === "labels" || field === "annotations" ? withoutNulls(value) : value]);
  return Object.fromEntries(entries) as unknown as AnyObject["metadata"];
}

function withoutNulls(map: unknown): unknown {
  if (!isRecord(map) || !Object.values(map).includes(null)) return map;
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, value ?? ""]));
}

const objectKeys: readonly string[] = ["apiVersion", "metadata", "spec"];

/** Reports a document that is not meant as an object, so that nobody is advised to add fields to it. */
function notAnObject(where: string): Outcome {
  const { problem } = refuse(`The ${where} holds no Kubernetes object: it has neither apiVersion nor kind`, undefined);
  return { problem: { ...problem, fix: "Name a file that holds manifests, or remove the document." } };
}

function refuse(message: string, at: string | undefined): RefusedObject {
  return {
    problem: {
      code: "GW1004",
      message,
      allowed:
        "a Kubernetes object: apiVersion, kind and metadata.name as non-empty strings, labels and annotations as strings",
      fix: "Complete the object; a value that looks like a number or a boolean (1, true, on) becomes a string in quotes.",
    },
    ...(at === undefined ? {} : { at }),
  };
}

/** Returns the node for a mapping's key, or the mapping itself. */
function child(node: ParsedNode, key: string): ParsedNode {
  if (!isMap(node)) return node;
  const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
  if (pair === undefined) return node;
  return (pair.value as ParsedNode | null) ?? pair.key;
}

function describe(value: unknown): string {
  if (value === null) return "empty";
  if (value === "") return "an empty string";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? "a string" : `the ${typeof value} ${String(value)}`;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
