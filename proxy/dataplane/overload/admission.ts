import type { Limits } from "../limits/limits.ts";
import { type LocalResponse, localResponses } from "../message/local-response.ts";
import type { OverloadReason, Stats } from "../stats/stats.ts";
import { ClientAddresses } from "./client-addresses.ts";
import { type Client, ClientShares, isCrowded } from "./client-shares.ts";
import type { Load } from "./load.ts";

/** Who has one request at a time under way. */
export interface Admitted {
  readonly client: Client;
  /** Set by `Admission` only: the request is under way, and it counts in its client's share. */
  admitted: boolean;
  inShare: boolean;
}

/** However short memory is, so many requests may be under way: what is short need not be their fault. */
const fewRequests = 32;

/** What an overloaded proxy answers, by what it has not enough of. */
const refusals: Readonly<Record<OverloadReason, LocalResponse>> = {
  connections: localResponses.tooManyConnections,
  address: localResponses.tooManyOfAddress,
  requests: localResponses.tooManyRequests,
  memory: localResponses.shortOfMemory,
  processor: localResponses.shortOfProcessor,
};

/**
 * What is let in, before anything is done for it: connections, and requests whatever protocol they come by. What is
 * refused is told to come back; all of it ends by itself once there is less to do.
 */
export class Admission {
  /** Requests under way. */
  requests = 0;
  readonly #mostRequests: number;
  readonly #mostConnections: number;
  readonly #stats: Stats;
  readonly #load: Load;
  readonly #addresses: ClientAddresses;
  readonly #shares: ClientShares;
  readonly #closeIdle: () => boolean;
  #turn = 0;

  /** @param closeIdle closes one connection of a client that is idle; false if there is none. */
  constructor(limits: Limits, stats: Stats, load: Load, closeIdle: () => boolean) {
    this.#mostRequests = limits.requests === 0 ? Number.POSITIVE_INFINITY : limits.requests;
    this.#mostConnections = limits.connections === 0 ? Number.POSITIVE_INFINITY : limits.connections;
    this.#stats = stats;
    this.#load = load;
    this.#addresses = new ClientAddresses(limits.addressConnections);
    this.#shares = new ClientShares(limits);
    this.#closeIdle = closeIdle;
  }

  /** Connections are not kept for further requests. */
  get sheds(): boolean {
    return this.#load.shortOfMemory;
  }

  /** Lets a request in, which `left` ends; or what to answer it. */
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

  /** A request is over, or does not count any more. It does not matter how often that is said. */
  left(request: Admitted): void {
    if (!request.admitted) return;
    request.admitted = false;
    this.requests--;
    if (!request.inShare) return;
    request.inShare = false;
    this.#shares.leave(request.client);
  }

  /**
   * Lets a connection in, which `closed` ends; or what to answer it.
   *
   * @param network its client's, as in `networkOf`; undefined if that is not known yet, and `identify` will tell it.
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

  /** Counts a connection that was let in for its client, or what to answer it. `closed` follows in any case. */
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

  /** @param network undefined if the connection never was counted for anybody. */
  closed(network: string | undefined): void {
    this.#stats.connections.active--;
    if (network !== undefined) this.#addresses.leave(network);
  }

  /** A connection could not be accepted, mostly for want of file descriptors: idle ones make room for the next. */
  acceptFailed(): void {
    this.#stats.connections.failed++;
    for (let closed = 0; closed < 64 && this.#shed(); closed++);
  }

  /** Closes an idle connection for the sake of a new one. */
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
