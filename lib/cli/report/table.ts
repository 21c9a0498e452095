import { type Text, text } from "../../printing/text.ts";

/** Formats a table. Columns are padded to their widest cell, two blanks apart; lines have no trailing blanks. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): Text {
  const lines = [head, ...rows].map((line) => line.map((cell) => text`${cell}`.toString()));
  const widths = head.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  return text.join(
    lines.map((line) => {
      const cells = line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
      return text`${cells.join("  ").trimEnd()}\n`;
    }),
    "",
  );
}
