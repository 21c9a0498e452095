import { globSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../build/layout.ts";
import { lateTexts } from "./late-text.ts";

/** `node tools/lint/late.ts` fails if the library or an example converts a late value to text (decision 0205). */

const config = ts.getParsedCommandLineOfConfigFile(join(root, "tsconfig.json"), {}, {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
    throw new Error(ts.flattenDiagnosticMessageText(messageText, "\n"));
  },
} satisfies ts.ParseConfigFileHost);
const files = globSync(["lib/**/*.ts", "examples/**/*.ts"], {
  cwd: root,
  exclude: ["**/node_modules/**", "examples/shared-construct/**"],
}).map((file) => join(root, file));
const found = lateTexts(ts.createProgram(files, config?.options ?? {}), files, root);
for (const { place, expression, type } of found) {
  console.error(`${place}: \`${expression}\` of type ${type} may be late, and is turned into text here.`);
}
if (found.length > 0) {
  console.error("Give the value on as it is, or show it in a message with lateAsText of lib/api/declared/late.ts.");
  process.exitCode = 1;
}
