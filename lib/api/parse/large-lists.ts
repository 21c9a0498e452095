import { parse } from "yaml";
import type { Segment } from "./split.ts";

/** The items of a large `List`. Each is parsed as a separate document. */
export interface ListItems {
  /** The segments of the items. In YAML, each is a sequence of one item; in JSON, it is the item itself. */
  readonly items: readonly Segment[];
  /** The list's kind. The items of a typed list inherit it. */
  readonly kind: string;
  readonly apiVersion?: string;
}

/** The number of characters from which a `List` counts as large. A smaller one is parsed as a whole. */
const large = 256 * 1024;

/**
 * Finds the items of a `List` without parsing it. A list may thus have as many items as fit into a file, and costs no
 * more than the same objects in a stream. It supports the two forms that tools write: `items:` in a block mapping
 * (`kubectl get -o yaml`), and JSON. The result is undefined for small documents, for documents that are not lists, and
 * for lists in other forms. An alias in one item cannot refer to an anchor in another.
 *
 * In the block form, an item starts at a line with a hyphen in the column of the items. All other lines of an item,
 * including block scalars and continuation lines, are indented further (YAML 1.2.2, 6.1 and 8.2.1).
 */
export function largeListItems(content: string, segment: Segment): ListItems | undefined {
  if (segment.end - segment.start < large || !announcesList(content, segment)) return undefined;
  const found = /^(?:---)?\s*\{/.test(content.slice(segment.start, segment.start + 256))
    ? itemsInJson(content, segment)
    : itemsInBlock(content, segment);
  return found && describe(found);
}

interface Found {
  readonly items: readonly Segment[];
  /** The text of the list without its items. */
  readonly rest: string;
}

function describe({ items, rest }: Found): ListItems | undefined {
  try {
    const list: unknown = parse(rest, { maxAliasCount: 0, logLevel: "silent" });
    if (typeof list !== "object" || list === null) return undefined;
    const { kind, apiVersion } = list as { readonly kind?: unknown; readonly apiVersion?: unknown };
    if (typeof kind !== "string" || !kind.endsWith("List")) return undefined;
    return { items, kind, ...(typeof apiVersion === "string" ? { apiVersion } : {}) };
  } catch {
    return undefined;
  }
}

/** Searches the beginning and the end of the document, where tools write the kind. */
function announcesList(content: string, { start, end }: Segment): boolean {
  const edge = 4096;
  return [content.slice(start, start + edge), content.slice(end - edge, end)].some((part) => listKind.test(part));
}

const listKind = /(?:^|[{,\s])"?kind"?:[ \t]*["']?[A-Za-z]*List["']?[ \t]*(?:[,}\r\n]|$)/;

function itemsInBlock(content: string, { start, end, line: firstLine }: Segment): Found | undefined {
  const items: { start: number; line: number }[] = [];
  let indent: number | undefined;
  let from: number | undefined;
  let to = end;
  let line = firstLine;
  for (let at = start; at < end; line += 1) {
    const newline = content.indexOf("\n", at);
    const next = newline === -1 || newline >= end ? end : newline + 1;
    const text = content.slice(at, Math.min(next, at + 256));
    if (from === undefined) {
      if (/^items:[ \t]*(?:#.*)?\r?\n?$/.test(text)) from = next;
    } else if (!/^[ \t]*(?:#.*)?\r?\n?$/.test(text)) {
      const column = text.search(/[^ ]/);
      const hyphen = /^ *-(?:[ \t\r\n]|$)/.test(text);
      indent ??= hyphen ? column : undefined;
      if (indent === undefined) return undefined;
      if (column === indent && hyphen) {
        items.push({ start: at, line });
      } else if (column <= indent) {
        to = at;
        break;
      }
    }
    at = next;
  }
  if (from === undefined || items.length === 0) return undefined;
  const ends = [...items.slice(1).map((item) => item.start), to];
  return {
    items: items.map((item, index) => ({ ...item, end: ends[index] ?? to })),
    rest: `${content.slice(start, from)}${content.slice(to, end)}`,
  };
}

/** Follows brackets and strings only. Problems inside an item are found when the item is parsed. */
function itemsInJson(content: string, { start, end, line: firstLine }: Segment): Found | undefined {
  const items: Segment[] = [];
  let depth = 0;
  let line = firstLine;
  let list: { readonly start: number } | undefined;
  let item: { readonly start: number; readonly line: number } | undefined;
  for (let at = start; at < end; at += 1) {
    const character = content[at];
    if (character === "\n") {
      line += 1;
    } else if (character === '"') {
      const close = endOfString(content, at, end);
      if (depth === 1 && list === undefined && content.slice(at, close + 1) === '"items"') {
        const opening = /^\s*:\s*\[/.exec(content.slice(close + 1, close + 64));
        if (opening !== null) list = { start: close + 1 + opening[0].length };
      }
      at = close;
    } else if (character === "{" || character === "[") {
      depth += 1;
      if (list !== undefined && depth === 3) item = { start: at, line };
    } else if (character === "}" || character === "]") {
      depth -= 1;
      if (depth === 2 && item !== undefined) {
        items.push({ ...item, end: at + 1 });
        item = undefined;
      }
      if (depth === 1 && list !== undefined) {
        return { items, rest: `${content.slice(start, list.start)}${content.slice(at, end)}` };
      }
    }
  }
  return undefined;
}

function endOfString(content: string, opening: number, end: number): number {
  for (let at = opening + 1; at < end; at += 1) {
    if (content[at] === "\\") at += 1;
    else if (content[at] === '"') return at;
  }
  return end;
}
