import { HostTable } from "../../routing/index/hosts.ts";
import type { PortIndex } from "../../routing/index/model.ts";

/** Hosts that every configuration of a port treats alike. */
export interface HostArea {
  /** An exact name, `*.suffix` or `*`: what it covers, but for the hosts of more specific areas. */
  readonly hostname: string;
  /** One of them. */
  readonly sample: string;
}

/** The hosts of all requests, divided by every hostname that one of the configurations of a port names. */
export class HostAreas {
  readonly all: readonly HostArea[];
  readonly #table: HostTable<string>;

  constructor(ports: readonly (PortIndex | undefined)[]) {
    const names = new Set(["*"]);
    for (const port of ports) {
      for (const { listener, hosts } of port?.listeners ?? []) {
        names.add(listener.hostname ?? "*");
        for (const { hostname } of hosts) names.add(hostname);
      }
    }
    this.#table = new HostTable(Array.from(names, (name) => [name, name] as const));
    this.all = Array.from(names, (hostname) => ({ hostname, sample: this.#sampleOf(hostname) }));
  }

  /** The hostname of the area that a host lies in. */
  of(host: string): string {
    return this.#table.find(host) ?? "*";
  }

  /** Some label, and then others, until nothing more specific has the host. */
  #sampleOf(hostname: string): string {
    if (!hostname.startsWith("*")) return hostname;
    const suffix = hostname === "*" ? ".example" : hostname.slice(1);
    for (let i = 0; ; i++) {
      const host = `${i === 0 ? "any" : `any${i}`}${suffix}`;
      if (this.of(host) === hostname) return host;
    }
  }
}
