import { type Command, Option } from "commander";
import { lateValues } from "../../analysis/check/late.ts";
import { dot } from "../../analysis/graph/dot.ts";
import { mermaid } from "../../analysis/graph/mermaid.ts";
import type { Topology } from "../../analysis/graph/model.ts";
import { topology } from "../../analysis/graph/topology.ts";
import { routingModel } from "../../analysis/traffic/model.ts";
import type { Printed } from "../../printing/printed.ts";
import { type Context, type SourceOptions, sourceCommand } from "../context.ts";
import { readSources } from "../input.ts";
import { printFindings } from "../report/print.ts";
import type { ExitCode } from "../report/terminal.ts";

const forms = ["mermaid", "dot", "svg", "html"] as const;

interface Options extends SourceOptions {
  readonly output: (typeof forms)[number];
  readonly strict?: boolean;
}

export function graphCommand(context: Context): Command {
  return sourceCommand(
    "graph",
    "draw classes, Gateways, listeners, routes and backends, with what is broken between them",
  )
    .addOption(new Option("-o, --output <form>", "what to draw with").choices(forms).default("mermaid"))
    .option("--strict", "take what no source declares as missing, as in a cluster that has nothing else")
    .action(async (sources: readonly string[], options: Options) => context.exit(await run(context, sources, options)));
}

/**
 * Draws the topology. Objects that could not be read are reported and not drawn. Links that the handshake refuses are
 * drawn and are no failure.
 */
async function run({ terminal }: Context, sources: readonly string[], options: Options): Promise<ExitCode> {
  const { strict = false } = options;
  const { loaded, locate } = await readSources(terminal, sources, options);
  const invalid = loaded.findings.filter(({ severity }) => severity === "error");
  printFindings(terminal, locate([...invalid, ...lateValues(loaded)]), options);
  const { attachment } = routingModel(loaded, { undeclared: strict ? "missing" : "exists" });
  terminal.stdout.write(
    await drawn(topology(attachment, { strict, contracts: loaded.contracts, late: loaded.late }), options.output),
  );
  return invalid.length > 0 ? 1 : 0;
}

/** Renders the topology. The layout library is loaded only for pictures. */
async function drawn(graph: Topology, form: Options["output"]): Promise<Printed> {
  switch (form) {
    case "mermaid":
      return mermaid(graph);
    case "dot":
      return dot(graph);
    case "svg":
      return (await import("../../analysis/graph/svg.ts")).svg(graph);
    case "html":
      return (await import("../../analysis/graph/html.ts")).html(graph);
  }
}
