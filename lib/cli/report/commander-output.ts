import type { OutputConfiguration } from "commander";
import { type Text, text } from "../../printing/text.ts";
import type { Terminal } from "./terminal.ts";

/** Connects commander to the terminal. Its help is the program's own text; its errors quote the command line. */
export function commanderOutput({ stdout, stderr }: Pick<Terminal, "stdout" | "stderr">): OutputConfiguration {
  return {
    writeOut: (help) => stdout.write(text.verbatim(help)),
    writeErr: (help) => stderr.write(text.verbatim(help)),
    outputError: (error) => stderr.write(errorText(error.trimEnd())),
  };
}

/** Formats an error of commander. Its second line may be a suggestion. */
function errorText(error: string): Text {
  const [, message = error, suggestion] = /^(.*)\n(\(Did you mean [^\n]*\?\))$/s.exec(error) ?? [];
  return suggestion === undefined ? text`${message}\n` : text`${message}\n${suggestion}\n`;
}
