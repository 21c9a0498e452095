import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import { connect as connectSocket, type Socket } from "node:net";
import type { Waiter } from "../deadlines.ts";
import { keepAlive } from "../sockets.ts";
import type { UpstreamError } from "../stats.ts";
import { type StreamSession, type StreamShared, UpstreamStream } from "./upstream-stream.ts";

/** Who keeps the sessions with one endpoint. */
export interface SessionKeeper extends StreamShared {
  readonly address: string;
  readonly port: number;
  /** The session is ready for requests. */
  connected(session: UpstreamSession): void;
  /** A request is over. */
  release(session: UpstreamSession): void;
  /** A session could not be established; `closed` came first. `code` is the system's. */
  failed(error: UpstreamError, code: string | undefined): void;
  closed(session: UpstreamSession, connecting: boolean): void;
}

/** One HTTP/2 connection to an endpoint (h2c with prior knowledge): many requests at one time. */
export class UpstreamSession implements StreamSession, Waiter {
  due = 0;
  slot = -1;
  /** Requests under way. */
  streams = 0;
  /** It has served a request. */
  reused = false;
  readonly pool: SessionKeeper;
  readonly #socket: Socket;
  readonly #session: ClientHttp2Session;
  #state: "connecting" | "open" | "closing" | "closed" = "connecting";
  #most: number;
  #late = false;
  #error: NodeJS.ErrnoException | undefined;

  constructor(pool: SessionKeeper) {
    const { limits, deadlines } = pool;
    this.pool = pool;
    this.#most = limits.endpointStreams;
    const socket = connectSocket({ host: pool.address, port: pool.port, noDelay: true, ...keepAlive });
    this.#socket = socket;
    this.#session = connect("http://endpoint", {
      createConnection: () => socket,
      settings: { enablePush: false, maxHeaderListSize: 2 * limits.headBytes },
      maxHeaderListPairs: 2 * limits.headFields,
      maxSendHeaderBlockLength: 2 * limits.headBytes,
      // Fields that a client repeats are forwarded as they came.
      ...{ strictSingleValueFields: false },
    });
    // Its settings are what a server begins with: who sends others is none of HTTP/2 (RFC 9113 section 3.4).
    this.#session.on("remoteSettings", (settings) => {
      this.#most = Math.min(limits.endpointStreams, settings.maxConcurrentStreams ?? limits.endpointStreams);
      if (this.#state === "connecting") this.#onReady();
    });
    this.#session.on("goaway", () => this.#onGoaway());
    this.#session.on("error", (error) => {
      this.#error ??= error;
    });
    this.#session.on("close", () => this.#onClose());
    deadlines.set(this, limits.connectTimeout);
  }

  get hasRoom(): boolean {
    return this.#state === "open" && this.streams < this.#most && !this.#session.closed && !this.#session.destroyed;
  }

  /** Room for one request. */
  stream(): UpstreamStream {
    const stream = new UpstreamStream(this, this.reused);
    this.streams++;
    this.reused = true;
    this.pool.deadlines.clear(this);
    return stream;
  }

  request(head: readonly string[], endStream: boolean, waitForTrailers: boolean): ClientHttp2Stream {
    return this.#session.request(head, { endStream, waitForTrailers });
  }

  leave(): void {
    this.streams--;
    if (this.#state !== "open") return;
    if (this.streams === 0) this.pool.deadlines.set(this, this.pool.limits.upstreamIdleTimeout);
    this.pool.release(this);
  }

  #onReady(): void {
    this.#state = "open";
    this.pool.deadlines.set(this, this.pool.limits.upstreamIdleTimeout);
    this.pool.connected(this);
  }

  /** Requests under way go on as far as the endpoint lets them; Node.js closes the session behind them. */
  #onGoaway(): void {
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
    if (this.#state === "open" && this.streams === 0) this.close();
    else if (this.#state === "connecting" || this.streams === 0) {
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
    if (connecting) this.pool.failed(this.#late ? "connectTimeout" : "connect", this.#error?.code);
  }
}
