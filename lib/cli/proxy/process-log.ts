import type { Log } from "../../../proxy/control/log.ts";
import type { WorkerEvent } from "../../../proxy/control/workers/seat.ts";
import type { FilterFailure } from "../../../proxy/dataplane/filters/registered-filters.ts";
import type { BoundSocket } from "../../../proxy/dataplane/routing/snapshot.ts";
import { fullName } from "../../analysis/traffic/describe.ts";
import { stackOf } from "../report/terminal.ts";
import { workerEventWords } from "../report/worker-event.ts";

const levels: Readonly<Record<WorkerEvent["type"], Parameters<Log>[0]>> = {
  crashed: "error",
  hung: "warn",
  stuck: "error",
  replaced: "info",
  rejection: "warn",
  filtersNotLoaded: "error",
  notBound: "error",
};

/** Logs the events of a proxy process. */
export class ProcessLog {
  readonly #log: Log;
  #sockets: ReadonlySet<string> = new Set();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Logs the ports whose state has changed. */
  sockets(sockets: readonly BoundSocket[]): void {
    const now = new Map(sockets.map((socket) => [JSON.stringify(socket), socket]));
    for (const [key, { gateway, port, host, localPort, error }] of now) {
      if (this.#sockets.has(key)) continue;
      const at = {
        gateway: fullName(gateway),
        port,
        address: host.includes(":") ? `[${host}]:${localPort}` : `${host}:${localPort}`,
      };
      if (error === undefined) this.#log("info", "listening", at);
      else this.#log("error", "cannot listen", { ...at, why: error.message });
    }
    this.#sockets = new Set(now.keys());
  }

  worker(event: WorkerEvent): void {
    const { text, error } = workerEventWords(event);
    const level = levels[event.type];
    this.#log(level, text, error === undefined ? {} : { why: stackOf(error) });
  }

  filterFailed({ filter, error, untold }: FilterFailure): void {
    this.#log("error", "a filter failed, and its request was answered 500", { filter, untold, why: stackOf(error) });
  }

  fault(error: unknown): void {
    this.#log("error", "nothing caught this; serving on", { why: stackOf(error) });
  }
}
