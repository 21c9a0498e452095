import { writeTranscript } from "../../transcript.ts";

/** Without times, addresses of this machine and what only the tests' own plugins make Pulumi say. */
export function transcript(name: string, command: string, output: string, file = "docs/pulumi.md"): void {
  writeTranscript(file, name, command, shown(output));
}

/** What a user sees of it when it is done: of several lines about one resource the last, and those that warn. */
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
