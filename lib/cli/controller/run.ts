import { hostname } from "node:os";
import { ClusterDataPlanes } from "../../../proxy/control/cluster/cluster-data-planes.ts";
import { Controller } from "../../../proxy/control/cluster/controller.ts";
import { streamAudience } from "../../../proxy/control/cluster/infrastructure/installation.ts";
import { defaultParameters, withParameters } from "../../../proxy/control/cluster/infrastructure/parameters.ts";
import type { DataPlaneCounts } from "../../../proxy/control/cluster/refused-proxies.ts";
import type { HostPort } from "../../../proxy/control/local-sockets.ts";
import type { Log } from "../../../proxy/control/log.ts";
import { ApiServer } from "../../../proxy/sources/kubernetes/api-server.ts";
import { KubeConfigError, kubeConfigCredentials } from "../../../proxy/sources/kubernetes/kube-config.ts";
import { authoritySecret, leaseName } from "../../infrastructure-provider/installation/rules.ts";
import { ownProfile } from "../../routing/attach/controller-profile.ts";
import { AdminServer } from "../admin/server.ts";
import { jsonLog } from "../report/log.ts";
import { type ExitCode, stackOf, type Terminal, UsageError } from "../report/terminal.ts";
import { version } from "../version.ts";
import { ControllerMetrics } from "./metrics.ts";

export interface ControllerCommand {
  readonly controllerName: string;
  /** The namespace of the controller, its Lease and the Secret of its authority. */
  readonly namespace: string;
  /** The headless Service of the controllers. */
  readonly service: string;
  /** The image of the proxies. */
  readonly image: string;
  readonly imagePullPolicy?: "Always" | "IfNotPresent" | "Never";
  readonly stream: HostPort;
  readonly admin: HostPort;
  /** Milliseconds without a byte after which a watch counts as dead. */
  readonly watchIdle: number;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Runs the controller until a signal stops it. It then releases its Lease, so that another process leads at once. */
export async function runController(terminal: Terminal, options: ControllerCommand): Promise<ExitCode> {
  const stopped = terminal.stopped();
  const log = jsonLog(terminal);
  terminal.outliveFaults((error) => log("error", "nothing caught this", { why: stackOf(error) }));
  const { controllerName, kubeconfig, context, admin } = options;
  const credentials = await kubeConfigCredentials({ file: kubeconfig, context }).catch((error: unknown) => {
    throw error instanceof KubeConfigError ? new UsageError(error.message) : error;
  });
  const server = new ApiServer(credentials, `gatewright/${version}`);
  const instance = terminal.env.POD_NAME ?? hostname();
  const counts: DataPlaneCounts = { repaired: 0, refused: 0, malformed: 0 };
  const controller = new Controller(server, {
    controllerName,
    instance,
    // Features that the proxies do not support yet are refused, with the reason.
    abilities: { profile: ownProfile },
    lease: { namespace: options.namespace, name: leaseName },
    dataPlanes: (bounded, term, changed) => {
      const planes = dataPlanes(bounded, { ...options, counts }, log, changed);
      void planes.run(term).catch((error: Error) => log("error", "the stream ended", { why: error.message }));
      return planes;
    },
    patience: { idle: options.watchIdle },
    log,
  });
  let ready = false;
  void controller.synced.then(() => {
    ready = true;
    log("info", "ready");
  });
  const metrics = new ControllerMetrics(controller, counts);
  const address = new AdminServer({ ready: () => ready, metrics: () => metrics.text() });
  await address.listen(admin);
  log("info", "started", { version, cluster: server.address, controllerName });
  const stop = new AbortController();
  const running = controller.run(stop.signal);
  await stopped;
  log("info", "stopping");
  stop.abort();
  await running;
  await address.close();
  return 0;
}

function dataPlanes(
  server: ApiServer,
  options: ControllerCommand & { readonly counts: DataPlaneCounts },
  log: Log,
  changed: () => void,
): ClusterDataPlanes {
  const { counts, controllerName, namespace, service, image, imagePullPolicy, stream } = options;
  const parameters = { ...defaultParameters, image, ...(imagePullPolicy !== undefined && { imagePullPolicy }) };
  const name = `${service}.${namespace}.svc`;
  return new ClusterDataPlanes(
    server,
    {
      installation: { stream: `${name}:${stream.port}`, audience: streamAudience, controllerName },
      identity: { namespace, secret: authoritySecret, names: [name, `${service}.${namespace}`] },
      parametersOf: ({ attachment }) => withParameters(parameters, attachment.parameters),
      address: `${stream.host.includes(":") ? `[${stream.host}]` : stream.host}:${stream.port}`,
      patience: { idle: options.watchIdle },
      log,
      counts,
    },
    changed,
  );
}
