import type { Deadlines, Waiter } from "./deadlines.ts";
import { chunkText, lastChunk } from "./http1/chunk-text.ts";
import type { MessageParser } from "./http1/message-parser.ts";
import type { Limits } from "./limits.ts";
import type { PlannedMirror } from "./routing/route-request.ts";
import type { MirrorStats } from "./stats.ts";
import type { Backend } from "./upstream/backend.ts";
import type { UpstreamChannel, UpstreamHandler } from "./upstream/handler.ts";
import type { EndpointPool } from "./upstream/pool.ts";

/** Mirrored requests under way, and what they share. */
export class Mirrors {
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  readonly stats: MirrorStats;
  active = 0;

  constructor(deadlines: Deadlines, limits: Limits, stats: MirrorStats) {
    this.deadlines = deadlines;
    this.limits = limits;
    this.stats = stats;
  }

  /**
   * Begins to send a copy of a request.
   *
   * @param text the head, and what is there of the body.
   * @param ended the body is complete.
   * @returns what takes the rest of the body; undefined if the copy is dropped or needs no more.
   */
  start(backend: Backend | undefined, text: string, toHead: boolean, ended: boolean): Mirror | undefined {
    const pool = backend === undefined || backend.unsupported !== undefined ? undefined : backend.choose();
    if (backend === undefined || pool === undefined || this.active >= this.limits.mirrors) {
      this.stats.dropped++;
      return undefined;
    }
    backend.stats.mirrored++;
    const mirror = new Mirror(this, pool, text, toHead, ended);
    return ended ? undefined : mirror;
  }
}

/** The copies of one request. */
export class Copies {
  #copies: Mirror[] = [];
  #started = false;

  begin(): void {
    this.#started = false;
  }

  /** @param body what is there of it. */
  start(mirrors: Mirrors, planned: readonly PlannedMirror[], body: string, toHead: boolean, ended: boolean): void {
    if (this.#started) return;
    this.#started = true;
    for (const { backend, text } of planned) {
      const mirror = mirrors.start(backend, text + body, toHead, ended);
      if (mirror !== undefined) this.#copies.push(mirror);
    }
  }

  body(bytes: Buffer, start: number, end: number): void {
    for (const mirror of this.#copies) mirror.body(bytes, start, end);
  }

  chunks(bytes: Buffer, parser: MessageParser): void {
    for (const mirror of this.#copies) mirror.chunks(bytes, parser);
  }

  end(chunked: boolean, trailers: string): void {
    for (const mirror of this.#copies) mirror.end(chunked, trailers);
  }

  /** @param ended the request was complete, so that its copies go on by themselves. */
  leave(ended: boolean): void {
    if (this.#copies.length === 0) return;
    if (!ended) for (const mirror of this.#copies) mirror.abort();
    this.#copies = [];
  }
}

/**
 * A copy of one request on its way (`HTTPRequestMirrorFilter`). It has nothing in common with the exchange it copies
 * but the bytes: it never makes anyone wait, its response is read and thrown away, its failure is a number. What its
 * backend does not take is kept up to a bound; beyond, the copy is given up.
 */
export class Mirror implements UpstreamHandler, Waiter {
  due = 0;
  slot = -1;
  readonly #mirrors: Mirrors;
  readonly #pool: EndpointPool;
  readonly #toHead: boolean;
  #pending: string;
  #ended: boolean;
  #connection: UpstreamChannel | undefined;
  #over = false;

  constructor(mirrors: Mirrors, pool: EndpointPool, text: string, toHead: boolean, ended: boolean) {
    this.#mirrors = mirrors;
    this.#pool = pool;
    this.#toHead = toHead;
    this.#pending = text;
    this.#ended = ended;
    mirrors.active++;
    pool.active++;
    mirrors.deadlines.set(this, mirrors.limits.mirrorTimeout);
    const connection = pool.acquire(this, false);
    if (connection !== undefined) this.onConnection(connection);
  }

  /** More of a body of known length. */
  body(bytes: Buffer, start: number, end: number): void {
    if (this.#over) return;
    this.#connection?.out.bytes(bytes, start, end);
    if (this.#connection === undefined) this.#pending += bytes.toString("latin1", start, end);
    this.#flush();
  }

  /** More of a chunked body. */
  chunks(bytes: Buffer, parser: MessageParser): void {
    if (this.#over) return;
    this.#connection?.out.chunk(bytes, parser.pieces, parser.pieceCount, parser.pieceBytes);
    if (this.#connection === undefined) this.#pending += chunkText(bytes, parser);
    this.#flush();
  }

  /** The body is complete. */
  end(chunked: boolean, trailers: string): void {
    if (this.#over) return;
    this.#ended = true;
    const text = chunked ? lastChunk(trailers) : "";
    if (this.#connection === undefined) this.#pending += text;
    else this.#connection.out.text(text);
    this.#flush();
  }

  /** The body will never be complete. */
  abort(): void {
    this.#drop();
  }

  #flush(): void {
    if (this.#connection === undefined) {
      if (this.#pending.length > this.#mirrors.limits.mirrorBuffer) this.#drop();
      return;
    }
    this.#connection.flush(this.#ended);
    if (this.#connection.backlog > this.#mirrors.limits.mirrorBuffer) this.#drop();
  }

  onConnection(connection: UpstreamChannel): void {
    this.#connection = connection;
    connection.begin(this, this.#toHead, 0, true);
    connection.out.text(this.#pending);
    this.#pending = "";
    connection.flush(this.#ended);
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

  /** A backend may answer before it has read the body; the connection is then closed by itself. */
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
    this.#pending = "";
    this.#pool.active--;
    this.#mirrors.active--;
    this.#mirrors.stats[outcome]++;
    this.#mirrors.deadlines.remove(this);
  }
}
