import { type Command, InvalidArgumentError, Option } from "commander";
import { transitionFindings } from "../../analysis/live/transitions.ts";
import { withoutLateObjects } from "../../analysis/plan/late.ts";
import { planMarkdown } from "../../analysis/plan/markdown.ts";
import { planText } from "../../analysis/plan/text.ts";
import { type Risk, type TrafficPlan, trafficPlan } from "../../analysis/plan/traffic-plan.ts";
import { type Loaded, load } from "../../api/load/load.ts";
import type { Printed } from "../../printing/printed.ts";
import { text } from "../../printing/text.ts";
import { type Context, type SourceOptions, sourceCommand } from "../context.ts";
import { openContents, readSources } from "../input.ts";
import { connect, contextOption, kubeconfigOption, type LiveOptions } from "../live/connect.ts";
import { readCluster } from "../live/read-cluster.ts";
import { palette } from "../report/color.ts";
import { structured } from "../report/output.ts";
import { planPaint } from "../report/plan.ts";
import { printFindings, tellNotes } from "../report/print.ts";
import { withProgress } from "../report/progress.ts";
import { type ExitCode, type Terminal, UsageError, wantsColor } from "../report/terminal.ts";

const forms = ["text", "json", "yaml", "markdown"] as const;
const risks = ["fails", "moves", "shares", "handling", "serves"] as const satisfies readonly Risk[];

interface Options extends SourceOptions, LiveOptions {
  readonly output: (typeof forms)[number];
  readonly failOn: readonly Risk[];
  readonly before?: readonly string[];
  readonly after?: readonly string[];
}

export function planCommand(context: Context): Command {
  return sourceCommand("plan", "list every request that a change treats differently", { sources: "optional" })
    .usage("[options] <old> <new>, or [options] --before <old...> --after <new...>, or --live [options] <new...>")
    .option("--before <source...>", "the sources before the change, together; any number")
    .option("--after <source...>", "the sources after the change, together; any number")
    .option("--live", "compare a cluster with itself as it is with the sources applied")
    .addOption(kubeconfigOption())
    .addOption(contextOption())
    .addOption(new Option("-o, --output <form>", "how to write the plan").choices(forms).default("text"))
    .addOption(
      new Option("--fail-on <risks>", `end with 1 if there are such changes: ${risks.join(", ")}, separated by commas`)
        .argParser(risksFrom)
        .default([], "none"),
    )
    .action(async (sources: readonly string[], options: Options) => context.exit(await run(context, sources, options)));
}

function risksFrom(given: string): readonly Risk[] {
  return given.split(",").map((name) => {
    const risk = risks.find((one) => one === name.trim());
    if (risk === undefined) throw new InvalidArgumentError(`Allowed are ${risks.join(", ")}, separated by commas.`);
    return risk;
  });
}

async function run({ terminal }: Context, sources: readonly string[], options: Options): Promise<ExitCode> {
  const compared =
    options.live === true ? await withCluster(terminal, sources, options) : await both(terminal, sources, options);
  if (compared === undefined) return 1;
  const { before, after, findings } = withoutLateObjects(...compared);
  if (printFindings(terminal, findings, options)) return 1;
  const plan = trafficPlan(before, after);
  terminal.stdout.write(written(plan, terminal, options));
  return [...plan.changes, ...plan.unfollowed].some(({ risk }) => options.failOn.includes(risk)) ? 1 : 0;
}

type Compared = readonly [before: Loaded, after: Loaded];

async function both(terminal: Terminal, sources: readonly string[], options: Options): Promise<Compared | undefined> {
  const { before: old, after: now } = sidesOf(sources, options);
  if (old.includes("-") && now.includes("-")) throw new UsageError("plan: only one side can read stdin");
  const before = await readValid(terminal, old, options);
  const after = await readValid(terminal, now, options);
  return before && after && [before, after];
}

/** Returns the sources of the two sides: OLD and NEW, or those of --before and --after. */
function sidesOf(
  sources: readonly string[],
  { before, after }: Options,
): Readonly<Record<"before" | "after", readonly string[]>> {
  if (before !== undefined && after !== undefined && sources.length === 0) return { before, after };
  const [old, now, ...others] = sources;
  if (before === undefined && after === undefined && old !== undefined && now !== undefined && others.length === 0)
    return { before: [old], after: [now] };
  const given = [
    ...(sources.length > 0 ? [`${sources.length} ${sources.length === 1 ? "source" : "sources"}`] : []),
    ...(before === undefined ? [] : ["--before"]),
    ...(after === undefined ? [] : ["--after"]),
  ];
  throw new UsageError(
    `plan: expected OLD NEW, two sources to compare, or --before OLD... --after NEW..., or --live NEW...; got ${given.join(" and ") || "none"}`,
  );
}

/**
 * Compares the cluster before and after the sources are applied. As with `kubectl apply`, declared objects replace
 * their current versions, and everything else in the cluster stays.
 */
async function withCluster(
  terminal: Terminal,
  sources: readonly string[],
  options: Options,
): Promise<Compared | undefined> {
  if (options.before !== undefined) throw new UsageError("plan: --live is what there is before; leave --before out");
  const given = [...sources, ...(options.after ?? [])];
  if (given.length === 0) throw new UsageError("plan: --live needs the sources that are about to be applied");
  const server = await connect("plan", options);
  const { contents, locate } = await openContents(terminal, given, options);
  const own = load(contents, options);
  const invalid = own.findings.filter(({ severity }) => severity === "error");
  if (printFindings(terminal, locate(invalid), options)) return undefined;
  const cluster = await withProgress(terminal, `reading ${server.address}`, () =>
    readCluster("plan", server, contents),
  );
  if (printFindings(terminal, locate(transitionFindings(cluster, own)), options)) return undefined;
  tellNotes(
    terminal,
    cluster.forbidden.map((kind) => `${kind}s may not be listed: what depends on them is not compared`),
  );
  const live = { name: cluster.address, declared: cluster.declared, findings: [] };
  // The cluster has accepted its objects, in either channel.
  return [load([live], { channel: "experimental" }), load([live, ...contents], { channel: "experimental" })];
}

/** The API server would reject invalid objects, so their effect on traffic is undefined: refuse to plan. */
async function readValid(
  terminal: Terminal,
  sources: readonly string[],
  options: Options,
): Promise<Loaded | undefined> {
  const { loaded, locate } = await readSources(terminal, sources, options);
  const invalid = loaded.findings.filter(({ severity }) => severity === "error");
  return printFindings(terminal, locate(invalid), options) ? undefined : loaded;
}

function written(plan: TrafficPlan, terminal: Terminal, { output, color }: Options): Printed {
  if (output === "markdown") return planMarkdown(plan);
  if (output !== "text") return structured({ version: 1, ...plan }, output);
  return text`${planText(plan, planPaint(palette(wantsColor(terminal, "stdout", color))))}\n`;
}
