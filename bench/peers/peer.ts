import type { ChildProcess } from "node:child_process";

/** A proxy under measurement. All are set up for the same work: see bench/http1.ts. */
export interface Peer {
  readonly name: string;
  /** The version, as the program itself tells it. */
  version(): Promise<string>;
  start(setup: PeerSetup): Promise<{ readonly process: ChildProcess & { pid: number }; readonly port: number }>;
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
