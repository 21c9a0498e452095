import { writeTranscript } from "../../transcript.ts";

/** Writes a transcript without times, addresses of this machine and messages about the tests' own plugins. */
export function transcript(name: string, command: string, output: string, file = "docs/pulumi.md"): void {
  writeTranscript(file, name, command, shown(output));
}

/** Returns the final output that a user sees: of several lines about one resource the last one, and warnings. */
function shown(output: string): string {
  const lines = output
    .split("\n")
    .filter(
      (line) =>
        !/^@ |from \$PATH|^ +\[provider=|^ {4}pulumi:pulumi:Stack|^Duration|^ . +\S+ \S+ (creating|deleting|updating) \(\d(?!.*warning: [A-Z])/.test(
          line,
        ),
    )
    .map((line) =>
      line
        .replace(/ \(\d[\dms.]*\)/, "")
        .replace(/ \d+ warnings?$| \d+ errors?; \d+ warnings?$|; \d+ errors?$/, "")
        .replace(/127\.0\.0\.1:\d+/g, "127.0.0.1:6443")
        .trimEnd(),
    );
  return lines
    .filter((line, i) => !/^ [+~-] +\S+:\S+ /.test(line) || !lines.includes(line, i + 1))
    .join("\n")
    .replace(/^ {2}pulumi:pulumi:Stack \(.*\):\n\n/m, "")
    .replace(/Diagnostics:\n(?=\n*Outputs|\n*Resources)/, "")
    .replace(/^(Outputs|Resources):$/gm, "\n$&")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
