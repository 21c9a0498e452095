import { type Command, Option } from "commander";
import { unresolved } from "../../targets/not-plain-findings.ts";
import { type Context, type SourceOptions, sourceCommand } from "../context.ts";
import { readSources } from "../input.ts";
import { writeManifests } from "../manifests.ts";
import { printFindings } from "../report/print.ts";
import type { ExitCode } from "../terminal.ts";

interface Options extends SourceOptions {
  readonly dir?: string;
}

export function synthCommand(context: Context): Command {
  return sourceCommand("synth", "write manifests, sorted and stable")
    .addOption(new Option("--target <target>", "what to write").choices(["yaml"]).default("yaml"))
    .option("-d, --dir <dir>", "write one file for each object into this directory instead of one stream to stdout")
    .action(async (sources: readonly string[], options: Options) => context.exit(await run(context, sources, options)));
}

/** Nothing is written unless everything is valid: half a set of manifests is worse than none. */
async function run({ terminal }: Context, sources: readonly string[], options: Options): Promise<ExitCode> {
  const { loaded, locate } = await readSources(terminal, sources, options);
  const findings = locate([...loaded.findings, ...unresolved(loaded.authored)]);
  if (printFindings(terminal, findings, options)) return 1;
  await writeManifests(terminal, loaded.authored, options.dir);
  return 0;
}
