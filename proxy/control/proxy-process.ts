import type { BackendKey, EndpointIR, GatewayIR } from "../../lib/routing/ir.ts";
import type { DataPlane } from "../dataplane/data-plane.ts";
import type { BoundSocket } from "../dataplane/routing/snapshot.ts";
import type { Configuration } from "./configuration-source.ts";
import { backendAddress } from "./echo.ts";
import { endpointAt } from "./endpoint-at.ts";
import type { HostPort } from "./local-sockets.ts";
import { Newest } from "./newest.ts";
import { OwnPorts } from "./own-ports.ts";

/** Milliseconds between attempts to bind ports again; doubled each time. */
const firstRetry = 1_000;
const longestRetry = 30_000;

export interface ProxyProcessOptions {
  readonly dataPlane: DataPlane;
  /** Addresses of backends, by `namespace/name:port`. They override endpoints of the configuration. Default: none. */
  readonly backends?: ReadonlyMap<string, HostPort>;
  /** Addresses to bind for Gateway ports, by `namespace/name:port`. Default: the port itself, on all addresses. */
  readonly listen?: ReadonlyMap<string, HostPort>;
  /** Called with the state of the ports whenever a configuration is in force, and after each retry to bind them. */
  readonly onSockets?: (sockets: readonly BoundSocket[]) => void;
}

/** The configuration in force. */
export interface Enforced extends Configuration {
  /** The address where each Gateway port is bound, or why it is not bound. */
  readonly sockets: readonly BoundSocket[];
}

/** A proxy as it runs in production: enforces the configurations of a source, and reports whether it is ready. */
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
   * The proxy is ready for clients: from when a configuration is in force with all its ports bound until the process
   * drains. A port of a later configuration that cannot be bound is reported; the others serve on.
   */
  get ready(): boolean {
    return this.#wasBound && !this.#ending;
  }

  /** The `TakeIn` of configuration sources. */
  takeIn(configuration: Configuration): Promise<readonly BoundSocket[]> {
    this.#newest = configuration;
    this.#retries = 0;
    return this.#takes.do(configuration);
  }

  /** Serves on for `delayMs` without being ready, then finishes requests in flight. */
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
    // An error without a system error code does not go away with time.
    const isWaiting = sockets.some(({ error }) => error?.code !== undefined);
    if (!isWaiting) this.#wasBound = true;
    else if (!this.#ending) this.#tryAgain();
    this.#options.onSockets?.(sockets);
    return sockets;
  }

  /** Schedules another attempt: the process that has the port may end, such as the predecessor of this one. */
  #tryAgain(): void {
    const wait = Math.min(longestRetry, firstRetry * 2 ** this.#retries++);
    this.#retry = setTimeout(() => {
      if (this.#newest !== undefined) this.#takes.do(this.#newest).catch(() => undefined);
    }, wait);
  }

  /** Returns the endpoints that `--backend` sets; all others are in the configuration. */
  #endpoints(gateways: readonly GatewayIR[]): ReadonlyMap<BackendKey, readonly EndpointIR[]> {
    const endpoints = new Map<BackendKey, readonly EndpointIR[]>();
    for (const [key, backend] of gateways.flatMap((gateway) => Object.entries(gateway.backends))) {
      const given = this.#options.backends?.get(backendAddress(backend));
      if (given !== undefined) endpoints.set(key, [endpointAt(given)]);
    }
    return endpoints;
  }
}
