import { buildIndex } from "../../../lib/routing/index/build.ts";
import type { BackendKey, EndpointIR, GatewayIR } from "../../../lib/routing/ir.ts";
import type { Candidate, GatewayIndex, PortIndex } from "../../../lib/routing/match.ts";
import type { GatewayStats } from "../stats.ts";
import { type KeyPairs, PortCertificates } from "../tls/certificates.ts";
import type { GatewayTurns, SharedTurns } from "../turns.ts";
import { Backend } from "../upstream/backend.ts";
import type { EndpointPools } from "../upstream/endpoint-pools.ts";
import type { EndpointPool } from "../upstream/pool.ts";
import { type Extensions, listenerKey, RoutePlan } from "./plan.ts";

/** One Gateway as it is enforced now. */
export class GatewayRouting {
  readonly stats: GatewayStats;
  /** For the plans that are made from now on. */
  extensions: Extensions;
  readonly #turns: GatewayTurns;
  #index: GatewayIndex | undefined;
  #backends = new Map<BackendKey, Backend>();
  #plans = new Map<Candidate, RoutePlan>();
  #certificates = new Map<number, PortCertificates>();
  readonly #ports = new Map<number, PortRouting>();

  constructor(stats: GatewayStats, turns: GatewayTurns, extensions: Extensions) {
    this.stats = stats;
    this.#turns = turns;
    this.extensions = extensions;
  }

  /**
   * Swaps in a new IR. Requests under way keep their plans; backends, and with them pools and counters, stay.
   *
   * @returns the pools of its endpoints.
   */
  update(
    ir: GatewayIR,
    endpoints: ReadonlyMap<BackendKey, readonly EndpointIR[]>,
    pools: EndpointPools,
    keyPairs: KeyPairs,
    turns: SharedTurns | undefined,
  ): EndpointPool[] {
    this.#index = buildIndex(ir, this.#index);
    const backends = new Map<BackendKey, Backend>();
    const used: EndpointPool[] = [];
    for (const [key, backendIR] of Object.entries(ir.backends)) {
      const backend = this.#backends.get(key) ?? new Backend(this.stats.backend(key));
      backends.set(key, backend);
      used.push(...backend.update(backendIR, endpoints.get(key) ?? backendIR.endpoints ?? [], pools));
    }
    this.#backends = backends;
    this.#plans = new Map();
    const https = ir.ports.filter(({ protocol }) => protocol === "HTTPS");
    this.#certificates = new Map(https.map((port) => [port.port, new PortCertificates(port, keyPairs)]));
    for (const port of this.#ports.values()) {
      port.index = this.#index.ports.get(port.number);
      port.certificates = this.#certificates.get(port.number);
    }
    const rules = ruleIds(ir);
    this.#turns.update(rules, turns);
    retainStats(this.stats, ir, rules);
    return used;
  }

  /** The Gateway is no more: its ports answer 404 until their sockets have closed. */
  remove(): void {
    for (const port of this.#ports.values()) port.index = undefined;
  }

  port(number: number): PortRouting {
    const known = this.#ports.get(number);
    if (known !== undefined) return known;
    const port = new PortRouting(this, number, this.#index?.ports.get(number));
    port.certificates = this.#certificates.get(number);
    this.#ports.set(number, port);
    return port;
  }

  plan(candidate: Candidate): RoutePlan {
    const known = this.#plans.get(candidate);
    if (known !== undefined) return known;
    const plan = new RoutePlan(candidate, this.stats, this.#turns, (key) => this.#backends.get(key), this.extensions);
    this.#plans.set(candidate, plan);
    return plan;
  }
}

function ruleIds({ rules }: GatewayIR): ReadonlySet<string> {
  return new Set(Object.values(rules).map(({ id }) => id));
}

/** Lets counters go whose rules, listeners and backends the configuration no longer names. */
export function retainStats(stats: GatewayStats, ir: GatewayIR, rules: ReadonlySet<string> = ruleIds(ir)): void {
  const listeners = new Set(ir.ports.flatMap((port) => port.listeners.map(listenerKey)));
  stats.retain(rules, new Set(Object.keys(ir.backends)), listeners);
}

/** One port of a Gateway. Sockets and connections hold it, and see each new index. */
export class PortRouting {
  readonly gateway: GatewayRouting;
  readonly number: number;
  index: PortIndex | undefined;
  /** Of an HTTPS port. */
  certificates: PortCertificates | undefined;

  constructor(gateway: GatewayRouting, number: number, index: PortIndex | undefined) {
    this.gateway = gateway;
    this.number = number;
    this.index = index;
  }
}
