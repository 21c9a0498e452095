import type { Command } from "commander";
import { ownProfile } from "../../routing/attach/controller-profile.ts";
import { type Context, repeatable, type SourceOptions, sourceCommand } from "../context.ts";
import { hostPort, namespacedName, portAssignments, seconds } from "../options/arguments.ts";
import { addProxyOptions, type ProxyFlags, proxyOptions } from "../options/proxy.ts";
import { defaultWorkers, workerCount } from "../options/worker-count.ts";
import { type ProcessOptions, runFromSources } from "../proxy/run.ts";
import { runFromController } from "../proxy/run-from-controller.ts";
import { type ExitCode, type Terminal, UsageError } from "../report/terminal.ts";

interface Options extends SourceOptions, ProxyFlags {
  readonly controllerName: readonly string[];
  readonly backend: readonly string[];
  readonly listen: readonly string[];
  readonly admin: string;
  readonly health?: string;
  readonly workers?: string;
  readonly drainDelay: string;
  readonly drainTimeout: string;
  readonly controller?: string;
  readonly gateway?: string;
  readonly credentials?: string;
}

export function proxyCommand(context: Context): Command {
  const what = "serve the sources, or what a cluster's controller streams, in production";
  const command = sourceCommand("proxy", what, { sources: "optional" })
    .option("--workers <number>", "worker threads that serve (default: as many as there are processors to use)")
    .addOption(repeatable("--listen <assignment>", "where to bind a Gateway's port: NAMESPACE/GATEWAY:PORT=HOST:PORT"))
    .addOption(repeatable("--backend <assignment>", "what runs at a backend: NAMESPACE/SERVICE:PORT=HOST:PORT"))
    .addOption(repeatable("--controller-name <name>", "serve only Gateways of classes of this controller"))
    .option("--controller <address>", "HOST:PORT of a cluster's controller, which streams the configuration")
    .option("--gateway <gateway>", "NAMESPACE/NAME of the Gateway to serve, with --controller")
    .option("--credentials <directory>", "holds ca.crt, whom to trust, and token, what to show, with --controller")
    .option("--admin <address>", "HOST:PORT of health, metrics, configuration and the page", "127.0.0.1:9901")
    .option("--health <address>", "HOST:PORT of health and metrics alone, for probes (default: only at --admin)")
    .option("--drain-delay <seconds>", "how long to serve on after SIGTERM, not ready any more", "10")
    .option("--drain-timeout <seconds>", "how long requests and tunnels may then take to end", "30");
  return addProxyOptions(command).action(async (sources: readonly string[], options: Options) => {
    const code = await (options.controller === undefined ? fromSources : fromController)(context, sources, options);
    context.exit(code);
  });
}

async function fromSources({ terminal }: Context, sources: readonly string[], options: Options): Promise<ExitCode> {
  if (sources.length === 0) throw new UsageError("proxy: expected a SOURCE, or --controller HOST:PORT");
  const { channel, controllerName } = options;
  const settings = processOptions(terminal, options);
  return runFromSources(terminal, sources, {
    ...settings,
    channel,
    reading: options,
    attach: {
      undeclared: "missing",
      // This proxy serves every class, so features that it lacks are refused.
      profile: ownProfile,
      unavailablePorts: [settings.admin, settings.health].flatMap((address) => address?.port ?? []),
      ...(controllerName.length === 0 ? {} : { controllerNames: controllerName }),
    },
  });
}

async function fromController({ terminal }: Context, sources: readonly string[], options: Options): Promise<ExitCode> {
  const { controller = "", gateway, credentials } = options;
  if (sources.length > 0) throw new UsageError(`proxy ${sources.join(" ")}: with --controller there is no SOURCE`);
  if (gateway === undefined) throw new UsageError("proxy --controller: expected --gateway NAMESPACE/NAME as well");
  if (credentials === undefined) throw new UsageError("proxy --controller: expected --credentials DIRECTORY as well");
  return runFromController(terminal, {
    ...processOptions(terminal, options),
    controller: hostPort(controller, "--controller", 1),
    gateway: namespacedName(gateway, "--gateway"),
    credentials,
  });
}

function processOptions({ env }: Terminal, options: Options): ProcessOptions {
  const { backend, listen, workers, admin, health, drainDelay, drainTimeout } = options;
  const { options: proxy, notes } = proxyOptions(options, env);
  return {
    backends: portAssignments(backend, "--backend"),
    listen: portAssignments(listen, "--listen"),
    admin: hostPort(admin, "--admin"),
    ...(health !== undefined && { health: hostPort(health, "--health") }),
    workers: workers === undefined ? defaultWorkers() : workerCount(workers),
    drainDelay: seconds(drainDelay, "--drain-delay"),
    proxy: { ...proxy, drainTimeout: seconds(drainTimeout, "--drain-timeout") },
    notes,
  };
}
