import type { BackendKey, EndpointIR, GatewayIR } from "../../lib/routing/ir.ts";
import type { DataPlane } from "../dataplane/data-plane.ts";
import type { BoundSocket } from "../dataplane/routing/snapshot.ts";
import type { Configuration } from "./configuration-source.ts";
import { backendAddress } from "./echo.ts";
import { endpointAt } from "./endpoint-at.ts";
import type { HostPort } from "./local-sockets.ts";
import { Newest } from "./newest.ts";
import { OwnPorts } from "./own-ports.ts";

/** How long until ports that could not be bound are tried again: this, doubled each time. Milliseconds. */
const firstRetry = 1_000;
const longestRetry = 30_000;

export interface ProxyProcessOptions {
  readonly dataPlane: DataPlane;
  /** What runs at a backend, by `namespace/name:port`; wins over whatever the configuration says. Default: nothing. */
  readonly backends?: ReadonlyMap<string, HostPort>;
  /** Where to bind a Gateway's port, by `namespace/name:port`. Default: the port itself, on all addresses. */
  readonly listen?: ReadonlyMap<string, HostPort>;
  /** Told what became of the ports, whenever a configuration is in force, and when they are tried again. */
  readonly onSockets?: (sockets: readonly BoundSocket[]) => void;
}

/** What is in force. */
export interface Enforced extends Configuration {
  /** Where each Gateway port is bound, or why it is not. */
  readonly sockets: readonly BoundSocket[];
}

/** A proxy as it runs in production: enforces what a configuration source hands over, and knows whether it is ready. */
export class ProxyProcess {
  readonly #options: ProxyProcessOptions;
  readonly #ports: OwnPorts;
  readonly #takes = new Newest((configuration: Configuration) => this.#take(configuration));
  #newest: Configuration | undefined;
  #current: Enforced | undefined;
  #wasBound = false;
  #ending = false;
  #retry: NodeJS.Timeout | undefined;
  #retries = 0;

  constructor(options: ProxyProcessOptions) {
    this.#options = options;
    this.#ports = new OwnPorts(options.listen);
  }

  get current(): Enforced | undefined {
    return this.#current;
  }

  /**
   * Whether clients should come: from when a configuration is in force with all its ports bound, until the process drains.
   * A port of a later configuration that cannot be bound is reported, and takes nothing from the others.
   */
  get ready(): boolean {
    return this.#wasBound && !this.#ending;
  }

  /** `TakeIn` of configuration sources. */
  takeIn(configuration: Configuration): Promise<readonly BoundSocket[]> {
    this.#newest = configuration;
    this.#retries = 0;
    return this.#takes.do(configuration);
  }

  /** Serves on for `delayMs`, no longer ready, then finishes what is in flight. */
  async drain(delayMs: number): Promise<void> {
    this.#end();
    await this.#takes.settled();
    await this.#options.dataPlane.drain(delayMs);
  }

  async close(): Promise<void> {
    this.#end();
    await this.#takes.settled();
    await this.#options.dataPlane.close();
  }

  #end(): void {
    this.#ending = true;
    clearTimeout(this.#retry);
  }

  async #take(configuration: Configuration): Promise<readonly BoundSocket[]> {
    clearTimeout(this.#retry);
    const { gateways } = configuration;
    const endpoints = this.#endpoints(gateways);
    const apply = () =>
      this.#options.dataPlane.apply({ ...configuration, endpoints, sockets: this.#ports.assign(gateways) });
    let sockets = await apply();
    if (this.#ports.move(sockets)) sockets = await apply();
    this.#current = { ...configuration, sockets };
    // Without a code of the system it is not a matter of time.
    const isWaiting = sockets.some(({ error }) => error?.code !== undefined);
    if (!isWaiting) this.#wasBound = true;
    else if (!this.#ending) this.#tryAgain();
    this.#options.onSockets?.(sockets);
    return sockets;
  }

  /** Whoever has the port may go, such as the process that this one follows. */
  #tryAgain(): void {
    const wait = Math.min(longestRetry, firstRetry * 2 ** this.#retries++);
    this.#retry = setTimeout(() => {
      if (this.#newest !== undefined) this.#takes.do(this.#newest).catch(() => undefined);
    }, wait);
  }

  /** `--backend`; everything else is in the configuration. */
  #endpoints(gateways: readonly GatewayIR[]): ReadonlyMap<BackendKey, readonly EndpointIR[]> {
    const endpoints = new Map<BackendKey, readonly EndpointIR[]>();
    for (const [key, backend] of gateways.flatMap((gateway) => Object.entries(gateway.backends))) {
      const given = this.#options.backends?.get(backendAddress(backend));
      if (given !== undefined) endpoints.set(key, [endpointAt(given)]);
    }
    return endpoints;
  }
}
