import type { Log } from "../log.ts";

/** A proxy asks for the configuration of a Gateway that is not ours, or not any more. */
export class NoSuchGateway extends Error {
  override readonly name = "NoSuchGateway";

  constructor(gateway: string) {
    super(`there is no Gateway ${gateway} of ours`);
  }
}

/** What the controller counts of its data planes, for its metrics. */
export interface DataPlaneCounts {
  /** Objects of proxies that others had changed or deleted, and that were applied again. */
  repaired: number;
  /** Proxies that were not admitted. */
  refused: number;
  /** Streams with a message that has not the form of a proxy's messages. */
  malformed: number;
}

/** Log lines that are remembered, so that each is written once. */
const remembered = 1_000;

/**
 * Logs which proxies were refused: each once for a reason, since it asks again every few seconds. Proxies of a Gateway
 * that was deleted ask until their pods end, which is no fault.
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

  /** @param client its address with the port, which is another for each connection. */
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
