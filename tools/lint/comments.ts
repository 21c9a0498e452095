import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../build/layout.ts";

/** A comment that opens without a subject: "Of a response.", "What becomes of …", "The same, with …". */
const riddle = /^(?:Of|What|The same|Whoever)\b/;

/** A comment that the rule refuses, with its line. */
export interface RefusedComment {
  readonly line: number;
  readonly text: string;
}

/**
 * Finds comments that open with a phrase in place of a sentence. Comments of one line that follow each other count as one
 * comment. CONTRIBUTING.md says how to write them.
 */
export function refusedComments(source: string): readonly RefusedComment[] {
  const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest);
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, source);
  const refused: RefusedComment[] = [];
  let follows = -1;
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    const isLine = token === ts.SyntaxKind.SingleLineCommentTrivia;
    if (!isLine && token !== ts.SyntaxKind.MultiLineCommentTrivia) continue;
    const line = file.getLineAndCharacterOfPosition(scanner.getTokenStart()).line + 1;
    const text = scanner.getTokenText().replace(/^\/[/*]+[\s*]*/, "");
    if (riddle.test(text) && !(isLine && follows === line)) refused.push({ line, text: text.split("\n", 1)[0] ?? "" });
    follows = isLine ? line + 1 : -1;
  }
  return refused;
}

if (import.meta.main) {
  const files = globSync("{lib,proxy,test,tools,bench,examples}/**/*.{ts,cts,mts,cjs}", {
    cwd: root,
    exclude: ["**/node_modules/**"],
  });
  for (const file of files) {
    for (const { line, text } of refusedComments(readFileSync(join(root, file), "utf8"))) {
      console.error(`${file}:${line}: a comment opens with "${text}". Write a sentence with a subject and a verb.`);
      process.exitCode = 1;
    }
  }
}
