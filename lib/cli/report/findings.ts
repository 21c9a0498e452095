import { groupNotes, groupWords, type NoteGroup } from "../../analysis/check/note-groups.ts";
import { objectName, place } from "../../analysis/traffic/describe.ts";
import { type Finding, type Severity, sourceOf } from "../../findings/finding.ts";
import { type Text, text } from "../../printing/text.ts";
import { type Palette, palette } from "./color.ts";

const colorOf = { error: "red", advice: "yellow", note: "cyan", ignored: "dim" } as const satisfies Readonly<
  Record<Severity, keyof Palette>
>;

/**
 * Formats one finding like a compiler message: a line that editors understand, then the given value, the allowed ones
 * and the fix.
 */
export function formatFinding(finding: Finding, paint: Palette = palette(false)): Text {
  const where = place(finding.origin);
  const what = [finding.object && objectName(finding.object), finding.field].filter((part) => part !== undefined);
  const head = [
    ...(where === "" ? [] : [paint.bold(where)]),
    text`${paint[colorOf[finding.severity]](finding.severity)} ${[finding.code, ...what].join(" ")}: ${finding.message.trimEnd()}`,
  ];
  const details = [
    ["given", finding.given],
    ["allowed", finding.allowed],
    ["fix", finding.fix],
    ["reason", finding.reason],
    ["ignored", finding.ignored?.reason],
  ] as const;
  const lines = details.flatMap(([label, value]) =>
    value === undefined || value === "" ? [] : [text`  ${paint.dim(label.padEnd(7))} ${value.trimEnd()}`],
  );
  return text.join([text.join(head, "  "), ...lines], "\n");
}

export interface FormatOptions {
  readonly paint?: Palette;
  /**
   * Shows each note and each ignored finding by itself, with all details. By default, notes of one kind are one line,
   * and ignored findings are only counted.
   */
  readonly verbose?: boolean | undefined;
}

/** Formats findings as text. Errors and advice are shown in full; notes of a kind become one line unless `verbose`. */
export function formatFindings(findings: readonly Finding[], options: FormatOptions = {}): Text {
  return text.join(
    findingTexts(findings, options).map((finding) => text`${finding}\n`),
    "",
  );
}

/** Returns the texts of {@link formatFindings} one by one. */
export function findingTexts(findings: readonly Finding[], { paint, verbose = false }: FormatOptions = {}): Text[] {
  if (verbose) return findings.map((finding) => formatFinding(finding, paint));
  const notes = groupNotes(findings.filter(({ severity }) => severity === "note"));
  return [
    ...findings
      .filter(({ severity }) => severity === "error" || severity === "advice")
      .map((finding) => formatFinding(finding, paint)),
    ...notes.map((group) => formatGroup(group, paint ?? palette(false))),
  ];
}

/** Formats a group of notes. A single note is shown with its position; for several, `-v` shows the positions. */
function formatGroup(group: NoteGroup, paint: Palette): Text {
  const { code, count, first } = group;
  const where = count > 1 ? "" : place(first.origin);
  const what = count > 1 || first.object === undefined ? "" : ` ${objectName(first.object)}`;
  const head = where === "" ? text`` : text`${paint.bold(where)}  `;
  const more = count > 1 ? paint.dim(` (${count} notes; -v shows each)`) : text``;
  return text`${head}${paint.cyan("note")} ${code}${what}: ${groupWords(group)}${more}`;
}

/** Returns a summary such as `2 errors, 1 piece of advice`, or one that says that nothing was found. */
export function tally(findings: readonly Finding[]): string {
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const parts = [
    plural(count("error"), "error", "errors"),
    plural(count("advice"), "piece of advice", "pieces of advice"),
    plural(count("note"), "note", "notes"),
    plural(count("ignored"), "ignored", "ignored"),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "nothing found" : parts.join(", ");
}

function plural(count: number, one: string, many: string): string | undefined {
  return count === 0 ? undefined : `${count} ${count === 1 ? one : many}`;
}

/** Returns whether a command with these findings failed. */
export function failed(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === "error");
}

const rank: Readonly<Record<Severity, number>> = { error: 0, advice: 1, note: 2, ignored: 3 };

/** Sorts findings: errors first, otherwise in the order of the sources and then of the lines. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const first = new Map<string, number>();
  const group = ({ origin }: Finding) =>
    origin === undefined ? "" : "construct" in origin ? "construct" : `from ${sourceOf(origin)}`;
  for (const finding of findings) {
    const source = group(finding);
    if (!first.has(source)) first.set(source, first.size);
  }
  const lineOf = ({ origin }: Finding) => (origin !== undefined && "line" in origin ? (origin.line ?? 0) : 0);
  return [...findings].sort(
    (a, b) =>
      rank[a.severity] - rank[b.severity] ||
      (first.get(group(a)) ?? 0) - (first.get(group(b)) ?? 0) ||
      lineOf(a) - lineOf(b),
  );
}
