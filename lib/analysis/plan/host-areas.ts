import { HostTable } from "../../routing/index/hosts.ts";
import type { PortIndex } from "../../routing/index/model.ts";

/** A set of hosts that every configuration of a port treats alike. */
export interface HostArea {
  /** An exact name, `*.suffix` or `*`, without the hosts of more specific areas. */
  readonly hostname: string;
  /** A host in the area. */
  readonly sample: string;
}

/** The division of all hosts by the hostnames that the configurations of a port name. */
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

  /** Returns the hostname of the area that contains a host. */
  of(host: string): string {
    return this.#table.find(host) ?? "*";
  }

  /** Tries labels in front of the suffix until no more specific area contains the host. */
  #sampleOf(hostname: string): string {
    if (!hostname.startsWith("*")) return hostname;
    const suffix = hostname === "*" ? ".example" : hostname.slice(1);
    for (let i = 0; ; i++) {
      const host = `${i === 0 ? "any" : `any${i}`}${suffix}`;
      if (this.of(host) === hostname) return host;
    }
  }
}
