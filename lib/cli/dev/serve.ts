import { type EmbeddedOptions, EmbeddedProxy } from "../../../proxy/control/embedded.ts";
import type { HostPort } from "../../../proxy/control/local-sockets.ts";
import { Workers } from "../../../proxy/control/workers/workers.ts";
import type { ProxyOptions } from "../../../proxy/dataplane/proxy.ts";
import type { KeyPairFiles } from "../../../proxy/sources/key-pair-files.ts";
import type { Channel } from "../../api/index.ts";
import type { SourceContent } from "../../api/load/load.ts";
import { statuses } from "../../routing/attach/statuses.ts";
import { adminState } from "../admin/admin-state.ts";
import { bindAdmin } from "../admin/bind.ts";
import { AdminServer } from "../admin/server.ts";
import { openInput, type ReadingOptions } from "../input.ts";
import { Metrics } from "../metrics/metrics.ts";
import { printFindings } from "../report/print.ts";
import type { ExitCode, Terminal } from "../report/terminal.ts";
import { problemLines, Reporter } from "./reporter.ts";

export interface ServeOptions {
  readonly channel: Channel;
  readonly color: boolean;
  /** Shows each note by itself. */
  readonly verbose?: boolean;
  readonly attach: EmbeddedOptions["attach"];
  /** The options for reading the sources. */
  readonly reading: ReadingOptions;
  /** Secrets to make from PEM files. */
  readonly certificates: readonly KeyPairFiles[];
  /** Addresses of backends, by `namespace/name:port`. */
  readonly backends: ReadonlyMap<string, HostPort>;
  /** Addresses to bind for Gateway ports, by `namespace/name:port`. */
  readonly listen: ReadonlyMap<string, HostPort>;
  /** The admin address. Absent: 127.0.0.1:9901, or the next free port. */
  readonly admin?: HostPort;
  readonly proxy: ProxyOptions;
  /** Number of worker threads. Absent: this thread serves. */
  readonly workers?: number;
}

/** Serves the sources until a signal asks it to stop, then finishes requests in flight. */
export async function serve(terminal: Terminal, names: readonly string[], options: ServeOptions): Promise<ExitCode> {
  const stopped = terminal.stopped();
  const reporter = new Reporter(terminal, options);
  terminal.outliveFaults((error) => reporter.fault(error));
  const sources = await openInput(terminal, names, options.reading, options.certificates);
  const unreadable = sources.current().flatMap(({ findings }) => findings.filter(({ code }) => code === "GW1008"));
  if (printFindings(terminal, unreadable, options)) return 1;

  const workers = options.workers === undefined ? undefined : new Workers(options.workers, options.proxy);
  if (workers !== undefined) workers.onWorkerEvent = (event) => reporter.worker(event);
  const embedded = new EmbeddedProxy({
    localRedirects: true,
    ...options,
    ...(workers !== undefined && { dataPlane: workers }),
    onFilterFailure: (failure) => reporter.filterFailed(failure),
  });
  const take = async (contents: readonly SourceContent[]) => {
    try {
      reporter.applied(await embedded.apply(contents));
    } catch (error) {
      reporter.failed(error);
    }
  };
  const { stats } = embedded.proxy;
  const metrics = new Metrics(stats);
  let draining = false;
  const admin = new AdminServer({
    ready: () => embedded.current !== undefined && !draining,
    state: () => {
      const { current } = embedded;
      if (current === undefined) return adminState(undefined);
      const { attachment } = current;
      const told = { conditions: () => statuses(attachment), problems: () => problemLines(current) };
      return adminState({ ...current, ...told, stats, ready: !draining });
    },
    metrics: () => metrics.text(),
    refresh: () => embedded.proxy.refresh(),
  });
  await take(sources.current());
  if (embedded.current !== undefined) reporter.unused(options, embedded.current);
  await bindAdmin(admin, options.admin, reporter);
  const watch = sources.watch((contents) => void take(contents));

  await stopped;
  draining = true;
  await watch.close();
  await embedded.drain(0);
  await admin.close();
  return 0;
}
