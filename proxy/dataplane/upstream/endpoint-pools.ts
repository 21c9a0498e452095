import type { EndpointIR } from "../../../lib/routing/ir.ts";
import type { ParserPool } from "../http1/message-parser.ts";
import type { Deadlines } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";
import type { BackendTls } from "./backend-tls.ts";
import { ConnectionBudget } from "./budget.ts";
import { defaultEjection, type EjectionOptions } from "./health.ts";
import { Http1Pool } from "./http1-pool.ts";
import { Http2Pool } from "./http2-pool.ts";
import type { EndpointPool, PoolShared } from "./pool.ts";
import { SlowReaders } from "./slow-readers.ts";

export interface UpstreamOptions {
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  /** Parsers of responses. */
  readonly parsers: ParserPool;
  /** Settings that differ from `defaultEjection`. */
  readonly ejection?: Partial<EjectionOptions> | undefined;
}

/** A user of endpoints, which leaves out ejected ones. */
export interface EndpointUser {
  /** Handles that an endpoint, perhaps of another user, was ejected or came back into use. */
  healthChanged(pool: EndpointPool): void;
}

/** The pools of all endpoints that any snapshot names; backends share them. */
export class EndpointPools {
  readonly budget: ConnectionBudget;
  readonly #shared: PoolShared;
  readonly #slowReaders: SlowReaders;
  readonly #pools = new Map<string, EndpointPool>();
  readonly #retired = new Set<EndpointPool>();
  /** Users in the snapshot in force and in the one that is being swapped in. */
  #users = new Set<EndpointUser>();
  #joining = new Set<EndpointUser>();

  constructor({ deadlines, limits, parsers, ejection }: UpstreamOptions) {
    this.budget = new ConnectionBudget(limits.upstreamConnections);
    this.#slowReaders = new SlowReaders(deadlines, limits, this.budget, () => this.#all());
    this.#shared = {
      deadlines,
      limits,
      parsers,
      budget: this.budget,
      slowReaders: this.#slowReaders,
      ejection: { ...defaultEjection, ...ejection },
      healthChanged: (pool) => {
        for (const user of this.#users) user.healthChanged(pool);
      },
    };
  }

  /**
   * Returns the pool of an endpoint. Backends with the same endpoint, protocol and TLS settings share one pool, which
   * stays for as long as snapshots name the endpoint.
   */
  at(endpoint: EndpointIR, isHttp2 = false, tls?: BackendTls): EndpointPool {
    const key = poolKey(endpoint, isHttp2, tls);
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    const pool = new (isHttp2 ? Http2Pool : Http1Pool)(endpoint.address, endpoint.port, this.#shared, tls);
    this.#pools.set(key, pool);
    return pool;
  }

  /** Adds a user of the snapshot that is being swapped in; it has its endpoints. */
  joined(user: EndpointUser): void {
    this.#joining.add(user);
  }

  /** Puts the snapshot in force: retires every pool that is not among these. */
  retain(pools: ReadonlySet<EndpointPool>): void {
    this.#users = this.#joining;
    this.#joining = new Set();
    for (const [key, pool] of this.#pools) {
      if (pools.has(pool)) continue;
      this.#pools.delete(key);
      pool.retire();
      this.#retired.add(pool);
    }
    for (const pool of this.#retired) if (pool.connections === 0) this.#retired.delete(pool);
  }

  /** Closes every idle connection. */
  closeIdle(): void {
    for (const pool of this.#pools.values()) pool.closeAllIdle();
  }

  *#all(): Iterable<EndpointPool> {
    yield* this.#pools.values();
    yield* this.#retired;
  }

  destroy(): void {
    this.#slowReaders.end();
    for (const pool of [...this.#all()]) pool.destroy();
    this.#pools.clear();
    this.#retired.clear();
  }
}

function poolKey({ address, port }: EndpointIR, isHttp2: boolean, tls: BackendTls | undefined): string {
  return `${address} ${port}${isHttp2 ? " h2" : ""}${tls === undefined ? "" : ` ${tls.identity}`}`;
}
