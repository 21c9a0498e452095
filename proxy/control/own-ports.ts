import type { GatewayIR, NamespacedName } from "../../lib/routing/ir.ts";
import type { BoundSocket, LocalSocket } from "../dataplane/routing/snapshot.ts";
import { type HostPort, socketKey } from "./local-sockets.ts";

/** The wildcard address `::` includes IPv4 on systems that have both. `0.0.0.0` is for systems without IPv6. */
const allAddresses = "::";
const allOfIPv4 = "0.0.0.0";

/** Error codes of binding `::` on a system without IPv6. */
const withoutIPv6 = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL"]);

/** Binds the ports of Gateways with their declared numbers on all addresses, unless another address is set. */
export class OwnPorts {
  readonly #fixed: ReadonlyMap<string, HostPort>;
  #host = allAddresses;

  /** @param fixed addresses by `namespace/name:port`. */
  constructor(fixed: ReadonlyMap<string, HostPort> = new Map()) {
    this.#fixed = fixed;
  }

  /** Returns one socket for each port of each Gateway, in their order. */
  assign(gateways: readonly GatewayIR[]): LocalSocket[] {
    return gateways.flatMap(({ gateway, ports }) => ports.map(({ port }) => this.#socket(gateway, port)));
  }

  /** Switches to IPv4 if the system has no IPv6. Returns whether the sockets have to be bound again. */
  move(bound: readonly BoundSocket[]): boolean {
    if (this.#host === allOfIPv4) return false;
    const lacks = bound.some(({ host, error }) => host === allAddresses && withoutIPv6.has(error?.code ?? ""));
    if (lacks) this.#host = allOfIPv4;
    return lacks;
  }

  #socket(gateway: NamespacedName, port: number): LocalSocket {
    const fixed = this.#fixed.get(socketKey(gateway, port));
    return { gateway, port, host: fixed?.host ?? this.#host, localPort: fixed?.port ?? port };
  }
}
