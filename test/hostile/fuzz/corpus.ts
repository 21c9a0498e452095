import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "corpus");
/** Maximum length of a kept input, so that people can read it. */
const longestKept = 1024;

/** Returns the kept inputs of a parser, in the order of their names. */
export function keptInputs(target: string): readonly { readonly file: string; readonly input: Buffer }[] {
  const folder = join(root, target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((file) => ({ file, input: readFileSync(join(folder, file)) }));
}

/** Adds an input to the corpus, unless it is too long. */
export function keep(target: string, input: Buffer): void {
  if (input.length > longestKept) return;
  const folder = join(root, target);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, createHash("sha256").update(input).digest("hex").slice(0, 12)), input);
}
