import type { Deadlines } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";
import { Tunnel } from "../sockets/tunnel.ts";
import type { BackendStats, TunnelStats } from "../stats/stats.ts";
import type { UpstreamChannel, UpstreamHandler } from "./handler.ts";
import type { EndpointPool } from "./pool.ts";

/** Where a request is sent: the endpoint that it counts for, and what carries it there, once there is something. */
export class UpstreamLease {
  pool: EndpointPool | undefined;
  connection: UpstreamChannel | undefined;
  #stats: BackendStats | undefined;

  enter(pool: EndpointPool, stats: BackendStats): void {
    this.pool = pool;
    this.#stats = stats;
    pool.active++;
    stats.active++;
  }

  /** What carries the request is what others wait for. */
  get contended(): boolean {
    return this.connection !== undefined && this.pool?.contended === true;
  }

  /** Takes the connection away from the request, whose it is not any more. */
  release(): UpstreamChannel | undefined {
    const { connection } = this;
    this.connection = undefined;
    return connection;
  }

  /** What carries the request is a tunnel's from now on. The request counts for its endpoint until the client is gone. */
  joinTunnel({ deadlines, limits, stats }: TunnelShared): Tunnel {
    const tunnel = new Tunnel(deadlines, limits.tunnelIdleTimeout, stats.tunnels, this.#stats as BackendStats);
    this.release()?.join(tunnel.backend);
    return tunnel;
  }

  /** Gives up what is on its way, and what is waited for. */
  cancel(handler: UpstreamHandler): void {
    this.pool?.cancel(handler);
    this.release()?.destroy();
  }

  /** The request does not count for the endpoint any more. Returns the endpoint. */
  leave(): EndpointPool | undefined {
    const { pool } = this;
    if (pool === undefined) return undefined;
    pool.active--;
    (this.#stats as BackendStats).active--;
    this.pool = undefined;
    return pool;
  }
}

/** What a tunnel needs of the proxy. */
export interface TunnelShared {
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  readonly stats: { readonly tunnels: TunnelStats };
}
