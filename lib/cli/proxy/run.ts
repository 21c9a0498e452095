import { hostname } from "node:os";
import type { ConfigurationSource } from "../../../proxy/control/configuration-source.ts";
import { DeclaredSource } from "../../../proxy/control/declared-source.ts";
import { LocalController, type LocalControllerOptions } from "../../../proxy/control/local-controller.ts";
import type { HostPort } from "../../../proxy/control/local-sockets.ts";
import type { Log } from "../../../proxy/control/log.ts";
import { ProxyProcess } from "../../../proxy/control/proxy-process.ts";
import { Workers } from "../../../proxy/control/workers/workers.ts";
import type { ProxyOptions } from "../../../proxy/dataplane/proxy.ts";
import { adminState } from "../admin/admin-state.ts";
import { AdminServer } from "../admin/server.ts";
import { openInput, type ReadingOptions } from "../input.ts";
import { Metrics } from "../metrics/metrics.ts";
import { jsonLog } from "../report/log.ts";
import { type ExitCode, stackOf, type Terminal } from "../report/terminal.ts";
import { version } from "../version.ts";
import { DeclaredLog } from "./declared-log.ts";
import { ProcessLog } from "./process-log.ts";

/** Options of the process that do not depend on the source of its configuration. */
export interface ProcessOptions {
  /** Addresses of backends, by `namespace/name:port`. */
  readonly backends: ReadonlyMap<string, HostPort>;
  /** Addresses to bind for Gateway ports, by `namespace/name:port`. */
  readonly listen: ReadonlyMap<string, HostPort>;
  /** Address of health, metrics, configuration and the page. */
  readonly admin: HostPort;
  /** Address of health and metrics only, which probes may reach from outside. Absent: they are at `admin` only. */
  readonly health?: HostPort;
  readonly workers: number;
  /** Milliseconds for which a process that is asked to stop serves on. */
  readonly drainDelay: number;
  readonly proxy: ProxyOptions;
  /** Settings that have no effect. */
  readonly notes: readonly string[];
}

export interface SourceProcessOptions extends ProcessOptions, LocalControllerOptions {
  /** The options for reading the sources. */
  readonly reading: ReadingOptions;
}

/** Serves the objects that files and modules declare, until a signal asks it to stop. */
export async function runFromSources(
  terminal: Terminal,
  names: readonly string[],
  options: SourceProcessOptions,
): Promise<ExitCode> {
  const stopped = terminal.stopped();
  const log = jsonLog(terminal);
  const sources = await openInput(terminal, names, options.reading);
  const unreadable = sources.current().flatMap(({ findings }) => findings.filter(({ code }) => code === "GW1008"));
  for (const { code, message, origin } of unreadable) log("error", message, { code, origin });
  if (unreadable.length > 0) return 1;
  const source = new DeclaredSource(sources, new LocalController(options), new DeclaredLog(log));
  return runProcess(terminal, source, options, log, stopped);
}

/** Serves the configurations of a source until `stopped`, then drains. */
export async function runProcess(
  terminal: Terminal,
  source: ConfigurationSource,
  options: ProcessOptions,
  log: Log,
  stopped: Promise<void>,
): Promise<ExitCode> {
  for (const note of options.notes) log("warn", note);
  const told = new ProcessLog(log);
  terminal.outliveFaults((error) => told.fault(error));
  const seed = `${terminal.env.POD_NAME ?? hostname()} ${process.pid}`;
  const workers = new Workers(options.workers, { seed, ...options.proxy });
  const stuck = Promise.withResolvers<"stuck">();
  workers.onWorkerEvent = (event) => {
    told.worker(event);
    if (event.type === "stuck") stuck.resolve("stuck");
  };
  workers.onFilterFailure = (failure) => told.filterFailed(failure);
  const proxy = new ProxyProcess({ ...options, dataPlane: workers, onSockets: (sockets) => told.sockets(sockets) });
  const servers = adminServers(proxy, source, workers, options);
  for (const { server, name, address } of servers) {
    try {
      const bound = await server.listen(address);
      log("info", name === "admin" ? "started" : "health and metrics are served", {
        ...(name === "admin" && { version, workers: workers.count }),
        [name]: `${bound.host.includes(":") ? `[${bound.host}]` : bound.host}:${bound.port}`,
      });
    } catch (error) {
      log("error", `the ${name} address cannot be bound`, { ...address, why: (error as Error).message });
      await Promise.all([proxy.close(), ...servers.map(({ server }) => server.close())]);
      return 1;
    }
  }
  const stop = new AbortController();
  const following = source
    .follow((configuration) => proxy.takeIn(configuration), stop.signal)
    .catch((error) => log("error", "the source of the configuration failed; serving on", { why: stackOf(error) }));
  const isStuck = (await Promise.race([stopped, stuck.promise])) === "stuck";
  log("info", "draining", { delay: options.drainDelay / 1_000 });
  stop.abort();
  await proxy.drain(options.drainDelay);
  await following;
  for (const { server } of servers) await server.close();
  log("info", "stopped");
  // Before it exits, Node.js waits for its threads; a stuck one would never end.
  if (workers.isStuck) process.kill(process.pid, "SIGKILL");
  return isStuck ? 1 : 0;
}

interface NamedServer {
  readonly server: AdminServer;
  readonly name: "admin" | "health";
  readonly address: HostPort;
}

function adminServers(
  proxy: ProxyProcess,
  source: ConfigurationSource,
  workers: Workers,
  { admin, health }: ProcessOptions,
): readonly NamedServer[] {
  const metrics = new Metrics(workers.stats);
  const probed = {
    ready: () => proxy.ready,
    metrics: () => metrics.text(),
    refresh: () => workers.refresh(),
  };
  const state = () => {
    const { current, ready } = proxy;
    if (current === undefined) return adminState(undefined);
    const { gateways, sockets } = current;
    const told = { conditions: () => source.conditions(), problems: () => source.problems() };
    return adminState({ gateways, sockets, ...told, stats: workers.stats, ready });
  };
  return [
    { server: new AdminServer({ ...probed, state }), name: "admin", address: admin },
    ...(health === undefined ? [] : [{ server: new AdminServer(probed), name: "health", address: health } as const]),
  ];
}
