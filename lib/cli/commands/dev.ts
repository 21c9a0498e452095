import { type Command, Option } from "commander";
import { type Context, repeatable, type SourceOptions, sourceCommand } from "../context.ts";
import { serve } from "../dev/serve.ts";
import { hostPort, keyPairAssignments, portAssignments } from "../options/arguments.ts";
import { addProxyOptions, type ProxyFlags, proxyOptions } from "../options/proxy.ts";
import { workerCount } from "../options/worker-count.ts";
import { tellNotes } from "../report/print.ts";

interface Options extends SourceOptions, ProxyFlags {
  readonly controller: readonly string[];
  readonly strict?: boolean;
  readonly backend: readonly string[];
  readonly listen: readonly string[];
  readonly certificate: readonly string[];
  readonly admin?: string;
  readonly workers?: string;
}

export function devCommand(context: Context): Command {
  const command = sourceCommand("dev", "serve the sources with the embedded proxy, and swap changes in")
    .addOption(
      repeatable(
        "--backend <assignment>",
        "what runs at a backend instead of an echo: NAMESPACE/SERVICE:PORT=HOST:PORT",
      ),
    )
    .addOption(repeatable("--listen <assignment>", "where to bind a Gateway's port: NAMESPACE/GATEWAY:PORT=HOST:PORT"))
    .addOption(
      repeatable(
        "--certificate <assignment>",
        "Secret with a certificate from PEM files: NAMESPACE/SECRET=CERTIFICATE,KEY",
      ),
    )
    .addOption(repeatable("--controller <name>", "serve only Gateways of classes of this controller"))
    .addOption(
      new Option("--admin <address>", "HOST:PORT of health, metrics, configuration and the page").default(
        undefined,
        "127.0.0.1:9901, or the next free port",
      ),
    )
    .option("--workers <number>", "serve with so many worker threads instead of the command's own")
    .option("--strict", "take classes, backends and Secrets that no source declares as missing, as in a cluster");
  return addProxyOptions(command).action(async (sources: readonly string[], options: Options) => {
    const { backend, listen, admin, workers, controller, strict = false, channel, color } = options;
    const { options: proxy, notes } = proxyOptions(options, context.terminal.env);
    tellNotes(context.terminal, notes);
    const code = await serve(context.terminal, sources, {
      channel,
      color,
      reading: options,
      ...(options.verbose === undefined ? {} : { verbose: options.verbose }),
      certificates: keyPairAssignments(options.certificate, "--certificate"),
      attach: {
        undeclared: strict ? "missing" : "exists",
        ...(controller.length === 0 ? {} : { controllerNames: controller }),
      },
      backends: portAssignments(backend, "--backend"),
      listen: portAssignments(listen, "--listen"),
      ...(admin === undefined ? {} : { admin: hostPort(admin, "--admin") }),
      ...(workers === undefined ? {} : { workers: workerCount(workers) }),
      proxy,
    });
    context.exit(code);
  });
}
