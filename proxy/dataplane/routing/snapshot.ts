import type { BackendKey, EndpointIR, GatewayIR, NamespacedName } from "../../../lib/routing/ir.ts";
import type { RegisteredFilters } from "../filters/registered-filters.ts";

import type { KeyPairs, TrustAnchors } from "../tls/key-pairs.ts";

import type { SharedTurns } from "./split-counters.ts";

/** All that the proxy enforces. Never changed: a new one is swapped in whole. */
export interface Snapshot {
  readonly gateways: readonly GatewayIR[];
  /** Where each Gateway port is bound. A port without an entry is not opened. */
  readonly sockets: readonly LocalSocket[];
  /** Wins over the IR's own endpoints. */
  readonly endpoints: ReadonlyMap<BackendKey, readonly EndpointIR[]>;
  /** What the Secrets that listeners name hold. Beside the IR, since that is printed and these never are. Absent: none. */
  readonly keyPairs?: KeyPairs;
  /** What the objects hold that listeners validate their clients with. Absent: nothing. */
  readonly trustAnchors?: TrustAnchors;
  /** What the rules' ExtensionRef filters run. Absent: none, and requests that come to such a filter are answered 500. */
  readonly filters?: RegisteredFilters;
  /** The turns in splits that this proxy shares with those of other threads. Absent: none, it counts by itself. */
  readonly turns?: SharedTurns;
}

/** One port of one Gateway on one local address: what a listening socket is kept by. */
export interface LocalSocket {
  readonly gateway: NamespacedName;
  /** The Gateway's port. */
  readonly port: number;
  /** Local address, without brackets. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly localPort: number;
}

/** What became of a `LocalSocket`. */
export interface BoundSocket extends LocalSocket {
  /** The port in use; with `error`, the one asked for. */
  readonly localPort: number;
  /** Why nothing listens there: the system's code, such as EADDRINUSE, and words for people. */
  readonly error?: { readonly code?: string; readonly message: string };
}
