import type { MessageRefusal } from "../http1/rules.ts";
import type { Limits } from "../limits/limits.ts";
import type { Peer } from "../message/forwarded.ts";
import type { Head } from "../message/head.ts";
import type { PortRouting } from "../routing/gateway.ts";
import { notOpenedLine, notShown, refusalLine, requestLine } from "./access-line.ts";
import { LineSink, type SinkStats } from "./line-sink.ts";
import type { AccessLogOptions } from "./options.ts";
import type { ObservedClient, RequestRecord } from "./request-record.ts";

/**
 * Statuses with which `lowestStatus` compares requests that have no status or no complete response: the client left,
 * the connection had no request, the backend failed.
 */
const clientLeft = 499;
const notOpened = 400;
const backendFailed = 502;

/** Fields whose values are credentials: the log shows only that they were present. */
const authentication = /^(?:(?:proxy-)?authorization|(?:set-)?cookie)$/;

/** Writes a line for each request at its end. */
export class AccessLog {
  readonly #options: AccessLogOptions;
  readonly #names: readonly string[];
  readonly #isHidden: readonly boolean[];
  readonly #lowest: number;
  readonly #share: number;
  readonly #sink: LineSink;

  /** @throws Error if the log cannot be opened. */
  constructor(options: AccessLogOptions, limits: Limits, stats: SinkStats) {
    this.#options = options;
    this.#names = options.headers ?? [];
    const { credentials } = options;
    this.#isHidden = this.#names.map((name) => authentication.test(name) || credentials?.test(name) === true);
    this.#lowest = options.lowestStatus ?? 0;
    this.#share = options.share ?? 0;
    this.#sink = new LineSink(options.to, limits.accessLogBuffer, stats);
  }

  /** Reads the fields to log now, since the head is gone when the line is written. */
  begun(record: RequestRecord, head: Head): void {
    if (this.#names.length === 0) return;
    record.fields = this.#names.map((name, i) => {
      const value = head.header(name);
      return value !== undefined && this.#isHidden[i] ? notShown : value;
    });
  }

  finished(record: RequestRecord): void {
    const { status, aborted, error, reason } = record;
    const failed = error !== "" && reason === "" ? Math.max(status, backendFailed) : status;
    if (this.#wants(aborted ? Math.max(failed, clientLeft) : failed)) {
      this.#sink.write(requestLine(record, this.#options));
    }
  }

  refused(port: PortRouting, client: ObservedClient, refusal: MessageRefusal): void {
    if (this.#wants(refusal.status)) this.#sink.write(refusalLine(port, client, refusal));
  }

  notOpened(port: PortRouting, peer: Peer, reason: string, error: string): void {
    if (this.#wants(notOpened)) this.#sink.write(notOpenedLine(port, peer, reason, error));
  }

  #wants(status: number): boolean {
    return status >= this.#lowest || (this.#share > 0 && Math.random() < this.#share);
  }

  close(): Promise<void> {
    return this.#sink.close();
  }
}
