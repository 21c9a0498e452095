import type { BackendIR, EndpointIR } from "../../../lib/routing/ir.ts";
import type { BackendStats } from "../stats.ts";
import type { UpstreamShared } from "./connection.ts";
import { EndpointPool } from "./pool.ts";

/** The pools of all endpoints that any snapshot names, whatever backend they belong to. */
export class EndpointPools {
  readonly #shared: UpstreamShared;
  readonly #pools = new Map<string, EndpointPool>();

  constructor(shared: UpstreamShared) {
    this.#shared = shared;
  }

  at(endpoint: EndpointIR): EndpointPool {
    const key = poolKey(endpoint);
    const known = this.#pools.get(key);
    if (known !== undefined) {
      known.revive();
      return known;
    }
    const pool = new EndpointPool(endpoint.address, endpoint.port, this.#shared);
    this.#pools.set(key, pool);
    return pool;
  }

  /** Retires every pool that is not among these. */
  retain(pools: ReadonlySet<EndpointPool>): void {
    for (const [key, pool] of this.#pools) {
      if (pools.has(pool)) continue;
      this.#pools.delete(key);
      pool.retire();
      this.#retired.add(pool);
    }
    for (const pool of this.#retired) if (pool.connections === 0) this.#retired.delete(pool);
  }

  destroy(): void {
    for (const pool of [...this.#pools.values(), ...this.#retired]) pool.destroy();
    this.#pools.clear();
    this.#retired.clear();
  }

  readonly #retired = new Set<EndpointPool>();
}

function poolKey({ address, port }: EndpointIR): string {
  return `${address} ${port}`;
}

/** What a request can be sent to: the endpoints of one backend of one Gateway, as of the newest snapshot. */
export class Backend {
  readonly stats: BackendStats;
  /** Why nothing can be sent to it: it wants what this proxy does not speak. */
  unsupported: string | undefined;
  /** Requests go to it as HTTP/2 from the first byte (h2c with prior knowledge). */
  isHttp2 = false;
  #pools: readonly EndpointPool[] = [];
  #next = 0;

  constructor(stats: BackendStats) {
    this.stats = stats;
  }

  update(ir: BackendIR, endpoints: readonly EndpointIR[], pools: EndpointPools): readonly EndpointPool[] {
    this.unsupported = unsupported(ir);
    this.isHttp2 = ir.protocol === "h2c";
    this.#pools = usable(endpoints).map((endpoint) => pools.at(endpoint));
    return this.#pools;
  }

  /**
   * The endpoint with the fewest requests under way. Among equals they take turns. With many endpoints two of them are
   * compared, which spreads nearly as well.
   *
   * @param not an endpoint that has just failed, taken only if there is no other.
   */
  choose(not?: EndpointPool): EndpointPool | undefined {
    const pools = this.#pools;
    const { length } = pools;
    if (length <= 1) return pools[0];
    const looks = length <= 16 ? length : 2;
    const step = length <= 16 ? 1 : 1 + ((this.#next * 7) % (length - 1));
    let index = this.#next++ % length;
    let best: EndpointPool | undefined;
    for (let i = 0; i < looks; i++) {
      const pool = pools[index] as EndpointPool;
      if (pool !== not && (best === undefined || pool.active < best.active)) best = pool;
      index = (index + step) % length;
    }
    return best ?? pools[index];
  }
}

/**
 * Endpoints that take requests: ready ones; if there is none, those that serve while they terminate (EndpointSlice
 * conditions `serving` and `terminating`), so that the last endpoint of a Service is used to its end.
 */
function usable(endpoints: readonly EndpointIR[]): readonly EndpointIR[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready && !endpoint.terminating);
  if (ready.length > 0) return ready;
  return endpoints.filter((endpoint) => endpoint.serving && endpoint.terminating);
}

/** A proxy that cannot secure a connection as it is told to must not send anything (GEP-1897). */
function unsupported(ir: BackendIR): string | undefined {
  if (ir.tls !== undefined) return "TLS to backends";
  return ir.protocol === "h2c" ? "HTTP/2 to backends" : undefined;
}
