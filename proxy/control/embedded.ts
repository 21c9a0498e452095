import type { Channel } from "../../lib/api/index.ts";
import type { SourceContent } from "../../lib/api/load.ts";
import { locateFindings } from "../../lib/api/parse/locate.ts";
import type { AttachOptions } from "../../lib/routing/attach/attachment.ts";
import { findings as attachmentFindings } from "../../lib/routing/attach/findings.ts";
import type { BackendIR, BackendKey, EndpointIR, GatewayIR } from "../../lib/routing/ir.ts";
import type { FilterFailure } from "../dataplane/filters/registered-filters.ts";
import { Proxy as DataPlane, type ProxyOptions } from "../dataplane/proxy.ts";
import type { BoundSocket, Snapshot } from "../dataplane/snapshot.ts";
import { type Compiled, compile } from "./compile.ts";
import { backendAddress, EchoBackends } from "./echo.ts";
import { Certificates } from "./key-pairs.ts";
import { type Admitted, LastGood } from "./last-good.ts";
import { type HostPort, LocalSockets } from "./local-sockets.ts";
import { registeredFilters } from "./registered-filters.ts";
import { StandIns, standInNotes } from "./stand-ins.ts";
import { unboundSockets } from "./unbound-sockets.ts";

/** What this proxy can do: listeners of other protocols are UnsupportedProtocol, backends that want TLS are refused. */
const abilities = {
  protocols: ["HTTP", "HTTPS"],
  backendTLS: false,
  undeclaredTrustAnchors: "missing",
  undeclaredExtensions: "missing",
} as const satisfies Partial<AttachOptions>;

export interface EmbeddedOptions {
  readonly channel: Channel;
  readonly attach: Pick<AttachOptions, "undeclared" | "controllerNames">;
  /** What runs at a backend, by `namespace/name:port`; wins over whatever the objects declare. Default: none. */
  readonly backends?: ReadonlyMap<string, HostPort>;
  /** Where to bind a Gateway's port, by `namespace/name:port`. Default: see `LocalSockets`. */
  readonly listen?: ReadonlyMap<string, HostPort>;
  readonly proxy?: ProxyOptions;
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
  readonly #lastGood: LastGood;
  readonly #sockets: LocalSockets;
  readonly #certificates = new Certificates();
  readonly #standIns = new StandIns();
  readonly #echo = new EchoBackends();
  #current: Applied | undefined;
  #newest: readonly SourceContent[] = [];
  #waiting: Promise<Applied> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: EmbeddedOptions) {
    this.#options = options;
    this.#lastGood = new LastGood(options.channel);
    this.#sockets = new LocalSockets(options.listen);
    this.proxy = new DataPlane(options.proxy);
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
    this.#newest = contents;
    this.#waiting ??= this.#turn.then(() => {
      this.#waiting = undefined;
      return this.#swap(this.#newest);
    });
    const applied = this.#waiting;
    this.#turn = applied.catch(() => undefined);
    return applied;
  }

  /** Finishes what is in flight after serving on for `delayMs`, then stops everything. */
  async drain(delayMs: number): Promise<void> {
    await this.#turn;
    await this.proxy.drain(delayMs);
    await this.close();
  }

  async close(): Promise<void> {
    await this.#turn;
    await this.proxy.close();
    await this.#echo.close();
  }

  async #swap(contents: readonly SourceContent[]): Promise<Applied> {
    const admitted = this.#lastGood.admit(contents);
    const standing = this.#certificates.admit(admitted.objects);
    const compiled = compile(admitted, { ...abilities, ...this.#options.attach, standing });
    const { endpoints, echoed } = await this.#endpoints(compiled.gateways);
    const declared = this.#certificates.keyPairs(compiled.gateways);
    const standIns = await this.#standIns.of(compiled.gateways, declared);
    const sockets = await this.#bind({
      gateways: compiled.gateways,
      endpoints,
      filters: registeredFilters(admitted),
      keyPairs: new Map([...declared, ...standIns]),
      trustAnchors: this.#certificates.trustAnchors(compiled.gateways),
    });
    this.#echo.retain(echoed);
    const findings = [
      ...admitted.findings,
      ...attachmentFindings(compiled.attachment),
      ...standInNotes(compiled.attachment, standIns),
      ...unboundSockets(sockets),
    ];
    this.#current = { ...admitted, ...compiled, sockets, findings: locateFindings(findings, admitted.texts) };
    return this.#current;
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
  async #bind(unbound: Omit<Snapshot, "sockets">) {
    for (let moves = 0; ; moves++) {
      const bound = await this.proxy.apply({ ...unbound, sockets: this.#sockets.assign(unbound.gateways) });
      const taken = bound.filter(({ error }) => error?.code === "EADDRINUSE" || error?.code === "EACCES");
      const moved = taken.filter(({ gateway, port }) => this.#sockets.move(gateway, port));
      if (moved.length === 0 || moves === mostMoves) return bound;
    }
  }
}

function endpointAt({ host, port }: HostPort): EndpointIR {
  return { address: host, port, ready: true, serving: true, terminating: false };
}
