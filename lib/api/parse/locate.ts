import { isMap, isScalar, isSeq, type ParsedNode, type YAMLMap } from "yaml";
import type { Finding } from "../../findings/finding.ts";
import { formerNames } from "../conversion/former-names.ts";
import { compose, offsetOf } from "./compose.ts";
import { withoutByteOrderMark } from "./documents.ts";
import { largeListItems } from "./large-lists.ts";
import { type Position, positionOf } from "./problem.ts";
import { type Segment, splitStream } from "./split.ts";

/**
 * Finds the position of `field` (such as `spec.rules[0].matches`) in the object that begins on `line` of `text`. If the
 * field is missing, the position is that of the innermost part of its path that exists. The result is undefined if no
 * object begins on that line. Only the document with that line is parsed; for many findings use {@link locateFindings}.
 */
export function locate(text: string, line: number, field: string): Position | undefined {
  return new Locator(text).locate(line, field);
}

/**
 * Adds line and column to findings whose origin has a file of `texts` and the first line of an object. Findings with a
 * column or with another kind of origin are unchanged.
 */
export function locateFindings(findings: readonly Finding[], texts: ReadonlyMap<string, string>): Finding[] {
  const locators = new Map<string, Locator>();
  return findings.map((finding) => {
    const { origin, field } = finding;
    if (origin === undefined || !("file" in origin) || origin.line === undefined || origin.column !== undefined) {
      return finding;
    }
    const text = texts.get(origin.file);
    if (text === undefined) return finding;
    const locator = locators.get(origin.file) ?? new Locator(text);
    locators.set(origin.file, locator);
    const position = locator.locate(origin.line, field ?? "");
    return position === undefined ? finding : { ...finding, origin: { file: origin.file, ...position } };
  });
}

/** Finds fields in one text. It caches the last document that it parsed, because findings are ordered by object. */
class Locator {
  readonly #content: string;
  #segments: readonly Segment[] | undefined;
  #parsed:
    | { readonly segment: Segment; readonly text: string; readonly objects: ReadonlyMap<number, ParsedNode> }
    | undefined;

  constructor(text: string) {
    this.#content = withoutByteOrderMark(text);
  }

  locate(line: number, field: string): Position | undefined {
    this.#segments ??= splitStream(this.#content).flatMap((segment) => this.#documents(segment));
    const segment = lastAtOrBefore(this.#segments, line);
    if (segment === undefined) return undefined;
    if (this.#parsed?.segment !== segment) this.#parsed = this.#parse(segment);
    const { text, objects } = this.#parsed;
    const object = objects.get(line);
    return object && positionOf(text, offsetOf(innermost(object, field)), segment.line);
  }

  /** As in parsing, the items of a large list are read one by one. */
  #documents(segment: Segment): readonly Segment[] {
    return largeListItems(this.#content, segment)?.items ?? [segment];
  }

  #parse(segment: Segment) {
    const text = this.#content.slice(segment.start, segment.end);
    const composed = compose(text);
    const objects = new Map<number, ParsedNode>();
    if ("root" in composed && composed.root !== null) {
      const cursor = { offset: 0, line: segment.line };
      for (const node of objectNodes(composed.root)) {
        const offset = offsetOf(node);
        cursor.line = positionOf(text.slice(cursor.offset, offset), offset - cursor.offset, cursor.line).line;
        cursor.offset = offset;
        if (!objects.has(cursor.line)) objects.set(cursor.line, node);
      }
    }
    return { segment, text, objects };
  }
}

/** Yields a document's object, or the items of a `List` or of a sequence cut from a large list, in text order. */
function* objectNodes(root: ParsedNode): Generator<ParsedNode> {
  const items = isMap(root) && isList(root) ? valueAt(root, "items") : root;
  if (!isSeq(items)) {
    yield root;
    return;
  }
  for (const item of items.items) yield* objectNodes(item as ParsedNode);
}

function isList(node: ParsedNode): boolean {
  const kind = valueAt(node, "kind");
  return isScalar(kind) && typeof kind.value === "string" && kind.value.endsWith("List");
}

/**
 * Follows `path` from `node` as far as possible. In a mapping, the longest key with which the path continues wins, so
 * keys with dots need no quotes (`metadata.labels.app.kubernetes.io/name`); the form `["…"]` works too. Fields are also
 * found by their names in older versions. The result is the key rather than the value, because readers look there.
 */
function innermost(node: ParsedNode, path: string): unknown {
  if (path === "") return node;
  const index = /^\[(\d+)\]\.?/.exec(path);
  if (isSeq(node)) {
    const item = index === null ? undefined : (node.items[Number(index[1])] as ParsedNode | undefined);
    return index === null || item === undefined || item === null ? node : innermost(item, path.slice(index[0].length));
  }
  if (!isMap(node)) return node;
  // A single value in an older version may have become a list.
  if (index !== null) return innermost(node, path.slice(index[0].length));
  const step = stepInto(node, path) ?? formerStepInto(node, path);
  if (step === undefined) return node;
  const inner = step.value === null || step.rest === "" ? step.value : innermost(step.value, step.rest);
  return inner === null || inner === step.value ? step.key : inner;
}

interface Step {
  readonly key: ParsedNode;
  readonly value: ParsedNode | null;
  readonly rest: string;
}

function stepInto(node: YAMLMap.Parsed, path: string): Step | undefined {
  let best: Step | undefined;
  for (const { key, value } of node.items) {
    const rest = isScalar(key) ? afterKey(path, String(key.value)) : undefined;
    if (rest === undefined || (best !== undefined && best.rest.length <= rest.length)) continue;
    best = { key, value, rest };
  }
  return best;
}

function formerStepInto(node: YAMLMap.Parsed, path: string): Step | undefined {
  const name = /^\w+/.exec(path)?.[0] ?? "";
  const former = Object.hasOwn(formerNames, name) ? (formerNames[name] ?? []) : [];
  for (const one of former) {
    const step = stepInto(node, `${one}${path.slice(name.length)}`);
    if (step !== undefined) return step;
  }
  return undefined;
}

function afterKey(path: string, key: string): string | undefined {
  const quoted = `[${JSON.stringify(key)}]`;
  for (const form of [key, quoted]) {
    if (!path.startsWith(form)) continue;
    const rest = path.slice(form.length);
    if (rest === "" || rest.startsWith("[")) return rest;
    if (rest.startsWith(".")) return rest.slice(1);
  }
  return undefined;
}

function valueAt(node: ParsedNode, key: string): unknown {
  if (!isMap(node)) return undefined;
  return node.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.value;
}

function lastAtOrBefore(segments: readonly Segment[], line: number): Segment | undefined {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((segments[middle]?.line ?? 0) <= line) low = middle + 1;
    else high = middle;
  }
  return segments[low - 1];
}
