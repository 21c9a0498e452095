import type { Deadlines, Waiter } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";
import { type BodyPieces, type OutgoingBody, type OutgoingHead, piecesText } from "../message/message.ts";
import type { Client } from "../overload/client-shares.ts";
import { type MemoryHolder, requestBytes } from "../overload/memory-relief.ts";
import type { PlannedMirror } from "../routing/route-request.ts";
import type { MirrorStats } from "../stats/stats.ts";
import type { UpstreamChannel, UpstreamHandler } from "../upstream/handler.ts";
import type { EndpointPool } from "../upstream/pool.ts";

/** The mirrored requests under way, and their shared state. */
export class Mirrors {
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  readonly stats: MirrorStats;
  /** Copies under way. */
  readonly copies = new Set<Mirror>();

  constructor(deadlines: Deadlines, limits: Limits, stats: MirrorStats) {
    this.deadlines = deadlines;
    this.limits = limits;
    this.stats = stats;
  }

  /**
   * Begins to send a copy of a request.
   *
   * @param body the part of the body that has arrived.
   * @returns the receiver of the rest of the body; undefined if the copy is dropped or needs no more.
   */
  start({ backend, head }: PlannedMirror, body: OutgoingBody, toHead: boolean): Mirror | undefined {
    const pool = backend === undefined || backend.missing !== undefined ? undefined : backend.choose();
    if (backend === undefined || pool === undefined || this.copies.size >= this.limits.mirrors) {
      this.stats.dropped++;
      return undefined;
    }
    backend.stats.mirrored++;
    const mirror = new Mirror(this, pool, head, body, toHead);
    return body.ended ? undefined : mirror;
  }
}

/** All mirrors share the part of a single client: copies do not displace requests of clients. */
const mirrorClient: Client = { address: "mirrors" };

/** The copies of one request. */
export class Copies {
  #copies: Mirror[] = [];
  #started = false;

  begin(): void {
    this.#started = false;
  }

  /**
   * Starts the copies.
   *
   * @param body the part of the body that has arrived.
   */
  start(mirrors: Mirrors, planned: readonly PlannedMirror[], body: OutgoingBody, toHead: boolean): void {
    if (this.#started) return;
    this.#started = true;
    for (const each of planned) {
      const mirror = mirrors.start(each, body, toHead);
      if (mirror !== undefined) this.#copies.push(mirror);
    }
  }

  body(bytes: Buffer, start: number, end: number): void {
    for (const mirror of this.#copies) mirror.body(bytes, start, end);
  }

  chunks(bytes: Buffer, chunks: BodyPieces): void {
    for (const mirror of this.#copies) mirror.chunks(bytes, chunks);
  }

  end(trailers: string): void {
    for (const mirror of this.#copies) mirror.end(trailers);
  }

  /** @param ended the request is complete, so that its copies continue by themselves. */
  leave(ended: boolean): void {
    if (this.#copies.length === 0) return;
    if (!ended) for (const mirror of this.#copies) mirror.abort();
    this.#copies = [];
  }
}

/**
 * A copy of one request (`HTTPRequestMirrorFilter`). It shares only bytes with the exchange that it copies: it never
 * delays anything, its response is read and discarded, and its failure is only counted. Data that its backend does not
 * accept is buffered up to a limit; beyond it, the copy is dropped.
 */
export class Mirror implements UpstreamHandler, OutgoingBody, MemoryHolder, Waiter {
  due = 0;
  slot = -1;
  readonly client = mirrorClient;
  readonly expectsContinue = false;
  readonly #mirrors: Mirrors;
  readonly #pool: EndpointPool;
  readonly #head: OutgoingHead;
  readonly #toHead: boolean;
  readonly length: number;
  opening: string;
  ended: boolean;
  trailers: string;
  #connection: UpstreamChannel | undefined;
  #over = false;

  constructor(mirrors: Mirrors, pool: EndpointPool, head: OutgoingHead, body: OutgoingBody, toHead: boolean) {
    this.#mirrors = mirrors;
    this.#pool = pool;
    this.#head = head;
    this.#toHead = toHead;
    this.length = body.length;
    this.opening = body.opening;
    this.ended = body.ended;
    this.trailers = body.trailers;
    mirrors.copies.add(this);
    pool.active++;
    mirrors.deadlines.set(this, mirrors.limits.mirrorTimeout);
    const connection = pool.acquire(this, false);
    if (connection !== undefined) this.onConnection(connection);
  }

  get heldBytes(): number {
    return requestBytes + this.opening.length + (this.#connection?.heldBytes ?? 0);
  }

  endForMemory(): void {
    this.#drop();
  }

  /** Receives further data of the body. */
  body(bytes: Buffer, start: number, end: number): void {
    if (this.#over) return;
    this.#connection?.out.bytes(bytes, start, end);
    if (this.#connection === undefined) this.opening += bytes.toString("latin1", start, end);
    this.#flush();
  }

  chunks(bytes: Buffer, chunks: BodyPieces): void {
    if (this.#over) return;
    this.#connection?.out.chunks(bytes, chunks);
    if (this.#connection === undefined) this.opening += piecesText(bytes, chunks);
    this.#flush();
  }

  /** Completes the body. */
  end(trailers: string): void {
    if (this.#over) return;
    this.ended = true;
    this.trailers = trailers;
    this.#connection?.out.end(trailers);
    this.#flush();
  }

  /** Aborts the copy, since its body will never be complete. */
  abort(): void {
    this.#drop();
  }

  #flush(): void {
    if (this.#connection === undefined) {
      if (this.opening.length > this.#mirrors.limits.mirrorBuffer) this.#drop();
      return;
    }
    this.#connection.flush(this.ended);
    if (this.#connection.backlog > this.#mirrors.limits.mirrorBuffer) this.#drop();
  }

  onConnection(connection: UpstreamChannel): void {
    this.#connection = connection;
    connection.begin(this, this.#toHead, 0, true);
    connection.out.begin(this.#head, this);
    this.opening = "";
    connection.flush(this.ended);
  }

  onNoConnection(): void {
    this.#finish("failed");
  }

  onInterim(): void {}
  onUpgrade(): boolean {
    return false;
  }
  onHead(): void {}
  onBody(): void {}
  onChunks(): void {}
  onReadEnd(): void {}
  onDrain(): void {}
  onContended(): boolean {
    return false;
  }

  /** A backend may respond before it has read the body; its connection then closes by itself. */
  onEnd(): void {
    this.#connection = undefined;
    this.#finish("sent");
  }

  onFailure(): void {
    this.#connection = undefined;
    this.#finish("failed");
  }

  onDeadline(): void {
    this.#drop();
  }

  #drop(): void {
    if (this.#over) return;
    this.#pool.cancel(this);
    this.#connection?.destroy();
    this.#connection = undefined;
    this.#finish("dropped");
  }

  #finish(outcome: keyof MirrorStats): void {
    if (this.#over) return;
    this.#over = true;
    this.opening = "";
    this.#pool.active--;
    this.#mirrors.copies.delete(this);
    this.#mirrors.stats[outcome]++;
    this.#mirrors.deadlines.remove(this);
  }
}
