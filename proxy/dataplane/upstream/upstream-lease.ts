import type { Deadlines } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";
import { Tunnel } from "../sockets/tunnel.ts";
import type { BackendStats, TunnelStats } from "../stats/stats.ts";
import type { UpstreamChannel, UpstreamHandler } from "./handler.ts";
import type { EndpointPool } from "./pool.ts";

/** The endpoint that a request counts for, and the channel that carries it there, once there is one. */
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

  /** True while other requests wait for the request's channel. */
  get contended(): boolean {
    return this.connection !== undefined && this.pool?.contended === true;
  }

  /** Detaches the connection: the request no longer owns it. */
  release(): UpstreamChannel | undefined {
    const { connection } = this;
    this.connection = undefined;
    return connection;
  }

  /** Hands the channel to a tunnel. The request counts for its endpoint until the client disconnects. */
  joinTunnel({ deadlines, limits, stats }: TunnelShared): Tunnel {
    const tunnel = new Tunnel(deadlines, limits.tunnelIdleTimeout, stats.tunnels, this.#stats as BackendStats);
    this.release()?.join(tunnel.backend);
    return tunnel;
  }

  /** Aborts the request, or stops waiting for a connection. */
  cancel(handler: UpstreamHandler): void {
    this.pool?.cancel(handler);
    this.release()?.destroy();
  }

  /** Stops counting the request for the endpoint. Returns the endpoint. */
  leave(): EndpointPool | undefined {
    const { pool } = this;
    if (pool === undefined) return undefined;
    pool.active--;
    (this.#stats as BackendStats).active--;
    this.pool = undefined;
    return pool;
  }
}

/** The parts of the proxy that a tunnel needs. */
export interface TunnelShared {
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  readonly stats: { readonly tunnels: TunnelStats };
}
