import { createHash } from "node:crypto";
import { relative, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { Declared } from "../../api/declared/declared.ts";
import type { Channel } from "../../api/index.ts";
import { crdObjects } from "../../infrastructure-provider/crds/published.ts";
import { installationObjects } from "../../infrastructure-provider/installation/objects.ts";
import { completeSettings, type InstallationSettings } from "../../infrastructure-provider/installation/settings.ts";
import { unresolved } from "../../targets/not-plain-findings.ts";
import { terraformFiles } from "../../targets/terraform/terraform.ts";
import { type Context, type SourceOptions, sourceCommand } from "../context.ts";
import { readSources } from "../input.ts";
import { writeManifests, writePrunedManifests } from "../manifests.ts";
import { writeFiles } from "../output-files.ts";
import { printFindings } from "../report/print.ts";
import { type ExitCode, UsageError } from "../report/terminal.ts";
import { withEmptied } from "../root-module-files.ts";

interface Options extends SourceOptions {
  readonly target: "yaml" | "terraform";
  readonly wait: boolean;
  readonly dir?: string;
  readonly prune?: boolean;
  readonly set?: string;
  readonly install?: boolean;
  readonly crds?: Channel;
  readonly image?: string;
  readonly imagePullPolicy?: NonNullable<InstallationSettings["imagePullPolicy"]>;
}

export function synthCommand(context: Context): Command {
  return sourceCommand("synth", "write manifests, sorted and stable", { sources: "optional" })
    .addOption(new Option("--target <target>", "what to write").choices(["yaml", "terraform"]).default("yaml"))
    .option("-d, --dir <dir>", "write files into this directory instead of one stream to stdout")
    .option("--prune", "with --dir: remove the files that an earlier --prune wrote and whose objects are gone")
    .option("--set <name>", "with --prune: name of this set of files; default: one for these sources and options")
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

/** Writes nothing unless everything is valid: an incomplete set of manifests is worse than none. */
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
  checkPruning(options);
  const { loaded, locate } = await readSources(terminal, sources, options);
  const findings = locate([...loaded.findings, ...unresolved(loaded.authored)]);
  if (printFindings(terminal, findings, options)) return 1;
  const declared = [...crds(options), ...installation(options), ...loaded.authored];
  if (options.prune === true && directory !== undefined) {
    return await writePrunedManifests(terminal, declared, directory, options.set ?? setOf(directory, sources, options));
  }
  if (options.target === "yaml" || directory === undefined) await writeManifests(terminal, declared, directory);
  else await writeFiles(directory, await withEmptied(directory, terraformFiles(declared, options)));
  return 0;
}

/** A label of RFC 1123, since it becomes part of a file name. */
const setName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function checkPruning({ prune, set, dir, target }: Options): void {
  if (prune !== true) {
    if (set !== undefined) throw new UsageError("synth: --set names the files of --prune; add --prune");
    return;
  }
  if (target === "terraform") {
    throw new UsageError(
      "synth: --prune is for YAML; --target terraform empties root modules without objects by itself. Leave --prune out",
    );
  }
  if (dir === undefined) throw new UsageError("synth: --prune removes files of a directory; give it with --dir");
  if (set !== undefined && !setName.test(set)) {
    const expected = "expected 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends";
    throw new UsageError(`synth: --set ${JSON.stringify(set)}: ${expected}`);
  }
}

/** Derives the name of a set from sources and options, independent of the working directory. */
function setOf(directory: string, sources: readonly string[], { install, crds }: Options): string {
  const paths = sources.map((source) => (source === "-" ? source : relative(resolve(directory), resolve(source))));
  const identity = JSON.stringify([paths.sort(), install === true, crds ?? ""]);
  return `sources-${createHash("sha256").update(identity).digest("hex").slice(0, 16)}`;
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
