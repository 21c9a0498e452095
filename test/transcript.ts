import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tools/build/layout.ts";

/**
 * Writes what a command printed into its place in a page of docs, if GATEWRIGHT_TRANSCRIPTS asks for it: between
 * `<!-- transcript: NAME -->` and `<!-- end -->`.
 *
 * @param output as a reader is to see it: without times, and without addresses and directories of this machine.
 */
export function writeTranscript(file: string, name: string, command: string, output: string): void {
  if (process.env.GATEWRIGHT_TRANSCRIPTS === undefined) return;
  const page = join(root, file);
  const text = readFileSync(page, "utf8");
  const [begin, end] = [`<!-- transcript: ${name} -->\n`, "<!-- end -->"];
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`${file} has no place for the transcript ${name}`);
  const block = `\`\`\`console\n$ ${command}\n${output}\n\`\`\`\n`;
  writeFileSync(page, text.slice(0, from + begin.length) + block + text.slice(to));
}
