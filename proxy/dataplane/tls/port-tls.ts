import { HostTable } from "../../../lib/routing/index/hosts.ts";
import type { PortIR } from "../../../lib/routing/ir.ts";
import { type ListenerTls, listenerTls, type TlsMaterial } from "./listener-tls.ts";

/** The listeners of one port by the server name that a client asks for. Immutable. */
export class PortTls {
  readonly #listeners: HostTable<ListenerTls | "not here">;
  readonly #byIdentity = new Map<string, ListenerTls>();

  /** @param before the same port in the previous snapshot; unchanged parts are kept. */
  constructor(port: PortIR, material: TlsMaterial, before?: PortTls) {
    const kept: ReadonlyMap<string, ListenerTls> = before === undefined ? new Map() : before.#byIdentity;
    const byHostname = new Map<string, ListenerTls | "not here">();
    for (const listener of port.listeners) {
      const hostname = listener.hostname ?? "*";
      if (byHostname.has(hostname)) continue;
      // Names of a listener of another protocol do not belong to a wildcard listener that covers them.
      const isHttps = (listener.protocol ?? port.protocol) === "HTTPS";
      const tls = isHttps ? listenerTls(listener, material, kept) : undefined;
      if (tls !== undefined) this.#byIdentity.set(tls.identity, tls);
      byHostname.set(hostname, tls ?? "not here");
    }
    this.#listeners = new HostTable(byHostname);
  }

  /**
   * @param serverName lower case; empty when the client sends none, which only a listener without hostname serves.
   * @returns undefined if no listener covers the name.
   */
  listener(serverName: string): ListenerTls | "not here" | undefined {
    return this.#listeners.find(serverName);
  }
}
