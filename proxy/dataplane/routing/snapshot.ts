import type { BackendKey, EndpointIR, GatewayIR, NamespacedName } from "../../../lib/routing/ir.ts";
import type { RegisteredFilters } from "../filters/registered-filters.ts";

import type { KeyPairs, TrustAnchors } from "../tls/key-pairs.ts";

import type { SharedTurns } from "./split-counters.ts";

/** The complete configuration of the proxy. It is immutable: a new one is swapped in whole. */
export interface Snapshot {
  readonly gateways: readonly GatewayIR[];
  /** Local addresses of the Gateway ports. A port without an entry is not opened. */
  readonly sockets: readonly LocalSocket[];
  /** Endpoints by backend. They replace the endpoints of the IR. */
  readonly endpoints: ReadonlyMap<BackendKey, readonly EndpointIR[]>;
  /** Key pairs of the listeners' Secrets. They stay outside the IR, which is printed. Absent: none. */
  readonly keyPairs?: KeyPairs;
  /** CA certificates for validating the clients of listeners. Absent: none. */
  readonly trustAnchors?: TrustAnchors;
  /** Implementations of ExtensionRef filters. Absent: none, and requests that reach such a filter get 500. */
  readonly filters?: RegisteredFilters;
  /** Turns in splits that threads share. Absent: this proxy counts by itself. */
  readonly turns?: SharedTurns;
}

/** One port of one Gateway on one local address. It identifies a listening socket. */
export interface LocalSocket {
  readonly gateway: NamespacedName;
  /** The Gateway's port. */
  readonly port: number;
  /** Local address, without brackets. */
  readonly host: string;
  /** Local port; 0 lets the system choose. */
  readonly localPort: number;
}

/** The result of binding a `LocalSocket`. */
export interface BoundSocket extends LocalSocket {
  /** The port in use; with `error`, the requested one. */
  readonly localPort: number;
  /** The reason why binding failed: the system's code, such as EADDRINUSE, and a message. */
  readonly error?: { readonly code?: string; readonly message: string };
}
