import type { Command } from "commander";
import { lateValues } from "../../analysis/check/late.ts";
import { fullName } from "../../analysis/traffic/describe.ts";
import { explain, explainedGateways } from "../../analysis/traffic/explain.ts";
import { type RoutedGateway, routingModel } from "../../analysis/traffic/model.ts";
import { closest } from "../../api/schema/spelling.ts";
import { text } from "../../printing/text.ts";
import { type Context, type OutputOptions, outputOption, type SourceOptions, sourceCommand } from "../context.ts";
import { readSources } from "../input.ts";
import { parseRequest, type RequestOptions, withRequestOptions } from "../options/request.ts";
import { palette } from "../report/color.ts";
import { formatExplanation } from "../report/explanation.ts";
import { failed } from "../report/findings.ts";
import { structured } from "../report/output.ts";
import { printFindings } from "../report/print.ts";
import { type ExitCode, wantsColor } from "../report/terminal.ts";

type Options = SourceOptions & OutputOptions & RequestOptions;

export function explainCommand(context: Context): Command {
  return withRequestOptions(
    sourceCommand(
      "explain",
      "tell which listener, route, rule and match serve a request, why not the others, and what is refused",
    ),
  )
    .usage("[options] <source...> -- METHOD URL|PATH [-H 'name: value']... [--gateway NAMESPACE/NAME]")
    .addOption(outputOption())
    .action(async (sources: readonly string[], options: Options) => {
      context.exit(await run(context, sources, options));
    });
}

async function run(context: Context, sources: readonly string[], options: Options): Promise<ExitCode> {
  const { request, gateway } = parseRequest(context, options);
  const { terminal } = context;
  const { loaded, locate } = await readSources(terminal, sources, options);
  const invalid = loaded.findings.filter(({ severity }) => severity === "error");
  printFindings(terminal, locate([...invalid, ...lateValues(loaded)]), options);
  const model = routingModel(loaded, { undeclared: "exists" });
  const known = explainedGateways(model);
  const gateways = chosen(known, gateway);
  if (gateways.length === 0) {
    terminal.stderr.write(text`error: ${noGateway(known, gateway)}\n`);
    return 1;
  }
  const explanations = gateways.map((routed) => explain(routed, model.attachment, request));
  if (options.output === "text") {
    const paint = palette(wantsColor(terminal, "stdout", options.color));
    const texts = explanations.map((explanation) => formatExplanation(explanation, paint));
    terminal.stdout.write(text.join(texts, "\n"));
  } else {
    terminal.stdout.write(structured({ explanations }, options.output));
  }
  return failed(invalid) ? 1 : 0;
}

function chosen(gateways: readonly RoutedGateway[], wanted: string | undefined): readonly RoutedGateway[] {
  return wanted === undefined ? gateways : gateways.filter(({ ir }) => fullName(ir.gateway) === wanted);
}

/**
 * Returns the message for an unknown Gateway. It suggests a declared Gateway with the same name in another namespace,
 * or with a similar name.
 */
function noGateway(known: readonly RoutedGateway[], wanted: string | undefined): string {
  const names = known.map(({ ir }) => fullName(ir.gateway));
  if (wanted === undefined) return "no Gateway is declared";
  const sameName = names.filter((name) => name.endsWith(wanted.slice(wanted.indexOf("/"))));
  const near = sameName.length > 0 ? sameName.join(" or ") : closest(wanted, names);
  const question = near === undefined ? "" : `; did you mean ${near}?`;
  return `no Gateway ${wanted} is declared; declared: ${names.join(", ") || "none"}${question}`;
}
