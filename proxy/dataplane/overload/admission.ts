import type { Limits } from "../limits/limits.ts";
import { type LocalResponse, localResponses } from "../message/local-response.ts";
import type { OverloadReason, Stats } from "../stats/stats.ts";
import { ClientAddresses } from "./client-addresses.ts";
import { type Client, ClientShares, isCrowded } from "./client-shares.ts";
import type { Load } from "./load.ts";

/** An object that has at most one request under way. */
export interface Admitted {
  readonly client: Client;
  /** Set by `Admission` only: the request is under way and counts in its client's share. */
  admitted: boolean;
  inShare: boolean;
}

/** Requests that are admitted even when memory is short, since so few need not be the cause. */
const fewRequests = 32;

/** Responses of an overloaded proxy, by the reason. */
const refusals: Readonly<Record<OverloadReason, LocalResponse>> = {
  connections: localResponses.tooManyConnections,
  address: localResponses.tooManyOfAddress,
  requests: localResponses.tooManyRequests,
  memory: localResponses.shortOfMemory,
  processor: localResponses.shortOfProcessor,
};

/**
 * Decides which connections, and which requests of any protocol, are admitted, before any work is done for them.
 * Refused clients are told to retry. Refusing stops by itself once there is less to do.
 */
export class Admission {
  /** Number of requests under way. */
  requests = 0;
  readonly #mostRequests: number;
  readonly #mostConnections: number;
  readonly #stats: Stats;
  readonly #load: Load;
  readonly #addresses: ClientAddresses;
  readonly #shares: ClientShares;
  readonly #closeIdle: () => boolean;
  #turn = 0;

  /** @param closeIdle closes one idle client connection; returns false if there is none. */
  constructor(limits: Limits, stats: Stats, load: Load, closeIdle: () => boolean) {
    this.#mostRequests = limits.requests === 0 ? Number.POSITIVE_INFINITY : limits.requests;
    this.#mostConnections = limits.connections === 0 ? Number.POSITIVE_INFINITY : limits.connections;
    this.#stats = stats;
    this.#load = load;
    this.#addresses = new ClientAddresses(limits.addressConnections);
    this.#shares = new ClientShares(limits);
    this.#closeIdle = closeIdle;
  }

  /** Returns whether connections are closed instead of kept for further requests. */
  get sheds(): boolean {
    return this.#load.shortOfMemory;
  }

  /** Admits a request until `left`, or returns the response that refuses it. */
  admit(request: Admitted): LocalResponse | undefined {
    const load = this.#load;
    const crowded = isCrowded(this.requests, this.#mostRequests);
    if (crowded && !this.#hasRoomFor(request)) return this.#refuse("requests");
    if (load.shortOfMemory && this.requests >= fewRequests) return this.#refuse("memory");
    if (load.refusedTenths > 0 && ++this.#turn % 10 < load.refusedTenths) return this.#refuse("processor");
    this.requests++;
    request.admitted = true;
    if (crowded) this.#count(request);
    return undefined;
  }

  #hasRoomFor({ client }: Admitted): boolean {
    const free = this.#mostRequests - this.requests;
    return free > 0 && this.#shares.admits(client, free);
  }

  #count(request: Admitted): void {
    request.inShare = true;
    this.#shares.enter(request.client);
  }

  /** Stops counting a request. Calling it again has no effect. */
  left(request: Admitted): void {
    if (!request.admitted) return;
    request.admitted = false;
    this.requests--;
    if (!request.inShare) return;
    request.inShare = false;
    this.#shares.leave(request.client);
  }

  /**
   * Admits a connection until `closed`, or returns the response that refuses it.
   *
   * @param network the client's network, see `networkOf`; undefined if it is not known yet: call `identify` later.
   */
  accept(network: string | undefined): LocalResponse | undefined {
    const { connections } = this.#stats;
    const reason = this.#reasonAgainst(network);
    if (reason !== undefined) {
      connections.refused++;
      return this.#refuse(reason);
    }
    connections.accepted++;
    connections.active++;
    this.#load.watch();
    return undefined;
  }

  /** Counts an admitted connection for its client, or returns a refusal. `closed` follows in any case. */
  identify(network: string): LocalResponse | undefined {
    if (this.#addresses.enter(network)) return undefined;
    this.#stats.connections.refused++;
    return this.#refuse("address");
  }

  #reasonAgainst(network: string | undefined): OverloadReason | undefined {
    if (this.#stats.connections.active >= this.#mostConnections && !this.#shed()) return "connections";
    if (this.#load.shortOfMemory && this.requests >= fewRequests) return "memory";
    return network === undefined || this.#addresses.enter(network) ? undefined : "address";
  }

  /** @param network undefined if the connection was never counted for a client. */
  closed(network: string | undefined): void {
    this.#stats.connections.active--;
    if (network !== undefined) this.#addresses.leave(network);
  }

  /** Closes an idle connection after a failed accept, mostly for lack of file descriptors. */
  acceptFailed(): void {
    this.#stats.connections.failed++;
    for (let closed = 0; closed < 64 && this.#shed(); closed++);
  }

  /** Closes an idle connection to make room for a new one. */
  #shed(): boolean {
    const closed = this.#closeIdle();
    if (closed) this.#stats.connections.shed++;
    return closed;
  }

  #refuse(reason: OverloadReason): LocalResponse {
    this.#stats.overload[reason]++;
    return refusals[reason];
  }
}
