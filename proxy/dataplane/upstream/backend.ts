import type { BackendIR, EndpointIR } from "../../../lib/routing/ir.ts";
import type { BackendStats } from "../stats/stats.ts";
import type { TlsMaterial } from "../tls/listener-tls.ts";
import { backendTls } from "./backend-tls.ts";
import type { EndpointPools, EndpointUser } from "./endpoint-pools.ts";
import type { EndpointPool } from "./pool.ts";

/** The endpoints of one backend of one Gateway, as of the newest snapshot. */
export class Backend implements EndpointUser {
  readonly stats: BackendStats;
  /** The missing part of its required TLS settings. While it is set, nothing can be sent. */
  missing: string | undefined;
  /** True for HTTP/2 from the first byte (h2c with prior knowledge). */
  readonly isHttp2: boolean;
  #pools: readonly EndpointPool[] = [];
  /** Ejected endpoints that get no requests. */
  #out: ReadonlySet<EndpointPool> = new Set();
  /** All other endpoints. */
  #used: readonly EndpointPool[] = [];
  /** Ejected endpoints on trial: one request at a time shows whether they have recovered. */
  #onTrial: readonly EndpointPool[] = [];
  #next = 0;

  constructor(stats: BackendStats, isHttp2 = false) {
    this.stats = stats;
    this.isHttp2 = isHttp2;
  }

  update(
    { tls }: BackendIR,
    endpoints: readonly EndpointIR[],
    pools: EndpointPools,
    material: BackendMaterial = noMaterial,
  ): readonly EndpointPool[] {
    const terms = tls === undefined ? undefined : backendTls(tls, material);
    this.missing = terms !== undefined && "missing" in terms ? terms.missing : undefined;
    const secured = terms === undefined || "missing" in terms ? undefined : terms;
    // Without its TLS settings nothing is sent, not even retries of requests under way.
    const reached = this.missing === undefined ? usable(endpoints) : [];
    this.#pools = reached.map((endpoint) => pools.at(endpoint, this.isHttp2, secured));
    pools.joined(this);
    this.#sortOut();
    return this.#pools;
  }

  /** Handles that the newest snapshot no longer has this backend. */
  leave(): void {
    this.#setOut(new Set());
  }

  /** Sets the ejected endpoints. Backends of both protocols share the counter. */
  #setOut(out: ReadonlySet<EndpointPool>): void {
    this.stats.ejected += out.size - this.#out.size;
    this.#out = out;
  }

  healthChanged(pool: EndpointPool): void {
    if (this.#pools.includes(pool)) this.#sortOut();
  }

  /**
   * Chooses which ejected endpoints get no requests: at most half of the endpoints, the earliest ejected first, so that
   * the load of all does not overwhelm the others. The last endpoint is never left out.
   */
  #sortOut(): void {
    const ejected = this.#pools.filter(({ health }) => health.ejected);
    ejected.sort((a, b) => a.health.since - b.health.since);
    const out = new Set(ejected.slice(0, Math.floor(this.#pools.length / 2)));
    for (const pool of out) if (!this.#out.has(pool)) this.stats.ejections++;
    this.#setOut(out);
    this.#used = out.size === 0 ? this.#pools : this.#pools.filter((pool) => !out.has(pool));
    this.#onTrial = out.size === 0 ? none : [...out].filter(({ health }) => health.onTrial);
  }

  /**
   * Returns the endpoint with the fewest requests under way. Equal ones take turns. With many endpoints only two are
   * compared, which spreads nearly as well.
   *
   * @param not an endpoint that has just failed, taken only if there is no other.
   */
  choose(not?: EndpointPool): EndpointPool | undefined {
    if (not !== undefined) return this.#chooseOther(not);
    if (this.#onTrial.length > 0) {
      for (const pool of this.#onTrial) if (pool.isOpenToTrial) return pool;
    }
    const pools = this.#used;
    const { length } = pools;
    if (length <= 1) return pools[0];
    const looks = length <= 16 ? length : 2;
    const step = length <= 16 ? 1 : 1 + ((this.#next * 7) % (length - 1));
    let index = this.#next++ % length;
    let best = pools[index] as EndpointPool;
    for (let i = 1; i < looks; i++) {
      index = (index + step) % length;
      const pool = pools[index] as EndpointPool;
      if (pool.active < best.active) best = pool;
    }
    return best;
  }

  /** Returns the best endpoint for a retry, other than the one that failed. */
  #chooseOther(not: EndpointPool): EndpointPool | undefined {
    const pools = this.#pools;
    const { length } = pools;
    let best: EndpointPool | undefined;
    let index = this.#next++ % Math.max(1, length);
    for (let i = 0; i < length; i++) {
      const pool = pools[index] as EndpointPool;
      if (pool !== not && (best === undefined || isBetter(pool, best))) best = pool;
      index = (index + 1) % length;
    }
    return best ?? pools[0];
  }
}

const none: readonly never[] = [];

/** Certificates and keys for connections to backends. */
type BackendMaterial = Pick<TlsMaterial, "trustAnchors" | "keyPairs">;

const noMaterial: BackendMaterial = { trustAnchors: new Map(), keyPairs: new Map() };

function isBetter(a: EndpointPool, b: EndpointPool): boolean {
  if (a.health.ejected !== b.health.ejected) return b.health.ejected;
  if (a.health.failures !== b.health.failures) return a.health.failures < b.health.failures;
  return a.active < b.active;
}

/**
 * Returns the endpoints that take requests: ready ones, or if there is none, those that serve while they terminate
 * (EndpointSlice conditions `serving` and `terminating`, KEP-1669), so that the last endpoint of a Service is used
 * until its end. Endpoints that are ready and terminating belong to a Service with `publishNotReadyAddresses`, which
 * requires their use.
 */
function usable(endpoints: readonly EndpointIR[]): readonly EndpointIR[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  if (ready.length > 0) return ready;
  return endpoints.filter((endpoint) => endpoint.serving && endpoint.terminating);
}
