import { Command, Option } from "commander";
import { completeSettings } from "../../infrastructure-provider/installation/settings.ts";
import type { Context } from "../context.ts";
import { type ControllerCommand, runController } from "../controller/run.ts";
import { hostPort, seconds } from "../options/arguments.ts";
import { UsageError } from "../report/terminal.ts";

interface Options extends Omit<ControllerCommand, "stream" | "admin" | "watchIdle"> {
  readonly stream: string;
  readonly admin: string;
  readonly watchIdle: string;
}

export function controllerCommand(context: Context): Command {
  const { namespace, image, controllerName } = completeSettings({});
  return new Command("controller")
    .description("enforce the Gateways of a cluster: what the container image runs")
    .option("--controller-name <name>", "serve GatewayClasses with this controllerName", controllerName)
    .option("--namespace <namespace>", "where the controller runs, and its Lease and authority are", namespace)
    .option("--service <name>", "headless Service by which proxies find the controllers", "gatewright-controller")
    .option("--image <image>", "image of the proxies", image)
    .addOption(
      new Option("--image-pull-policy <policy>", "when nodes pull it").choices(["Always", "IfNotPresent", "Never"]),
    )
    .option("--stream <address>", "HOST:PORT to serve configurations to proxies on", "[::]:15010")
    .option("--admin <address>", "HOST:PORT of health and metrics", "127.0.0.1:9902")
    .option("--watch-idle <seconds>", "take a watch for dead that has been silent for so long", "150")
    .option("--kubeconfig <file>", "kubeconfig to use instead of the pod's service account")
    .option("--context <name>", "context of the kubeconfig")
    .action(async ({ stream, admin, watchIdle, ...options }: Options) => {
      const addresses = { stream: hostPort(stream, "--stream"), admin: hostPort(admin, "--admin") };
      const idle = seconds(watchIdle, "--watch-idle");
      if (idle < 1_000) throw new UsageError(`--watch-idle ${watchIdle}: expected 1 second or more`);
      context.exit(await runController(context.terminal, { ...options, ...addresses, watchIdle: idle }));
    });
}
