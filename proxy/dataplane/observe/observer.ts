import type { MessageRefusal } from "../http1/rules.ts";
import type { Limits } from "../limits/limits.ts";
import type { Peer } from "../message/forwarded.ts";
import type { Head } from "../message/head.ts";
import type { PortRouting } from "../routing/gateway.ts";
import type { Stats } from "../stats/stats.ts";
import { AccessLog } from "./access-log.ts";
import type { AccessLogOptions, TracingOptions } from "./options.ts";
import type { ObservedClient, RequestObserver, RequestRecord } from "./request-record.ts";
import { Tracer } from "./tracing/tracer.ts";

export interface ObserverOptions {
  readonly accessLog?: AccessLogOptions;
  readonly tracing?: TracingOptions;
}

/** Reports requests beyond counting them: the access log and traces. */
export class Observer implements RequestObserver {
  readonly #log: AccessLog | undefined;
  readonly #tracer: Tracer | undefined;

  /** @throws Error if the access log cannot be opened. */
  constructor({ accessLog, tracing }: ObserverOptions, limits: Limits, stats: Stats) {
    this.#log = accessLog === undefined ? undefined : new AccessLog(accessLog, limits, stats.accessLog);
    this.#tracer = tracing === undefined ? undefined : new Tracer(tracing, stats.spans);
  }

  begun(record: RequestRecord, head: Head): void {
    this.#log?.begun(record, head);
    record.span = this.#tracer?.begin(record, head);
  }

  finished(record: RequestRecord): void {
    this.#tracer?.finish(record);
    this.#log?.finished(record);
  }

  /** Reports a request without an exchange: its head could not be read, or its connection was refused. */
  refused(port: PortRouting, client: ObservedClient, refusal: MessageRefusal): void {
    this.#log?.refused(port, client, refusal);
  }

  /** Reports a connection without a request. */
  notOpened(port: PortRouting, peer: Peer, reason: string, error: string): void {
    this.#log?.notOpened(port, peer, reason, error);
  }

  /** Sends waiting data, for a short time at most. */
  async close(): Promise<void> {
    await Promise.all([this.#log?.close(), this.#tracer?.close()]);
  }
}

/** Returns no observer if nothing has to be reported. */
export function observerOf(options: ObserverOptions, limits: Limits, stats: Stats): Observer | undefined {
  const { accessLog, tracing } = options;
  return (accessLog ?? tracing) === undefined ? undefined : new Observer(options, limits, stats);
}
