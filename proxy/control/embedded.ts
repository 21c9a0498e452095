import { withIgnored } from "../../lib/api/load/ignoring.ts";
import type { SourceContent } from "../../lib/api/load/load.ts";
import { locateFindings } from "../../lib/api/parse/locate.ts";
import type { BackendIR, BackendKey, EndpointIR, GatewayIR } from "../../lib/routing/ir.ts";
import type { DataPlane } from "../dataplane/data-plane.ts";
import type { FilterFailure } from "../dataplane/filters/registered-filters.ts";
import { HttpDataPlane as OneThread, type ProxyOptions } from "../dataplane/proxy.ts";
import type { BoundSocket, LocalSocket, Snapshot } from "../dataplane/routing/snapshot.ts";
import type { Compiled } from "./compile.ts";
import { backendAddress, EchoBackends } from "./echo.ts";
import { endpointAt } from "./endpoint-at.ts";
import type { AdmittedObjects } from "./last-good.ts";
import { LocalController, type LocalControllerOptions } from "./local-controller.ts";
import { redirectNotes, withLocalRedirects } from "./local-redirects.ts";
import { type HostPort, LocalSockets } from "./local-sockets.ts";
import { Newest } from "./newest.ts";
import { withOpaqueStandIns } from "./opaque-stand-ins.ts";
import { authorityNotes, StandInAuthorities } from "./stand-in-authorities.ts";
import { clearTextNotes, StandIns, standInNotes, withoutTls } from "./stand-ins.ts";
import { unboundSockets } from "./unbound-sockets.ts";

export interface EmbeddedOptions extends LocalControllerOptions {
  /** Addresses of backends, by `namespace/name:port`. They override the endpoints of the objects. Default: none. */
  readonly backends?: ReadonlyMap<string, HostPort>;
  /** Addresses to bind for Gateway ports, by `namespace/name:port`. Default: see `LocalSockets`. */
  readonly listen?: ReadonlyMap<string, HostPort>;
  /**
   * Redirects to a port of the same Gateway name the local port where it is bound, so that clients can follow them.
   * Default: they name the port of the route.
   */
  readonly localRedirects?: boolean;
  readonly proxy?: ProxyOptions;
  /** Serves in place of a proxy in this thread. `proxy` does not apply to it. */
  readonly dataPlane?: DataPlane;
  /** Called when a filter for ExtensionRef fails. Default: writes a line to standard error. */
  readonly onFilterFailure?: (failure: FilterFailure) => void;
}

/** The result of applying one state of the sources. `findings` has findings of every stage, with positions. */
export interface Applied extends AdmittedObjects, Compiled {
  /** The address where each Gateway port is bound, or why it is not bound. */
  readonly sockets: readonly BoundSocket[];
}

/** Number of ports to try for one socket before giving up. */
const mostMoves = 1000;

/** Runs controller and proxy in one process, without a cluster. */
export class EmbeddedProxy {
  readonly proxy: DataPlane;
  readonly #options: EmbeddedOptions;
  readonly #controller: LocalController;
  readonly #sockets: LocalSockets;
  readonly #standIns = new StandIns();
  readonly #authorities = new StandInAuthorities();
  readonly #echo = new EchoBackends();
  readonly #swaps = new Newest((contents: readonly SourceContent[]) => this.#swap(contents));
  #current: Applied | undefined;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.#controller = new LocalController(options);
    this.#sockets = new LocalSockets(options.listen);
    this.proxy = options.dataPlane ?? new OneThread(options.proxy);
    if (options.onFilterFailure !== undefined) this.proxy.onFilterFailure = options.onFilterFailure;
  }

  /** The state that is served. */
  get current(): Applied | undefined {
    return this.#current;
  }

  /**
   * Applies the newest state of the sources as a whole. One state is applied at a time. Of those that arrive meanwhile
   * only the newest is applied, and all callers get its result.
   */
  apply(contents: readonly SourceContent[]): Promise<Applied> {
    return this.#swaps.do(contents);
  }

  /** Serves on for `delayMs`, finishes requests in flight, then stops everything. */
  async drain(delayMs: number): Promise<void> {
    await this.#swaps.settled();
    await this.proxy.drain(delayMs);
    await this.close();
  }

  async close(): Promise<void> {
    await this.#swaps.settled();
    await this.proxy.close();
    await this.#echo.close();
  }

  async #swap(contents: readonly SourceContent[]): Promise<Applied> {
    const {
      keyPairs: declared,
      trustAnchors: anchors,
      registered,
      ...reconciled
    } = this.#controller.reconcile(contents);
    const { attachment, texts } = reconciled;
    const { gateways, notes: replaced } = withOpaqueStandIns(reconciled.gateways, attachment);
    const { endpoints, echoed } = await this.#endpoints(gateways);
    const standIns = await this.#standIns.of(gateways, declared);
    const keyPairs = new Map([...declared, ...standIns]);
    const authorities = await this.#authorities.of(gateways, anchors);
    const trustAnchors = new Map([...anchors, ...authorities]);
    const clear = withoutTls(gateways, echoed);
    const sockets = await this.#bind({ gateways: clear, endpoints, keyPairs, trustAnchors, filters: registered });
    this.#echo.retain(echoed);
    const notes = [
      ...standInNotes(attachment, standIns),
      ...authorityNotes(attachment, authorities),
      ...redirectNotes(attachment, clear, this.#served(clear, sockets)),
      ...clearTextNotes(attachment, echoed),
      ...replaced,
    ];
    const findings = [...reconciled.findings, ...notes, ...unboundSockets(sockets)];
    this.#current = {
      ...reconciled,
      gateways,
      sockets,
      findings: withIgnored(locateFindings(findings, texts), reconciled.ignores),
    };
    return this.#current;
  }

  #served(gateways: readonly GatewayIR[], sockets: readonly LocalSocket[]): readonly GatewayIR[] {
    return this.#options.localRedirects === true ? withLocalRedirects(gateways, sockets) : gateways;
  }

  /** Returns the endpoints of the backends: those of `--backend`, else the declared EndpointSlices, else an echo. */
  async #endpoints(gateways: readonly GatewayIR[]) {
    const endpoints = new Map<BackendKey, readonly EndpointIR[]>();
    const unknown = new Map<BackendKey, BackendIR>();
    for (const [key, backend] of gateways.flatMap((gateway) => Object.entries(gateway.backends))) {
      const given = this.#options.backends?.get(backendAddress(backend));
      if (given !== undefined) endpoints.set(key, [endpointAt(given)]);
      else if (backend.endpoints === undefined) unknown.set(key, backend);
    }
    for (const [key, echo] of await this.#echo.endpoints(unknown)) endpoints.set(key, echo);
    return { endpoints, echoed: new Set(unknown.keys()) };
  }

  /** Applies the snapshot. A socket whose address is taken moves to the next port until every socket is bound. */
  async #bind(unbound: Omit<Snapshot, "sockets">): Promise<readonly BoundSocket[]> {
    for (let moves = 0; ; moves++) {
      const sockets = this.#sockets.assign(unbound.gateways);
      const bound = await this.proxy.apply({
        ...unbound,
        gateways: this.#served(unbound.gateways, sockets),
        sockets,
      });
      const taken = bound.filter(({ error }) => error?.code === "EADDRINUSE" || error?.code === "EACCES");
      const moved = taken.filter(({ gateway, port }) => this.#sockets.move(gateway, port));
      if (moved.length === 0 || moves === mostMoves) return bound;
    }
  }
}
