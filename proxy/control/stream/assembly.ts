import { compareHostnames } from "../../../lib/routing/attach/hostnames.ts";
import type { BackendIR, EndpointIR, GatewayIR, HostIR, RuleIR } from "../../../lib/routing/ir.ts";
import type { KeyPair } from "../../dataplane/tls/key-pairs.ts";
import type { Update } from "./messages.ts";
import { type EnforcedResources, type GatewayPart, listenerName } from "./resources.ts";

/** The parts of a configuration that a proxy has received, and the configuration that they form. */
export class Assembly {
  readonly #parts = new Map<string, { readonly hash: string; readonly value: unknown }>();

  /** Hashes of the received parts by name. A proxy that reconnects sends them, to receive only what it lacks. */
  get hashes(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#parts].map(([name, { hash }]) => [name, hash]));
  }

  /**
   * Takes over the parts of an update.
   *
   * @throws Error that names a part which is not JSON; nothing of the update is then taken over.
   */
  take({ changed, removed }: Pick<Update, "changed" | "removed">): void {
    const parsed = changed.map(({ name, hash, body }) => [name, { hash, value: parse(name, body) }] as const);
    for (const [name, part] of parsed) this.#parts.set(name, part);
    for (const name of removed) this.#parts.delete(name);
  }

  /**
   * Assembles the configuration from its parts, equal to the one that was divided into them.
   *
   * @throws Error that names a missing part; the configuration in force then stays.
   */
  configuration(): EnforcedResources {
    const gateway = this.#parts.get("gateway")?.value as GatewayPart | undefined;
    if (gateway === undefined) throw new Error("the part `gateway` is missing");
    const rules = Object.fromEntries(this.#under<RuleIR>("rule/"));
    const hosts = this.#hosts(rules);
    const ports = gateway.ports.map((port) => ({
      ...port,
      listeners: port.listeners.map((listener) => ({
        ...listener,
        hosts: (hosts.get(listenerName(port, listener)) ?? []).sort(mostSpecificFirst),
      })),
    }));
    const { version, gateway: name } = gateway;
    return {
      ir: { version, gateway: name, ports, rules, backends: this.#backends() },
      keyPairs: new Map(this.#under<KeyPair>("keys/")),
      trustAnchors: new Map(this.#under<string>("anchors/")),
    };
  }

  #hosts(rules: GatewayIR["rules"]): ReadonlyMap<string, HostIR[]> {
    const byListener = new Map<string, HostIR[]>();
    for (const [name, host] of this.#under<HostIR>("host/")) {
      for (const hash of host.rules)
        if (rules[hash] === undefined) throw new Error(`the part \`rule/${hash}\` is missing`);
      const { hostname, routeHostname = hostname } = host;
      const listener = name.slice(0, -`/${hostname}/${routeHostname}`.length);
      const own = byListener.get(listener);
      if (own === undefined) byListener.set(listener, [host]);
      else own.push(host);
    }
    return byListener;
  }

  #backends(): GatewayIR["backends"] {
    const backends = this.#under<BackendIR>("backend/").map(([key, backend]): [string, BackendIR] => {
      const endpoints = this.#parts.get(`endpoints/${key}`)?.value as readonly EndpointIR[] | undefined;
      return [key, endpoints === undefined ? backend : { ...backend, endpoints }];
    });
    return Object.fromEntries(backends);
  }

  /** Returns the parts with the prefix, keyed by the rest of the name, in code unit order as in the IR's tables. */
  #under<T>(prefix: string): readonly (readonly [string, T])[] {
    const found: [string, T][] = [];
    for (const [name, { value }] of this.#parts) {
      if (name.startsWith(prefix)) found.push([name.slice(prefix.length), value as T]);
    }
    return found.sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** Compares hosts in the order of a listener's hosts in the IR. */
function mostSpecificFirst(a: HostIR, b: HostIR): number {
  return (
    compareHostnames(a.hostname, b.hostname) ||
    compareHostnames(a.routeHostname ?? a.hostname, b.routeHostname ?? b.hostname)
  );
}

function parse(name: string, body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw new Error(`the part \`${name}\` is no JSON`, { cause: error });
  }
}
