import { type Command, Option } from "commander";
import type { Declared } from "../../api/declared.ts";
import type { Channel } from "../../api/index.ts";
import { crdObjects } from "../../infrastructure-provider/crds/published.ts";
import { installationObjects } from "../../infrastructure-provider/installation/objects.ts";
import { completeSettings, type InstallationSettings } from "../../infrastructure-provider/installation/settings.ts";
import { unresolved } from "../../targets/not-plain-findings.ts";
import { terraformFiles } from "../../targets/terraform/terraform.ts";
import { type Context, type SourceOptions, sourceCommand } from "../context.ts";
import { readSources } from "../input.ts";
import { writeManifests } from "../manifests.ts";
import { writeFiles } from "../output-files.ts";
import { printFindings } from "../report/print.ts";
import { withEmptied } from "../root-module-files.ts";
import { type ExitCode, UsageError } from "../terminal.ts";

interface Options extends SourceOptions {
  readonly target: "yaml" | "terraform";
  readonly wait: boolean;
  readonly dir?: string;
  readonly install?: boolean;
  readonly crds?: Channel;
  readonly image?: string;
  readonly imagePullPolicy?: NonNullable<InstallationSettings["imagePullPolicy"]>;
}

export function synthCommand(context: Context): Command {
  return sourceCommand("synth", "write manifests, sorted and stable", { sources: "optional" })
    .addOption(new Option("--target <target>", "what to write").choices(["yaml", "terraform"]).default("yaml"))
    .option("-d, --dir <dir>", "write files into this directory instead of one stream to stdout")
    .option(
      "--no-wait",
      "with --target terraform: have an apply end when objects are stored, not when they are in force",
    )
    .option("--install", "write what runs Gatewright in a cluster as well; SOURCE may then be left out")
    .addOption(
      new Option("--crds [channel]", "write the CRDs of the Gateway API as well; SOURCE may then be left out")
        .choices(["standard", "experimental"] satisfies Channel[])
        .preset("standard" satisfies Channel),
    )
    .option("--image <image>", "of controller and proxies, with --install", completeSettings({}).image)
    .addOption(
      new Option("--image-pull-policy <policy>", "when nodes pull it, with --install").choices([
        "Always",
        "IfNotPresent",
        "Never",
      ]),
    )
    .action(async (sources: readonly string[], options: Options) => context.exit(await run(context, sources, options)));
}

/** Nothing is written unless everything is valid: half a set of manifests is worse than none. */
async function run({ terminal }: Context, sources: readonly string[], options: Options): Promise<ExitCode> {
  if (sources.length === 0 && options.install !== true && options.crds === undefined)
    throw new UsageError(
      "synth: expected a SOURCE, --install for what runs Gatewright in a cluster, or --crds for the Gateway API's CRDs",
    );
  const { dir: directory } = options;
  if (options.target === "terraform" && directory === undefined)
    throw new UsageError(
      "synth: --target terraform writes root modules, each a directory; give the one to put them in with --dir",
    );
  const { loaded, locate } = await readSources(terminal, sources, options);
  const findings = locate([...loaded.findings, ...unresolved(loaded.authored)]);
  if (printFindings(terminal, findings, options)) return 1;
  const declared = [...crds(options), ...installation(options), ...loaded.authored];
  if (options.target === "yaml" || directory === undefined) await writeManifests(terminal, declared, directory);
  else await writeFiles(directory, await withEmptied(directory, terraformFiles(declared, options)));
  return 0;
}

function crds({ crds }: Options): readonly Declared[] {
  if (crds === undefined) return [];
  return crdObjects(crds, true).map((object) => ({
    object,
    origin: { construct: "gatewright synth --crds" },
    persona: "InfrastructureProvider",
  }));
}

function installation({ install, image, imagePullPolicy }: Options): readonly Declared[] {
  if (install !== true) return [];
  const settings = { ...(image !== undefined && { image }), ...(imagePullPolicy !== undefined && { imagePullPolicy }) };
  return installationObjects(settings).map((object) => ({
    object,
    origin: { construct: "gatewright synth --install" },
    persona: "InfrastructureProvider",
  }));
}
