import { Command } from "commander";
import type { Request } from "../../analysis/decide.ts";
import { explain } from "../../analysis/explain.ts";
import { lateValues } from "../../analysis/late.ts";
import { type RoutedGateway, routingModel } from "../../analysis/model.ts";
import { fullName } from "../../analysis/words.ts";
import { header, namespacedName } from "../arguments.ts";
import {
  type Context,
  type OutputOptions,
  outputOption,
  repeatable,
  type SourceOptions,
  sourceCommand,
} from "../context.ts";
import { readSources } from "../input.ts";
import { palette } from "../report/color.ts";
import { formatExplanation } from "../report/explanation.ts";
import { failed } from "../report/findings.ts";
import { structured } from "../report/output.ts";
import { printFindings } from "../report/print.ts";
import { type ExitCode, UsageError, wantsColor } from "../terminal.ts";

interface RequestOptions {
  readonly header: readonly string[];
  readonly gateway?: string;
}

type Options = SourceOptions & OutputOptions & RequestOptions;

export function explainCommand(context: Context): Command {
  return withRequestOptions(
    sourceCommand("explain", "tell which listener, route, rule and match serve a request, and why not the others"),
  )
    .usage("[options] <source...> -- METHOD URL [-H 'name: value']... [--gateway NAMESPACE/NAME]")
    .addOption(outputOption())
    .action(async (sources: readonly string[], options: Options) => {
      context.exit(await run(context, sources, options));
    });
}

/** The request's options may stand before or behind `--`. */
function withRequestOptions(command: Command): Command {
  return command
    .addOption(repeatable("-H, --header <header>", "a header of the request, 'name: value'"))
    .option("--gateway <gateway>", "NAMESPACE/NAME of the Gateway that gets the request (default: each one)");
}

async function run(context: Context, sources: readonly string[], options: Options): Promise<ExitCode> {
  const { request, gateway } = parseRequest(context, options);
  const { terminal } = context;
  const { loaded, locate } = await readSources(terminal, sources, options);
  const invalid = loaded.findings.filter(({ severity }) => severity === "error");
  printFindings(terminal, locate([...invalid, ...lateValues(loaded)]), options);
  const model = routingModel(loaded, { undeclared: "exists" });
  const gateways = chosen(model.gateways, gateway);
  if (gateways.length === 0) {
    const served = model.gateways.map(({ ir }) => fullName(ir.gateway)).join(", ") || "none";
    terminal.stderr.write(
      `error: ${gateway === undefined ? "no Gateway is served" : `no Gateway ${gateway} is served`}; served: ${served}\n`,
    );
    return 1;
  }
  const explanations = gateways.map((routed) => explain(routed, model.attachment, request));
  if (options.output === "text") {
    const paint = palette(wantsColor(terminal, "stdout", options.color));
    terminal.stdout.write(explanations.map((explanation) => formatExplanation(explanation, paint)).join("\n"));
  } else {
    terminal.stdout.write(structured({ explanations }, options.output));
  }
  return failed(invalid) ? 1 : 0;
}

function chosen(gateways: readonly RoutedGateway[], wanted: string | undefined): readonly RoutedGateway[] {
  return wanted === undefined ? gateways : gateways.filter(({ ir }) => fullName(ir.gateway) === wanted);
}

function parseRequest(
  { rest, terminal }: Context,
  before: RequestOptions,
): { readonly request: Request; readonly gateway: string | undefined } {
  const behind = withRequestOptions(new Command("explain … --"))
    .argument("<method>", "request method, such as GET")
    .argument("<url>", "absolute URL, such as http://acme.io/store")
    .usage("METHOD URL [-H 'name: value']... [--gateway NAMESPACE/NAME]")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
    })
    .parse(rest, { from: "user" });
  const [method = "", url = ""] = behind.args;
  const own: RequestOptions = behind.opts();
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method)) throw new UsageError(`${method}: not a request method`);
  if (!/^https?:\/\/[^/]/i.test(url))
    throw new UsageError(`${url}: expected an absolute http or https URL, such as http://acme.io/store`);
  const fields = [...before.header, ...own.header].map(header);
  const headers = Object.fromEntries(
    fields.map(({ name }) => [name, fields.filter((field) => field.name === name).map(({ value }) => value)]),
  );
  const gateway = own.gateway ?? before.gateway;
  const named = gateway === undefined ? undefined : fullName(namespacedName(gateway, "--gateway"));
  return { request: { method, url, headers }, gateway: named };
}
