import type { GatewayIR, NamespacedName } from "../../lib/routing/ir.ts";
import type { LocalSocket } from "../dataplane/routing/snapshot.ts";

/** A local address. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `namespace/name:port`. */
export function socketKey(gateway: NamespacedName, port: number): string {
  return `${gateway.namespace}/${gateway.name}:${port}`;
}

/** Ports below this need privileges on most systems. */
const firstUnprivileged = 1024;
const offset = 8000;
const loopback = "127.0.0.1";

/**
 * Chooses local addresses for the ports of Gateways. A port below 1024 becomes port + 8000, another stays; both on
 * 127.0.0.1, or the next free port if that one is taken. A choice holds for as long as its Gateway port is
 * declared; an address given by `--listen` is never moved.
 */
export class LocalSockets {
  readonly #fixed: ReadonlyMap<string, HostPort>;
  readonly #chosen = new Map<string, HostPort>();

  /** `fixed`: addresses by `namespace/name:port`. */
  constructor(fixed: ReadonlyMap<string, HostPort> = new Map()) {
    this.#fixed = fixed;
  }

  /** One socket for each port of each Gateway, in their order. */
  assign(gateways: readonly GatewayIR[]): LocalSocket[] {
    const wanted = gateways.flatMap(({ gateway, ports }) => ports.map(({ port }) => ({ gateway, port })));
    const keys = new Set(wanted.map(({ gateway, port }) => socketKey(gateway, port)));
    for (const key of this.#chosen.keys()) if (!keys.has(key)) this.#chosen.delete(key);
    return wanted.map(({ gateway, port }) => {
      const { host, port: localPort } = this.#address(socketKey(gateway, port), port);
      return { gateway, port, host, localPort };
    });
  }

  /** Gives a socket whose address turned out to be taken the next one; false if its address is fixed or none is left. */
  move(gateway: NamespacedName, port: number): boolean {
    const key = socketKey(gateway, port);
    const taken = this.#chosen.get(key);
    if (this.#fixed.has(key) || taken === undefined) return false;
    this.#chosen.delete(key);
    const next = this.#free(taken.port + 1);
    if (next === undefined) return false;
    this.#chosen.set(key, next);
    return true;
  }

  isFixed(gateway: NamespacedName, port: number): boolean {
    return this.#fixed.has(socketKey(gateway, port));
  }

  #address(key: string, port: number): HostPort {
    const known = this.#fixed.get(key) ?? this.#chosen.get(key);
    if (known !== undefined) return known;
    const wish = port < firstUnprivileged ? port + offset : port;
    const address = this.#free(wish) ?? { host: loopback, port: 0 };
    this.#chosen.set(key, address);
    return address;
  }

  /** The first port from `from` upwards that no other socket of ours has; past the last port, any the system offers. */
  #free(from: number): HostPort | undefined {
    const used = new Set([...this.#fixed.values(), ...this.#chosen.values()].map(({ port }) => port));
    for (let port = from; port <= 65_535; port++) if (!used.has(port)) return { host: loopback, port };
    return undefined;
  }
}
