import type { ChildProcess } from "node:child_process";

/** A proxy under measurement. All peers are configured for the same work: see bench/http1.ts and bench/http2.ts. */
export interface Peer {
  readonly name: string;
  /** Returns the version that the program itself reports. */
  version(): Promise<string>;
  start(setup: PeerSetup): Promise<StartedPeer>;
}

export interface StartedPeer {
  readonly process: ChildProcess & { pid: number };
  readonly port: number;
}

/** A proxy that can also be configured for HTTP/2 over TLS 1.3. */
export interface SecurePeer extends Peer {
  start(setup: PeerSetup & { readonly tls?: KeyPairFiles }): Promise<StartedPeer>;
}

/** PEM files. If they are given, clients connect over TLS 1.3, and the proxy offers HTTP/2 (ALPN). */
export interface KeyPairFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface PeerSetup {
  /** A folder for configuration files, which is removed afterwards. */
  readonly folder: string;
  /** The core that the proxy is pinned to. */
  readonly core: number;
  /** The port that requests are sent to. */
  readonly backendPort: number;
  /** The port for requests with `x-canary: always`. No request has this header, but the proxy must look for it. */
  readonly canaryPort: number;
}
