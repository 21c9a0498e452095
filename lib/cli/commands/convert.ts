import type { Command } from "commander";
import { unresolved } from "../../targets/not-plain-findings.ts";
import { type Context, type SourceOptions, sourceCommand } from "../context.ts";
import { readSources } from "../input.ts";
import { writeManifests } from "../manifests.ts";
import { printFindings } from "../report/print.ts";
import type { ExitCode } from "../report/terminal.ts";

interface Options extends SourceOptions {
  readonly dir?: string;
}

export function convertCommand(context: Context): Command {
  return sourceCommand("convert", "rewrite old vocabulary (v1alpha1, v1alpha2, v1beta1) in the current one")
    .option("-d, --dir <dir>", "write one file for each object into this directory instead of one stream to stdout")
    .action(async (sources: readonly string[], options: Options) => context.exit(await run(context, sources, options)));
}

/** Writes all objects that can be converted, and findings about the others, so that the user can go on. */
async function run({ terminal }: Context, sources: readonly string[], options: Options): Promise<ExitCode> {
  const { loaded, locate } = await readSources(terminal, sources, options);
  const late = unresolved(loaded.authored);
  const failed = printFindings(terminal, locate([...loaded.findings, ...late]), options);
  if (late.length > 0) return 1;
  await writeManifests(terminal, loaded.authored, options.dir);
  return failed ? 1 : 0;
}
