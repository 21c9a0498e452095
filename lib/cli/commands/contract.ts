import { type Command, Option } from "commander";
import { classOfferOf } from "../../api/contract/class-offer.ts";
import { type ContractClass, contractOf } from "../../api/contract/offer.ts";
import type { Declared } from "../../api/declared/declared.ts";
import type { ApiObject, Gateway, GatewayClass } from "../../api/index.ts";
import { supportedFeatureNames } from "../../api/kinds/supported-features.ts";
import { completeSettings } from "../../infrastructure-provider/installation/settings.ts";
import type { NamespacedName } from "../../routing/ir.ts";
import { type Context, type SourceOptions, sourceCommand } from "../context.ts";
import { type FoundGateway, liveGateway } from "../contract/live-gateway.ts";
import { readSources } from "../input.ts";
import { contextOption, kubeconfigOption, type LiveOptions } from "../live/connect.ts";
import { namespacedName } from "../options/arguments.ts";
import { structured } from "../report/output.ts";
import { printFindings } from "../report/print.ts";
import { type ExitCode, UsageError } from "../report/terminal.ts";

interface Options extends SourceOptions, LiveOptions {
  readonly output: "json" | "yaml";
}

export function contractCommand(context: Context): Command {
  return sourceCommand("contract", "print what a Gateway offers to other teams: the last argument names it, NS/GATEWAY")
    .option("--live", "read the Gateway and its class from a cluster; then there is no SOURCE")
    .addOption(kubeconfigOption())
    .addOption(contextOption())
    .addOption(new Option("-o, --output <format>", "how to write it").choices(["json", "yaml"]).default("json"))
    .action(async (args: readonly string[], options: Options) => context.exit(await run(context, args, options)));
}

async function run({ terminal }: Context, args: readonly string[], options: Options): Promise<ExitCode> {
  const sources = args.slice(0, -1);
  const wanted = namespacedName(args.at(-1) ?? "", "contract");
  if (options.live === true && sources.length > 0)
    throw new UsageError("contract: --live reads the cluster; give it no SOURCE, only NS/GATEWAY");
  if (options.live !== true && sources.length === 0)
    throw new UsageError("contract: expected SOURCE… NS/GATEWAY, or --live NS/GATEWAY");
  let found: FoundGateway;
  if (options.live === true) found = await liveGateway(wanted, options);
  else {
    const { loaded, locate } = await readSources(terminal, sources, options);
    if (printFindings(terminal, locate([...loaded.findings]), options)) return 1;
    const contracts = new Set(loaded.contracts.map(({ origin }) => origin));
    found = declaredGateway(
      loaded.objects.filter(({ origin }) => !contracts.has(origin)),
      wanted,
    );
  }
  terminal.stdout.write(structured(contractOf(found.gateway, offerOf(found.gatewayClass)), options.output));
  return 0;
}

function declaredGateway(objects: readonly Declared<ApiObject>[], { namespace, name }: NamespacedName): FoundGateway {
  const gateways = objects.flatMap(({ object }): Gateway[] => (object.kind === "Gateway" ? [object] : []));
  const gateway = gateways.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (gateway === undefined) {
    const known = gateways.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).join(", ") || "none";
    throw new UsageError(`contract: no source declares Gateway ${namespace}/${name}; declared: ${known}`);
  }
  const gatewayClass = objects.flatMap(({ object }): GatewayClass[] =>
    object.kind === "GatewayClass" && object.metadata.name === gateway.spec.gatewayClassName ? [object] : [],
  )[0];
  return { gateway, ...(gatewayClass === undefined ? {} : { gatewayClass }) };
}

/**
 * Returns what a class offers. Before a controller has written its features to the status, only the features of our own
 * controller are known.
 */
function offerOf(gatewayClass: GatewayClass | undefined): ContractClass {
  if (gatewayClass === undefined) return {};
  const offer = classOfferOf(gatewayClass);
  const ours = gatewayClass.spec.controllerName === completeSettings({}).controllerName;
  return offer.features === undefined && ours ? { ...offer, features: supportedFeatureNames } : offer;
}
