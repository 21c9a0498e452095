import type { GatewayIR, NamespacedName } from "../../lib/routing/ir.ts";
import type { BoundSocket, LocalSocket } from "../dataplane/routing/snapshot.ts";
import { type HostPort, socketKey } from "./local-sockets.ts";

/** All addresses: of IPv6, and on systems that have both, of IPv4 as well; where there is no IPv6, of IPv4 alone. */
const allAddresses = "::";
const allOfIPv4 = "0.0.0.0";

/** What binding `::` fails with where the system has no IPv6. */
const withoutIPv6 = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL"]);

/** Binds the ports of Gateways as they are declared, on all addresses, unless they are assigned another address. */
export class OwnPorts {
  readonly #fixed: ReadonlyMap<string, HostPort>;
  #host = allAddresses;

  /** @param fixed addresses by `namespace/name:port`. */
  constructor(fixed: ReadonlyMap<string, HostPort> = new Map()) {
    this.#fixed = fixed;
  }

  /** One socket for each port of each Gateway, in their order. */
  assign(gateways: readonly GatewayIR[]): LocalSocket[] {
    return gateways.flatMap(({ gateway, ports }) => ports.map(({ port }) => this.#socket(gateway, port)));
  }

  /** Whether other addresses are to be tried, since the system does not have these. */
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
