import type { ChildProcess } from "node:child_process";

/** A proxy under measurement. All are set up for the same work: see bench/http1.ts and bench/http2.ts. */
export interface Peer {
  readonly name: string;
  /** The version, as the program itself tells it. */
  version(): Promise<string>;
  start(setup: PeerSetup): Promise<StartedPeer>;
}

export interface StartedPeer {
  readonly process: ChildProcess & { pid: number };
  readonly port: number;
}

/** A proxy that is set up for HTTP/2 over TLS 1.3 as well. */
export interface SecurePeer extends Peer {
  start(setup: PeerSetup & { readonly tls?: KeyPairFiles }): Promise<StartedPeer>;
}

/** PEM files. With them clients come over TLS 1.3, and HTTP/2 is offered (ALPN). */
export interface KeyPairFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface PeerSetup {
  /** A folder for configuration files, removed afterwards. */
  readonly folder: string;
  /** The core that the proxy is pinned to. */
  readonly core: number;
  /** Requests go here … */
  readonly backendPort: number;
  /** … except those with `x-canary: always`, which no request has: the header has to be looked for all the same. */
  readonly canaryPort: number;
}
