import type { GatewayIR } from "../../lib/routing/ir.ts";
import type { RegisteredFilters } from "../dataplane/filters/registered-filters.ts";
import type { BoundSocket } from "../dataplane/routing/snapshot.ts";
import type { KeyPairs, TrustAnchors } from "../dataplane/tls/key-pairs.ts";

/** The configuration that a proxy enforces. Its listening addresses are not part of it. */
export interface Configuration {
  readonly gateways: readonly GatewayIR[];
  /** Key pairs of the certificates that are presented to clients or to backends. Absent: none. */
  readonly keyPairs?: KeyPairs;
  /** CA certificates by which clients and backends are validated. Absent: none. */
  readonly trustAnchors?: TrustAnchors;
  /** Custom filters. Absent: none. */
  readonly filters?: RegisteredFilters;
}

/**
 * Enforces a configuration. While one is being applied, only the newest of the others is kept. Each promise resolves
 * when its configuration, or a newer one, is enforced everywhere.
 *
 * @returns the state of each port.
 * @throws Error if the configuration cannot be enforced; the previous one stays in force.
 */
export type TakeIn = (configuration: Configuration) => Promise<readonly BoundSocket[]>;

/** The source of a proxy's configuration: files, or a controller that streams it. */
export interface ConfigurationSource {
  /**
   * Passes every configuration to `takeIn`, the first as soon as it exists, until the signal. Reports and retries its
   * own failures: never rejects.
   */
  follow(takeIn: TakeIn, signal: AbortSignal): Promise<void>;
  /** Returns the conditions of the objects as in their status. Undefined: another process writes them. */
  conditions(): unknown;
  /** Returns the problems of the newest state of the source, as lines of text. */
  problems(): readonly string[];
}
