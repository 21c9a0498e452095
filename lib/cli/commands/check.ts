import { type Command, Option } from "commander";
import { type CheckOptions, check } from "../../analysis/check/check.ts";
import { checkLive } from "../../analysis/live/check-live.ts";
import { type Inventory, inventory } from "../../api/load/inventory.ts";
import { load } from "../../api/load/load.ts";
import type { Finding } from "../../findings/finding.ts";
import { text } from "../../printing/text.ts";
import { type Context, type OutputOptions, outputOption, type SourceOptions, sourceCommand } from "../context.ts";
import { openContents, readSources } from "../input.ts";
import { connect, contextOption, kubeconfigOption, type LiveOptions } from "../live/connect.ts";
import { readCluster } from "../live/read-cluster.ts";
import { palette } from "../report/color.ts";
import { failed, formatFindings, sortFindings, tally } from "../report/findings.ts";
import { inventoryLine } from "../report/inventory.ts";
import { structured } from "../report/output.ts";
import { withProgress } from "../report/progress.ts";
import { type ExitCode, type Terminal, UsageError, wantsColor } from "../report/terminal.ts";

type Options = SourceOptions & OutputOptions & LiveOptions & Pick<CheckOptions, "only" | "strict">;

export function checkCommand(context: Context): Command {
  return sourceCommand("check", "check schema and rules (GW1), handshake and references (GW2), and give advice (GW3)")
    .addOption(new Option("--only <part>", "check one part only").choices(["schema", "attachment", "advice"]))
    .option("--strict", "take what no source declares as missing, as in a cluster that has nothing else")
    .option("--live", "check the sources together with what a cluster has")
    .addOption(kubeconfigOption())
    .addOption(contextOption())
    .addOption(outputOption())
    .action(async (sources: readonly string[], options: Options) => context.exit(await run(context, sources, options)));
}

/** Prints the findings. They are the result of the command, so they go to stdout in every format. */
async function run({ terminal }: Context, sources: readonly string[], options: Options): Promise<ExitCode> {
  const { objects, ...checked } = await found(terminal, sources, options);
  const findings = sortFindings(checked.findings);
  if (options.output === "text") {
    const paint = palette(wantsColor(terminal, "stdout", options.color));
    terminal.stdout.write(formatFindings(findings, { paint, verbose: options.verbose }));
    terminal.stderr.write(text`${inventoryLine(objects)}\n${tally(findings)}\n`);
  } else {
    terminal.stdout.write(structured({ ...divided(findings), objects }, options.output));
  }
  return failed(findings) ? 1 : 0;
}

/** Separates ignored findings, on which nobody has to act. */
function divided(all: readonly Finding[]): {
  readonly findings: readonly Finding[];
  readonly ignored: readonly Finding[];
} {
  const isIgnored = ({ severity }: Finding) => severity === "ignored";
  return { findings: all.filter((finding) => !isIgnored(finding)), ignored: all.filter(isIgnored) };
}

interface Checked {
  readonly findings: readonly Finding[];
  /** The objects of the sources. With `--live`, the cluster's own objects are not included. */
  readonly objects: Inventory;
}

async function found(terminal: Terminal, names: readonly string[], options: Options): Promise<Checked> {
  if (options.live !== true) {
    const { loaded, locate } = await readSources(terminal, names, options);
    return { findings: locate(check(loaded, options)), objects: inventory(loaded) };
  }
  if (options.strict === true)
    throw new UsageError("check: --live asks the cluster what is missing; leave --strict out");
  const server = await connect("check", options);
  const { contents, locate } = await openContents(terminal, names, options);
  const cluster = await withProgress(terminal, `reading ${server.address}`, () =>
    readCluster("check", server, contents),
  );
  const { channel, only } = options;
  const findings = locate(checkLive({ cluster, sources: contents, channel, ...(only && { only }) }));
  return { findings, objects: inventory(load(contents, options)) };
}
