import type { ParsedNode } from "yaml";
import type { Finding } from "../../findings/finding.ts";
import type { Declared } from "../declared/declared.ts";
import { compose } from "./compose.ts";
import { withGeneratedName } from "./generated-name.ts";
import { largeListItems } from "./large-lists.ts";
import { limits, mebibytes } from "./limits.ts";
import { type Lent, lentToItems, readItem, readObjects } from "./objects.ts";
import { toPlain } from "./plain.ts";
import { type ParseProblem, positionOf } from "./problem.ts";
import { type Segment, splitStream } from "./split.ts";

/** The objects of a file in order, and findings about the file. */
export interface ParsedDocuments {
  readonly declared: Declared[];
  readonly findings: Finding[];
}

/**
 * Parses a stream of YAML or JSON documents (JSON is YAML). The items of a `List` become separate objects, and empty
 * documents are skipped. A malformed document does not affect the others. `file` is the stream's name in origins and
 * findings. An object's origin is its first line; {@link ./locate.ts} finds fields. Never throws.
 *
 * Findings: GW1001 invalid YAML, GW1002 larger than {@link limits}, GW1003 too much nesting or too many aliases, GW1004
 * not a Kubernetes object.
 */
export function parseDocuments(text: string, file: string): ParsedDocuments {
  const parsed: ParsedDocuments = { declared: [], findings: [] };
  const content = withoutByteOrderMark(text);
  if (content.length > limits.file) {
    parsed.findings.push({ ...tooLarge("file", content.length, limits.file), origin: { file } });
    return parsed;
  }
  for (const segment of splitStream(content)) readSegment(content, segment, file, parsed);
  return parsed;
}

/** Parses a text with a single document that holds no objects. An empty text gives null. Never throws. */
export function parsePlain(text: string, file: string): { readonly value: unknown; readonly findings: Finding[] } {
  const content = withoutByteOrderMark(text);
  const findings: Finding[] = [];
  const segment = { start: 0, end: content.length, line: 1 };
  const report = (problem: ParseProblem) => findings.push(finding(problem, content, segment, file));
  const root = rootOf(content, report);
  const { value, problems } = toPlain(root, text);
  problems.forEach(report);
  return { value, findings };
}

/** Some editors put U+FEFF before the text. It does not belong to the content (YAML 1.2.2, 5.2). */
export function withoutByteOrderMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

function readSegment(content: string, segment: Segment, file: string, parsed: ParsedDocuments): void {
  const list = largeListItems(content, segment);
  if (list === undefined) {
    readDocument(content, segment, file, parsed);
    return;
  }
  const lent = lentToItems(list);
  for (const [index, item] of list.items.entries()) readDocument(content, item, file, parsed, { index, lent });
}

/** An item's index in a large list, and the fields that it inherits from the list. */
interface Item {
  readonly index: number;
  readonly lent: Lent;
}

function readDocument(content: string, segment: Segment, file: string, parsed: ParsedDocuments, item?: Item): void {
  const length = segment.end - segment.start;
  if (length > limits.document) {
    const origin = { file, line: segment.line, column: 1 };
    parsed.findings.push({ ...tooLarge("document", length, limits.document), origin });
    return;
  }
  const text = content.slice(segment.start, segment.end);
  const report = (problem: ParseProblem) => parsed.findings.push(finding(problem, text, segment, file));
  const root = rootOf(text, report);
  if (root === null) return;
  const { value, problems } = toPlain(root, text);
  problems.forEach(report);
  if (problems.some((problem) => problem.code === "GW1003")) return;
  const read = item === undefined ? readObjects(root, value) : readItem(root, value, item.index, item.lent);
  read.problems.forEach(report);
  let line = segment.line;
  let offset = 0;
  for (const found of read.objects) {
    line += newlines(text, offset, found.offset);
    offset = Math.max(offset, found.offset);
    const origin = { file, line };
    const named = withGeneratedName(found.object, origin);
    if (named !== undefined) parsed.findings.push(named.finding);
    parsed.declared.push({ object: named?.object ?? found.object, origin });
  }
}

function rootOf(text: string, report: (problem: ParseProblem) => void): ParsedNode | null {
  const composed = compose(text);
  if ("root" in composed) return composed.root;
  report(composed.problem);
  return null;
}

function finding({ offset, ...problem }: ParseProblem, text: string, segment: Segment, file: string): Finding {
  return { ...problem, severity: "error", origin: { file, ...positionOf(text, offset, segment.line) } };
}

function tooLarge(what: "file" | "document", length: number, limit: number): Finding {
  return {
    code: "GW1002",
    severity: "error",
    message: `The ${what} is too large to be read`,
    given: mebibytes(length),
    allowed: `at most ${mebibytes(limit)}`,
    fix:
      what === "file"
        ? "Divide the objects over several files of one directory."
        : "Divide it into one document for each object; no cluster stores an object of this size.",
  };
}

function newlines(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at !== -1 && at < to; at = text.indexOf("\n", at + 1)) count += 1;
  return count;
}
