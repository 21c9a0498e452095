import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { connect as connectSocket, type Socket } from "node:net";
import type { Waiter } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";
import { connectError, keepAlive } from "../sockets/sockets.ts";
import type { UpstreamError } from "../stats/stats.ts";
import type { Endpoint } from "./backend-tls.ts";
import { SessionPulse } from "./http2-session-pulse.ts";
import { type StreamSession, type StreamShared, UpstreamStream } from "./http2-stream.ts";

/** Who keeps the sessions with one endpoint. */
export interface SessionKeeper extends StreamShared, Endpoint {
  /** The session is ready for requests. */
  connected(session: UpstreamSession): void;
  /** There is room for a request that was not there before. */
  release(session: UpstreamSession): void;
  /** A session has ended under a request that has no answer; called once for each. */
  lost(session: UpstreamSession): void;
  /** A session could not be established; `closed` came first. `code` is the system's. */
  failed(error: UpstreamError, code: string | undefined): void;
  closed(session: UpstreamSession, connecting: boolean): void;
  /** A request is over. */
  left(stream: UpstreamStream): void;
}

/** One HTTP/2 connection to an endpoint, over TLS or with prior knowledge (h2c): many requests at one time. */
export class UpstreamSession implements StreamSession, Waiter {
  due = 0;
  slot = -1;
  /** Requests under way. */
  streams = 0;
  /** It has served a request. */
  reused = false;
  readonly pool: SessionKeeper;
  readonly pulse: SessionPulse;
  readonly #socket: Socket;
  readonly #session: ClientHttp2Session;
  #state: "connecting" | "open" | "closing" | "closed" = "connecting";
  /** How many requests the endpoint takes at one time. */
  most: number;
  /** How many there may be until the numbers of streams are used up. */
  #left = streamNumbers;
  /** The last request that the endpoint says it looks at. */
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
    // Its settings are what a server begins with: who sends others is none of HTTP/2 (RFC 9113 section 3.4).
    session.on("remoteSettings", ({ maxConcurrentStreams }) => this.#onSettings(maxConcurrentStreams));
    session.on("goaway", (_code, last) => this.#onGoaway(last ?? 0));
    session.on("error", (error) => {
      this.#error ??= error;
    });
    session.on("close", () => this.#onClose());
    deadlines.set(this, limits.connectTimeout);
  }

  /** How many more requests may begin now. */
  get room(): number {
    if (this.#state !== "open" || this.#session.closed || this.#session.destroyed) return 0;
    return Math.max(0, Math.min(this.most - this.streams, this.#left));
  }

  get hasRoom(): boolean {
    return this.room > 0;
  }

  /** It is ready, and no request needs it. */
  get isIdle(): boolean {
    return this.#state === "open" && this.streams === 0;
  }

  /** Room for one request. */
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

  /** RFC 9113 section 6.8: behind the last stream that a GOAWAY names, nothing was looked at. */
  wasIgnored(stream: ClientHttp2Stream): boolean {
    return stream.id === undefined || stream.id > this.#lastStream;
  }

  /** A request without an answer has ended, perhaps with its session. */
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

  /** Requests under way go on as far as the endpoint lets them; Node.js closes the session behind them. */
  #onGoaway(last: number): void {
    this.#lastStream = last;
    if (this.#state === "open") this.#state = "closing";
  }

  /** Ends the session, which has no request under way. */
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

/** Where `requestFields` has the value of `:scheme`, which is that of clear text. */
const schemePlace = 3;

function dial({ address: host, port, tls }: SessionKeeper): Socket {
  if (tls === undefined) return connectSocket({ host, port, noDelay: true, ...keepAlive });
  const socket = tls.dial(host, port, "h2");
  // Who has not agreed to HTTP/2 is not spoken to in it (RFC 9113 section 3.2).
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
    // What requests may have waiting is bounded for each of them; a session must not fail for the sum of it.
    maxSessionMemory: Math.ceil((limits.endpointStreams * (limits.mirrorBuffer + streamMemory)) / megabyte) + 1,
    // Fields that a client repeats are forwarded as they came.
    strictSingleValueFields: false,
  };
}

/** RFC 9113 section 5.1.1: a client's streams have odd numbers of 31 bits. */
const streamNumbers = 2 ** 30;

/** What a request may have waiting to be sent, mirrors apart: a read or two beyond what blocks it, and its fields. */
const streamMemory = 512 * 1024;
const megabyte = 1_000_000;

/**
 * Bytes of responses that may be on their way on one connection. What holds memory are the windows of streams, 64 KiB
 * each.
 */
const connectionWindow = 1024 * 1024;
