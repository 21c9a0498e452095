import type { BackendIR, EndpointIR } from "../../../lib/routing/ir.ts";
import type { BackendStats } from "../stats/stats.ts";
import type { TlsMaterial } from "../tls/listener-tls.ts";
import { backendTls } from "./backend-tls.ts";
import type { EndpointPools, EndpointUser } from "./endpoint-pools.ts";
import type { EndpointPool } from "./pool.ts";

/** What a request can be sent to: the endpoints of one backend of one Gateway, as of the newest snapshot. */
export class Backend implements EndpointUser {
  readonly stats: BackendStats;
  /** What is missing to speak TLS to it as it has to be: nothing can be sent. */
  missing: string | undefined;
  /** Requests go to it as HTTP/2 from the first byte (h2c with prior knowledge). */
  readonly isHttp2: boolean;
  #pools: readonly EndpointPool[] = [];
  /** The ejected ones that get no requests. */
  #out: ReadonlySet<EndpointPool> = new Set();
  /** All others. */
  #used: readonly EndpointPool[] = [];
  /** Of those that are out, the ones that are to show with one request at a time whether they are well again. */
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
    // Without what makes it safe nothing is sent, not even again what is under way.
    const reached = this.missing === undefined ? usable(endpoints) : [];
    this.#pools = reached.map((endpoint) => pools.at(endpoint, this.isHttp2, secured));
    pools.joined(this);
    this.#sortOut();
    return this.#pools;
  }

  /** The newest snapshot has it no more. */
  leave(): void {
    this.#setOut(new Set());
  }

  /** The count is that of a backend in either protocol. */
  #setOut(out: ReadonlySet<EndpointPool>): void {
    this.stats.ejected += out.size - this.#out.size;
    this.#out = out;
  }

  healthChanged(pool: EndpointPool): void {
    if (this.#pools.includes(pool)) this.#sortOut();
  }

  /**
   * At most half of the endpoints are left out, those first that were ejected first, so that the others are not buried
   * under the load of all; and of one endpoint none, so that the last is never left out.
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
   * The endpoint with the fewest requests under way. Among equals they take turns. With many endpoints two of them are
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

  /** For a request that has failed, an endpoint that has not: the best of all but one. */
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

/** What connections to backends are secured with. */
type BackendMaterial = Pick<TlsMaterial, "trustAnchors" | "keyPairs">;

const noMaterial: BackendMaterial = { trustAnchors: new Map(), keyPairs: new Map() };

function isBetter(a: EndpointPool, b: EndpointPool): boolean {
  if (a.health.ejected !== b.health.ejected) return b.health.ejected;
  if (a.health.failures !== b.health.failures) return a.health.failures < b.health.failures;
  return a.active < b.active;
}

/**
 * Endpoints that take requests: ready ones; if there is none, those that serve while they terminate (EndpointSlice
 * conditions `serving` and `terminating`, KEP-1669), so that the last endpoint of a Service is used to its end. Ready
 * ones that terminate are those of a Service with `publishNotReadyAddresses`, which wants them to be used.
 */
function usable(endpoints: readonly EndpointIR[]): readonly EndpointIR[] {
  const ready = endpoints.filter((endpoint) => endpoint.ready);
  if (ready.length > 0) return ready;
  return endpoints.filter((endpoint) => endpoint.serving && endpoint.terminating);
}
