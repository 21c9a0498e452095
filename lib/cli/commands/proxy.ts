import type { Command } from "commander";
import { hostPort, portAssignments, seconds } from "../arguments.ts";
import { type Context, repeatable, type SourceOptions, sourceCommand } from "../context.ts";
import { runFromSources } from "../proxy/run.ts";
import { defaultWorkers, workerCount } from "../worker-count.ts";

interface Options extends SourceOptions {
  readonly controllerName: readonly string[];
  readonly backend: readonly string[];
  readonly listen: readonly string[];
  readonly admin: string;
  readonly workers?: string;
  readonly drainDelay: string;
  readonly drainTimeout: string;
}

export function proxyCommand(context: Context): Command {
  return sourceCommand("proxy", "serve the sources in production: real ports, worker threads, a log of JSON lines")
    .option("--workers <number>", "worker threads that serve (default: as many as there are processors to use)")
    .addOption(repeatable("--listen <assignment>", "where to bind a Gateway's port: NAMESPACE/GATEWAY:PORT=HOST:PORT"))
    .addOption(repeatable("--backend <assignment>", "what runs at a backend: NAMESPACE/SERVICE:PORT=HOST:PORT"))
    .addOption(repeatable("--controller-name <name>", "serve only Gateways of classes of this controller"))
    .option("--admin <address>", "HOST:PORT of health, metrics, configuration and the page", "127.0.0.1:9901")
    .option("--drain-delay <seconds>", "how long to serve on after SIGTERM, not ready any more", "10")
    .option("--drain-timeout <seconds>", "how long requests and tunnels may then take to end", "30")
    .action(async (sources: readonly string[], options: Options) => {
      const { backend, listen, controllerName, workers, channel, filters } = options;
      const admin = hostPort(options.admin, "--admin");
      const code = await runFromSources(context.terminal, sources, {
        channel,
        filters,
        attach: {
          undeclared: "missing",
          unavailablePorts: [admin.port],
          ...(controllerName.length === 0 ? {} : { controllerNames: controllerName }),
        },
        backends: portAssignments(backend, "--backend"),
        listen: portAssignments(listen, "--listen"),
        admin,
        workers: workers === undefined ? defaultWorkers() : workerCount(workers),
        drainDelay: seconds(options.drainDelay, "--drain-delay"),
        proxy: { drainTimeout: seconds(options.drainTimeout, "--drain-timeout") },
      });
      context.exit(code);
    });
}
