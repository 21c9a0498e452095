import { type Command, Option } from "commander";
import { hostPort, portAssignments } from "../arguments.ts";
import { type Context, repeatable, type SourceOptions, sourceCommand } from "../context.ts";
import { serve } from "../dev/serve.ts";
import { workerCount } from "../worker-count.ts";

interface Options extends SourceOptions {
  readonly controller: readonly string[];
  readonly strict?: boolean;
  readonly backend: readonly string[];
  readonly listen: readonly string[];
  readonly admin?: string;
  readonly workers?: string;
}

export function devCommand(context: Context): Command {
  return sourceCommand("dev", "serve the sources with the embedded proxy, and swap changes in")
    .addOption(
      repeatable(
        "--backend <assignment>",
        "what runs at a backend instead of an echo: NAMESPACE/SERVICE:PORT=HOST:PORT",
      ),
    )
    .addOption(repeatable("--listen <assignment>", "where to bind a Gateway's port: NAMESPACE/GATEWAY:PORT=HOST:PORT"))
    .addOption(repeatable("--controller <name>", "serve only Gateways of classes of this controller"))
    .addOption(
      new Option("--admin <address>", "HOST:PORT of health, metrics, configuration and the page").default(
        undefined,
        "127.0.0.1:9901, or the next free port",
      ),
    )
    .option("--workers <number>", "serve with so many worker threads instead of the command's own")
    .option("--strict", "take classes and backends that no source declares as missing, as in a cluster")
    .action(async (sources: readonly string[], options: Options) => {
      const { backend, listen, admin, workers, controller, strict = false, channel, color, filters } = options;
      const code = await serve(context.terminal, sources, {
        channel,
        color,
        filters,
        attach: {
          undeclared: strict ? "missing" : "exists",
          ...(controller.length === 0 ? {} : { controllerNames: controller }),
        },
        backends: portAssignments(backend, "--backend"),
        listen: portAssignments(listen, "--listen"),
        ...(admin === undefined ? {} : { admin: hostPort(admin, "--admin") }),
        ...(workers === undefined ? {} : { workers: workerCount(workers) }),
      });
      context.exit(code);
    });
}
