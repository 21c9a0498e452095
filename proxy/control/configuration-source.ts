import type { GatewayIR } from "../../lib/routing/ir.ts";
import type { RegisteredFilters } from "../dataplane/filters/registered-filters.ts";
import type { BoundSocket } from "../dataplane/routing/snapshot.ts";
import type { KeyPairs, TrustAnchors } from "../dataplane/tls/key-pairs.ts";

/** All that a proxy is told to enforce; where it listens is its own matter. */
export interface Configuration {
  readonly gateways: readonly GatewayIR[];
  /** What the Secrets hold whose certificates are shown, to clients or to backends. Absent: none. */
  readonly keyPairs?: KeyPairs;
  /** What the objects hold that clients and backends are validated with. Absent: nothing. */
  readonly trustAnchors?: TrustAnchors;
  /** Absent: none. */
  readonly filters?: RegisteredFilters;
}

/**
 * Puts a configuration in force. Of several that are handed over meanwhile only the newest is; each resolves when it, or
 * a newer one, is enforced everywhere.
 *
 * @returns what became of each port.
 * @throws Error if it cannot be enforced; what was in force before still is.
 */
export type TakeIn = (configuration: Configuration) => Promise<readonly BoundSocket[]>;

/** Where the configuration of a proxy comes from: files, or a controller that streams it. */
export interface ConfigurationSource {
  /**
   * Hands over every configuration, the first as soon as there is one, until the signal. What goes wrong on the way is
   * the source's to report and to try again: never rejects.
   */
  follow(takeIn: TakeIn, signal: AbortSignal): Promise<void>;
  /** The conditions of the objects, as their status would carry them. Undefined: somebody else writes them. */
  conditions(): unknown;
  /** What is wrong with the newest state of the source, as lines for people. */
  problems(): readonly string[];
}
