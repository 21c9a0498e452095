import type { Log } from "../log.ts";

/** A proxy requests the configuration of a Gateway that is not ours, or no longer ours. */
export class NoSuchGateway extends Error {
  override readonly name = "NoSuchGateway";

  constructor(gateway: string) {
    super(`there is no Gateway ${gateway} of ours`);
  }
}

/** The controller's counters of its data planes, for its metrics. */
export interface DataPlaneCounts {
  /** Objects of proxies that were applied again after others had changed or deleted them. */
  repaired: number;
  /** Proxies that were refused. */
  refused: number;
  /** Streams with a malformed message. */
  malformed: number;
}

/** Number of log lines that are remembered, so that each is written once. */
const remembered = 1_000;

/**
 * Logs refused proxies, once for each reason, since a proxy retries every few seconds. Proxies of a deleted Gateway
 * retry until their pods end, which is no fault.
 */
export class RefusedProxies {
  readonly #log: Log;
  readonly #logged = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  refused(gateway: string, instance: string, error: Error): void {
    if (!this.#isNew([gateway, instance, error.message])) return;
    const level = error instanceof NoSuchGateway ? "info" : "warn";
    this.#log(level, "a proxy was refused", { gateway, instance, why: error.message });
  }

  /** @param client address and port of the client; the port differs for each connection. */
  malformed(client: string, why: string): void {
    if (this.#isNew([client.replace(/:\d+(?= |$)/, ""), why])) {
      this.#log("warn", "a stream was closed: its client sent a malformed message", { client, why });
    }
  }

  #isNew(parts: readonly string[]): boolean {
    const line = parts.join("\n");
    if (this.#logged.has(line)) return false;
    const [oldest] = this.#logged;
    if (oldest !== undefined && this.#logged.size >= remembered) this.#logged.delete(oldest);
    this.#logged.add(line);
    return true;
  }
}
