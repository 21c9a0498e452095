import { type Command, Option } from "commander";
import { type CheckOptions, check } from "../../analysis/check.ts";
import { type Context, type OutputOptions, outputOption, type SourceOptions, sourceCommand } from "../context.ts";
import { readSources } from "../input.ts";
import { palette } from "../report/color.ts";
import { failed, formatFindings, sortFindings, tally } from "../report/findings.ts";
import { structured } from "../report/output.ts";
import { type ExitCode, wantsColor } from "../terminal.ts";

type Options = SourceOptions & OutputOptions & Pick<CheckOptions, "only" | "strict">;

export function checkCommand(context: Context): Command {
  return sourceCommand("check", "check schema and rules (GW1), handshake and references (GW2), and give advice (GW3)")
    .addOption(new Option("--only <part>", "check one part only").choices(["schema", "attachment", "advice"]))
    .option("--strict", "take what no source declares as missing, as in a cluster that has nothing else")
    .addOption(outputOption())
    .action(async (sources: readonly string[], options: Options) => context.exit(await run(context, sources, options)));
}

/** The findings are the result: they go to stdout, in any format. */
async function run({ terminal }: Context, sources: readonly string[], options: Options): Promise<ExitCode> {
  const input = await readSources(terminal, sources, options);
  const findings = sortFindings(input.locate(check(input.loaded, options)));
  if (options.output === "text") {
    terminal.stdout.write(formatFindings(findings, palette(wantsColor(terminal, "stdout", options.color))));
    terminal.stderr.write(`${tally(findings)}\n`);
  } else {
    terminal.stdout.write(structured({ findings }, options.output));
  }
  return failed(findings) ? 1 : 0;
}
