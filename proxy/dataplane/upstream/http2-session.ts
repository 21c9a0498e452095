import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { connect as connectSocket, type Socket } from "node:net";
import type { Waiter } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";
import { connectError, keepAlive } from "../sockets/sockets.ts";
import type { UpstreamError } from "../stats/stats.ts";
import type { Endpoint } from "./backend-tls.ts";
import { SessionPulse } from "./http2-session-pulse.ts";
import { type StreamSession, type StreamShared, UpstreamStream } from "./http2-stream.ts";

/** The owner of the sessions with one endpoint. */
export interface SessionKeeper extends StreamShared, Endpoint {
  /** Handles that a session is ready for requests. */
  connected(session: UpstreamSession): void;
  /** Handles that a session has new room for a request. */
  release(session: UpstreamSession): void;
  /** Handles that a session ended before the response to a request; called once for each session. */
  lost(session: UpstreamSession): void;
  /** Handles a session that could not be established, after `closed`. `code` is the system's. */
  failed(error: UpstreamError, code: string | undefined): void;
  closed(session: UpstreamSession, connecting: boolean): void;
  /** Handles the end of a request. */
  left(stream: UpstreamStream): void;
}

/** One HTTP/2 connection to an endpoint, over TLS or with prior knowledge (h2c): many requests at one time. */
export class UpstreamSession implements StreamSession, Waiter {
  due = 0;
  slot = -1;
  /** Number of requests under way. */
  streams = 0;
  /** True if it has served a request. */
  reused = false;
  readonly pool: SessionKeeper;
  readonly pulse: SessionPulse;
  readonly #socket: Socket;
  readonly #session: ClientHttp2Session;
  #state: "connecting" | "open" | "closing" | "closed" = "connecting";
  /** Most requests that the endpoint takes at one time. */
  most: number;
  /** Number of further streams until their identifiers are used up. */
  #left = streamNumbers;
  /** Identifier of the last stream that the endpoint processes, by its GOAWAY. */
  #lastStream = Number.POSITIVE_INFINITY;
  #lost = false;
  #late = false;
  #error: NodeJS.ErrnoException | undefined;

  constructor(pool: SessionKeeper) {
    const { limits, deadlines, tls } = pool;
    this.pool = pool;
    this.most = limits.endpointStreams;
    const socket = dial(pool);
    this.#socket = socket;
    const authority = tls === undefined ? "http://endpoint" : "https://endpoint";
    const session = connect(authority, { createConnection: () => socket, ...optionsOf(limits) });
    this.#session = session;
    this.pulse = new SessionPulse(session, socket, deadlines);
    session.on("connect", () => session.setLocalWindowSize(connectionWindow));
    // A server begins with its settings: a peer that sends others does not speak HTTP/2 (RFC 9113 section 3.4).
    session.on("remoteSettings", ({ maxConcurrentStreams }) => this.#onSettings(maxConcurrentStreams));
    session.on("goaway", (_code, last) => this.#onGoaway(last ?? 0));
    session.on("error", (error) => {
      this.#error ??= error;
    });
    session.on("close", () => this.#onClose());
    deadlines.set(this, limits.connectTimeout);
  }

  /** Returns how many more requests may begin now. */
  get room(): number {
    if (this.#state !== "open" || this.#session.closed || this.#session.destroyed) return 0;
    return Math.max(0, Math.min(this.most - this.streams, this.#left));
  }

  get hasRoom(): boolean {
    return this.room > 0;
  }

  /** Returns whether it is ready and no request needs it. */
  get isIdle(): boolean {
    return this.#state === "open" && this.streams === 0;
  }

  /** Takes room for one request. */
  stream(): UpstreamStream {
    const stream = new UpstreamStream(this, this.reused);
    this.reused = true;
    this.#left--;
    if (this.streams++ === 0) this.pool.deadlines.set(this, this.pulse.begin(this.pool.limits));
    return stream;
  }

  request(head: readonly string[], endStream: boolean, waitForTrailers: boolean): ClientHttp2Stream {
    const fields = this.pool.tls === undefined ? head : head.with(schemePlace, "https");
    return this.#session.request(fields, { endStream, waitForTrailers });
  }

  /** Returns whether a request was not processed: its stream is after the last of a GOAWAY (RFC 9113 section 6.8). */
  wasIgnored(stream: ClientHttp2Stream): boolean {
    return stream.id === undefined || stream.id > this.#lastStream;
  }

  /** Handles a request that ended without a response. Returns whether the session had ended. */
  unanswered(): boolean {
    if (!this.#session.destroyed) return false;
    if (!this.#lost) this.pool.lost(this);
    this.#lost = true;
    return true;
  }

  leave(stream: UpstreamStream): void {
    this.streams--;
    this.pool.left(stream);
    if (this.#state === "closed") return;
    const { deadlines, limits } = this.pool;
    if (this.#state === "closing" || this.#left === 0) {
      if (this.streams === 0) this.close();
      return;
    }
    if (this.streams === 0) deadlines.set(this, limits.upstreamIdleTimeout);
    if (this.#state === "open") this.pool.release(this);
  }

  #onSettings(maxConcurrentStreams: number | undefined): void {
    this.most = Math.min(this.pool.limits.endpointStreams, maxConcurrentStreams ?? Number.POSITIVE_INFINITY);
    if (this.#state === "connecting") {
      this.#state = "open";
      this.pool.deadlines.set(this, this.pool.limits.upstreamIdleTimeout);
      this.pool.connected(this);
    } else if (this.hasRoom) this.pool.release(this);
  }

  /** Handles a GOAWAY. Requests under way go on as far as the endpoint allows; Node.js then closes the session. */
  #onGoaway(last: number): void {
    this.#lastStream = last;
    if (this.#state === "open") this.#state = "closing";
  }

  /** Closes the session, which has no request under way. */
  close(): void {
    if (this.#state === "open") this.#state = "closing";
    this.#session.close();
    this.pool.deadlines.set(this, this.pool.limits.lingerTimeout);
  }

  destroy(): void {
    this.#session.destroy();
    this.#socket.destroy();
  }

  onDeadline(): void {
    if (this.streams > 0 && this.#state !== "connecting") {
      const wait = this.pulse.feel(this.pool.limits);
      if (wait === undefined) this.destroy();
      else this.pool.deadlines.set(this, wait);
    } else if (this.#state === "open") this.close();
    else {
      this.#late = true;
      this.destroy();
    }
  }

  #onClose(): void {
    if (this.#state === "closed") return;
    const connecting = this.#state === "connecting";
    this.#state = "closed";
    this.pool.deadlines.remove(this);
    this.pool.closed(this, connecting);
    if (connecting) this.pool.failed(this.#late ? "connectTimeout" : connectError(this.#socket), this.#error?.code);
  }
}

/** Index of the value of `:scheme` in `requestFields`, which is that of clear text. */
const schemePlace = 3;

function dial({ address: host, port, tls }: SessionKeeper): Socket {
  if (tls === undefined) return connectSocket({ host, port, noDelay: true, ...keepAlive });
  const socket = tls.dial(host, port, "h2");
  // A server that has not agreed to HTTP/2 must not get it (RFC 9113 section 3.2).
  socket.once(tls.established, () => {
    if (socket.alpnProtocol !== "h2") socket.destroy(new Error("the endpoint does not speak HTTP/2"));
  });
  return socket;
}

function optionsOf(limits: Limits) {
  return {
    settings: { enablePush: false, maxHeaderListSize: 2 * limits.headBytes },
    maxHeaderListPairs: 2 * limits.headFields,
    maxSendHeaderBlockLength: 2 * limits.headBytes,
    // Waiting bytes are bounded for each request; a session must not fail because of their sum.
    maxSessionMemory: Math.ceil((limits.endpointStreams * (limits.mirrorBuffer + streamMemory)) / megabyte) + 1,
    // Repeated fields of a client are forwarded unchanged.
    strictSingleValueFields: false,
  };
}

/** Number of streams of a client: they have odd 31-bit identifiers (RFC 9113 section 5.1.1). */
const streamNumbers = 2 ** 30;

/** Most waiting bytes of a request, without mirrors: a read or two beyond the one that blocks it, and its fields. */
const streamMemory = 512 * 1024;
const megabyte = 1_000_000;

/** Most response bytes in transit on one connection. The windows of streams, 64 KiB each, bound the memory. */
const connectionWindow = 1024 * 1024;
