import { buildIndex } from "../../../lib/routing/index/build.ts";
import type { BackendKey, EndpointIR, GatewayIR } from "../../../lib/routing/ir.ts";
import type { Candidate, GatewayIndex, PortIndex } from "../../../lib/routing/match.ts";
import type { GatewayStats } from "../stats/stats.ts";
import type { TlsMaterial } from "../tls/listener-tls.ts";
import { PortTls } from "../tls/port-tls.ts";
import { Backend } from "../upstream/backend.ts";
import type { EndpointPools } from "../upstream/endpoint-pools.ts";
import type { EndpointPool } from "../upstream/pool.ts";
import { type FilterExtensions, listenerKey, RoutePlan, routeKey } from "./plan.ts";
import type { GatewayTurns, SharedTurns } from "./split-counters.ts";

/** The routing of one Gateway that is in force. */
export class GatewayRouting {
  readonly stats: GatewayStats;
  /** ExtensionRef filters of plans that are made from now on. */
  extensions: FilterExtensions;
  readonly #turns: GatewayTurns;
  #index: GatewayIndex | undefined;
  /** Backends by key and protocol, so that a request under way keeps its protocol when it is sent again. */
  #backends = new Map<BackendName, Backend>();
  #plans = new Map<Candidate, RoutePlan>();
  #tls = new Map<number, PortTls>();
  readonly #ports = new Map<number, PortRouting>();

  constructor(stats: GatewayStats, turns: GatewayTurns, extensions: FilterExtensions) {
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
    material: TlsMaterial,
    turns: SharedTurns | undefined,
  ): EndpointPool[] {
    this.#index = buildIndex(ir, this.#index);
    const backends = new Map<BackendName, Backend>();
    const used: EndpointPool[] = [];
    const ofCalls = grpcBackends(ir);
    for (const [key, backendIR] of Object.entries(ir.backends)) {
      const isHttp2 = backendIR.protocol === "h2c";
      for (const each of ofCalls.has(key) && !isHttp2 ? [false, true] : [isHttp2]) {
        const name = backendName(key, each);
        const backend = this.#backends.get(name) ?? new Backend(this.stats.backend(key), each);
        backends.set(name, backend);
        used.push(...backend.update(backendIR, endpoints.get(key) ?? backendIR.endpoints ?? [], pools, material));
      }
    }
    for (const [name, backend] of this.#backends) if (!backends.has(name)) backend.leave();
    this.#backends = backends;
    this.#plans = new Map();
    const https = ir.ports.filter(({ protocol }) => protocol === "HTTPS");
    this.#tls = new Map(https.map((port) => [port.port, new PortTls(port, material, this.#tls.get(port.port))]));
    for (const port of this.#ports.values()) {
      port.index = this.#index.ports.get(port.number);
      port.tls = this.#tls.get(port.number);
    }
    const rules = ruleIds(ir);
    this.#turns.update(rules, turns);
    retainStats(this.stats, ir, rules);
    return used;
  }

  /** Removes the Gateway: its ports answer 404 until their sockets have closed. */
  remove(): void {
    for (const port of this.#ports.values()) port.index = undefined;
  }

  port(number: number): PortRouting {
    const known = this.#ports.get(number);
    if (known !== undefined) return known;
    const port = new PortRouting(this, number, this.#index?.ports.get(number));
    port.tls = this.#tls.get(number);
    this.#ports.set(number, port);
    return port;
  }

  plan(candidate: Candidate): RoutePlan {
    const known = this.#plans.get(candidate);
    if (known !== undefined) return known;
    const isGrpc = candidate.rule.ir.route.kind === "GRPCRoute";
    const backendOf = (key: string) => this.#backend(key, isGrpc);
    const plan = new RoutePlan(candidate, this.stats, this.#turns, backendOf, this.extensions);
    this.#plans.set(candidate, plan);
    return plan;
  }

  /** Returns a backend. gRPC uses HTTP/2 even if the backend has another protocol (`BackendIR.protocol`). */
  #backend(key: BackendKey, isGrpc: boolean): Backend | undefined {
    const http2 = this.#backends.get(backendName(key, true));
    return isGrpc ? http2 : (this.#backends.get(backendName(key, false)) ?? http2);
  }
}

function ruleIds({ rules }: GatewayIR): ReadonlySet<string> {
  return new Set(Object.values(rules).map(({ id }) => id));
}

/** Drops counters of rules, routes, listeners and backends that the configuration no longer names. */
export function retainStats(stats: GatewayStats, ir: GatewayIR, rules: ReadonlySet<string> = ruleIds(ir)): void {
  stats.retain({
    rules,
    routes: new Set(Object.values(ir.rules).map(({ route }) => routeKey(route))),
    backends: new Set(Object.keys(ir.backends)),
    listeners: new Set(ir.ports.flatMap((port) => port.listeners.map(listenerKey))),
  });
}

type BackendName = string;

function backendName(key: BackendKey, isHttp2: boolean): BackendName {
  return isHttp2 ? `h2 ${key}` : key;
}

/** Returns the backends that some GRPCRoute names. */
function grpcBackends(ir: GatewayIR): ReadonlySet<BackendKey> {
  const keys = new Set<BackendKey>();
  for (const { route, backends, filters } of Object.values(ir.rules)) {
    if (route.kind !== "GRPCRoute") continue;
    const all = [...filters, ...backends.flatMap((backend) => backend.filters)];
    const mirrors = all.flatMap((filter) => (filter.type === "RequestMirror" ? [filter.target] : []));
    for (const target of [...mirrors, ...backends.map((backend) => backend.target)]) {
      if ("backend" in target) keys.add(target.backend);
    }
  }
  return keys;
}

/** One port of a Gateway. Sockets and connections hold this object, and see each new index. */
export class PortRouting {
  readonly gateway: GatewayRouting;
  readonly number: number;
  index: PortIndex | undefined;
  /** TLS of the port's listeners. Set for an HTTPS port only. */
  tls: PortTls | undefined;

  constructor(gateway: GatewayRouting, number: number, index: PortIndex | undefined) {
    this.gateway = gateway;
    this.number = number;
    this.index = index;
  }
}
