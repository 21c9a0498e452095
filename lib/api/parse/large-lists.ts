import { parse } from "yaml";
import type { Segment } from "./split.ts";

/** The items of a large `List`, each to be read as a document of its own. */
export interface ListItems {
  /** In YAML each holds a sequence of one item, in JSON the item itself. */
  readonly items: readonly Segment[];
  /** The list's own kind, which typed lists lend to their items. */
  readonly kind: string;
  readonly apiVersion?: string;
}

/** Below this many characters a `List` is read whole, like any document. */
const large = 256 * 1024;

/**
 * Finds the items of a `List` without parsing it, so that a list may have as many as a file has room for, and costs no
 * more than the same objects in a stream. Knows the two forms in which tools write lists: `items:` in a block mapping
 * (`kubectl get -o yaml`), and JSON. Undefined for small documents, for those that are no list, and for those of another
 * form. An alias in one item cannot refer to an anchor in another.
 *
 * In the block form a line that begins with a hyphen in the column of the items is the start of an item: all that
 * belongs to one, block scalars and continued lines included, is indented further (YAML 1.2.2, 6.1 and 8.2.1).
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
  /** The list without its items. */
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

/** Looks at the first and last lines, where tools write the kind. */
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

/** Follows brackets and strings; what is wrong inside an item is found when the item is read. */
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
