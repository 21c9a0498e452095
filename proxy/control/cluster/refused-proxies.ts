import type { Log } from "../log.ts";

/** A proxy asks for the configuration of a Gateway that is not ours, or not any more. */
export class NoSuchGateway extends Error {
  override readonly name = "NoSuchGateway";

  constructor(gateway: string) {
    super(`there is no Gateway ${gateway} of ours`);
  }
}

/** Refusals that are remembered, so that they are told once. */
const remembered = 1_000;

/**
 * Tells which proxies were refused: each once for a reason, since it asks again every few seconds. Those of a Gateway
 * that was deleted ask until their pods end, and that is as it should be.
 */
export class RefusedProxies {
  readonly #log: Log;
  readonly #told = new Set<string>();

  constructor(log: Log) {
    this.#log = log;
  }

  told(gateway: string, instance: string, error: Error): void {
    const refusal = [gateway, instance, error.message].join("\n");
    if (this.#told.has(refusal)) return;
    const [oldest] = this.#told;
    if (oldest !== undefined && this.#told.size >= remembered) this.#told.delete(oldest);
    this.#told.add(refusal);
    const level = error instanceof NoSuchGateway ? "info" : "warn";
    this.#log(level, "a proxy was refused", { gateway, instance, why: error.message });
  }
}
