import type { GatewayIR, NamespacedName } from "../../lib/routing/ir.ts";
import type { LocalSocket } from "../dataplane/routing/snapshot.ts";

/** A local address. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** Returns `namespace/name:port`. */
export function socketKey(gateway: NamespacedName, port: number): string {
  return `${gateway.namespace}/${gateway.name}:${port}`;
}

/** Ports below this one need privileges on most systems. */
const firstUnprivileged = 1024;
const offset = 8000;
const loopback = "127.0.0.1";

/**
 * Chooses local addresses for the ports of Gateways, on 127.0.0.1. A port below 1024 becomes port + 8000, another one
 * stays; if it is taken, the next free port is used. A choice stays as long as its Gateway port is declared. An address
 * that `--listen` sets never changes.
 */
export class LocalSockets {
  readonly #fixed: ReadonlyMap<string, HostPort>;
  readonly #chosen = new Map<string, HostPort>();

  /** @param fixed addresses by `namespace/name:port`. */
  constructor(fixed: ReadonlyMap<string, HostPort> = new Map()) {
    this.#fixed = fixed;
  }

  /** Returns one socket for each port of each Gateway, in their order. */
  assign(gateways: readonly GatewayIR[]): LocalSocket[] {
    const wanted = gateways.flatMap(({ gateway, ports }) => ports.map(({ port }) => ({ gateway, port })));
    const keys = new Set(wanted.map(({ gateway, port }) => socketKey(gateway, port)));
    for (const key of this.#chosen.keys()) if (!keys.has(key)) this.#chosen.delete(key);
    return wanted.map(({ gateway, port }) => {
      const { host, port: localPort } = this.#address(socketKey(gateway, port), port);
      return { gateway, port, host, localPort };
    });
  }

  /** Moves a socket whose address is taken to the next port; returns false if its address is fixed or none is left. */
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

  /** Returns the first port from `from` upwards that no other socket of ours uses; undefined past the last port. */
  #free(from: number): HostPort | undefined {
    const used = new Set([...this.#fixed.values(), ...this.#chosen.values()].map(({ port }) => port));
    for (let port = from; port <= 65_535; port++) if (!used.has(port)) return { host: loopback, port };
    return undefined;
  }
}
