import { withIgnored } from "../../lib/api/load/ignoring.ts";
import type { SourceContent } from "../../lib/api/load/load.ts";
import { locateFindings } from "../../lib/api/parse/locate.ts";
import type { BackendIR, BackendKey, EndpointIR, GatewayIR } from "../../lib/routing/ir.ts";
import type { DataPlane } from "../dataplane/data-plane.ts";
import type { FilterFailure } from "../dataplane/filters/registered-filters.ts";
import { Proxy as OneThread, type ProxyOptions } from "../dataplane/proxy.ts";
import type { BoundSocket, LocalSocket, Snapshot } from "../dataplane/routing/snapshot.ts";
import type { Compiled } from "./compile.ts";
import { backendAddress, EchoBackends } from "./echo.ts";
import { endpointAt } from "./endpoint-at.ts";
import type { Admitted } from "./last-good.ts";
import { LocalController, type LocalControllerOptions } from "./local-controller.ts";
import { redirectNotes, withLocalRedirects } from "./local-redirects.ts";
import { type HostPort, LocalSockets } from "./local-sockets.ts";
import { Newest } from "./newest.ts";
import { withOpaqueStandIns } from "./opaque-stand-ins.ts";
import { authorityNotes, StandInAuthorities } from "./stand-in-authorities.ts";
import { clearTextNotes, StandIns, standInNotes, withoutTls } from "./stand-ins.ts";
import { unboundSockets } from "./unbound-sockets.ts";

export interface EmbeddedOptions extends LocalControllerOptions {
  /** What runs at a backend, by `namespace/name:port`; wins over whatever the objects declare. Default: none. */
  readonly backends?: ReadonlyMap<string, HostPort>;
  /** Where to bind a Gateway's port, by `namespace/name:port`. Default: see `LocalSockets`. */
  readonly listen?: ReadonlyMap<string, HostPort>;
  /**
   * Redirects to a port of their own Gateway name the local port where it is bound, so that a client that follows them
   * arrives. Default: they name the port that the route says.
   */
  readonly localRedirects?: boolean;
  readonly proxy?: ProxyOptions;
  /** What serves, in place of a proxy in this thread, which `proxy` is then not for. */
  readonly dataPlane?: DataPlane;
  /** Told what filters for ExtensionRef fail with. Default: a line on standard error. */
  readonly onFilterFailure?: (failure: FilterFailure) => void;
}

/** What came of taking in one state of the sources. `findings` holds those of every stage, at their places. */
export interface Applied extends Admitted, Compiled {
  /** Where each Gateway port is bound, or why it is not. */
  readonly sockets: readonly BoundSocket[];
}

/** Ports tried for one socket before giving up on a machine that has none to give. */
const mostMoves = 1000;

/** Controller and proxy in one process, without a cluster. */
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

  /** What is served. */
  get current(): Applied | undefined {
    return this.#current;
  }

  /**
   * Takes in the newest state of the sources and swaps the result in, whole. One is applied at a time; of those that
   * arrive meanwhile only the newest is, and all who asked get its result.
   */
  apply(contents: readonly SourceContent[]): Promise<Applied> {
    return this.#swaps.do(contents);
  }

  /** Finishes what is in flight after serving on for `delayMs`, then stops everything. */
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

  /** `--backend`, then the EndpointSlices that the objects declare, then an echo. */
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

  /** Applies the snapshot; a socket whose address is taken moves to the next until every one has found its place. */
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
