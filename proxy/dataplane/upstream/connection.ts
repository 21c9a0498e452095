import type { Socket } from "node:net";
import { announcedTimeout } from "../http1/keep-alive.ts";
import type { MessageParser } from "../http1/message-parser.ts";
import { RequestWriter } from "../http1/request-writer.ts";
import { ResponseReader, type ResponseSink } from "../http1/response-reader.ts";
import { mayHaveHiddenBody, UNTIL_CLOSE } from "../http1/rules.ts";
import type { Waiter } from "../limits/deadlines.ts";
import { CONNECTION, KEEP_ALIVE } from "../message/header-names.ts";
import type { Client } from "../overload/client-shares.ts";
import { connectError, Outlet, readBuffer } from "../sockets/sockets.ts";
import type { TunnelSide } from "../sockets/tunnel.ts";
import type { UpstreamError } from "../stats/stats.ts";
import { dialEndpoint } from "./backend-tls.ts";
import type { ConnectionKeeper } from "./connection-keeper.ts";
import type { UpstreamChannel, UpstreamHandler } from "./handler.ts";
import type { PausedChannel } from "./paused-responses.ts";

/** The use of the connection. `busy`: it carries a request. */
type Phase = "connecting" | "idle" | "busy" | "tunnel" | "closed";

/** One connection to an endpoint: it carries one request at a time, and is then kept for the next. */
export class UpstreamConnection implements UpstreamChannel, PausedChannel, ResponseSink, Waiter {
  due = 0;
  slot = -1;
  readonly out: RequestWriter;
  answered = false;
  /** True if it has served a request before. */
  reused = false;
  holder: Client | undefined;

  readonly #pool: ConnectionKeeper<UpstreamConnection>;
  readonly #socket: Socket;
  readonly #outlet: Outlet;
  readonly #reader: ResponseReader;
  #phase: Phase = "connecting";
  #handler: UpstreamHandler | undefined;
  #tunnel: TunnelSide | undefined;
  #requestEnded = false;
  #keepAlive = false;
  /** True if the endpoint has sent 100 Continue. */
  #continued = false;
  /** Milliseconds until the response begins, and between its reads. A limit for the whole response does not restart. */
  #timeout = 0;
  #idleTimeout = 0;
  #whole = false;
  #paused = false;
  #error: NodeJS.ErrnoException | undefined;

  constructor(pool: ConnectionKeeper<UpstreamConnection>) {
    this.#pool = pool;
    this.#socket = dialEndpoint(pool, (length) => this.#onRead(length));
    this.#outlet = new Outlet(this.#socket);
    this.out = new RequestWriter(this.#outlet);
    this.#reader = new ResponseReader(this, pool.limits, pool.parsers);
    this.#socket.on(pool.tls?.established ?? "connect", () => this.#onConnect());
    this.#socket.on("end", () => this.#onEnd());
    this.#socket.on("error", (error) => {
      this.#error = error;
    });
    this.#socket.on("close", () => this.#onClose());
    this.#socket.on("drain", () => this.#handler?.onDrain());
    pool.deadlines.set(this, pool.limits.connectTimeout);
  }

  get isTunnel(): boolean {
    return this.#tunnel !== undefined;
  }

  get usable(): boolean {
    return this.#phase === "idle" && this.#socket.writable && !this.#socket.readableEnded;
  }

  get blocked(): boolean {
    return this.#outlet.blocked;
  }

  get backlog(): number {
    return this.#socket.writableLength;
  }

  get heldBytes(): number {
    return this.backlog;
  }

  begin(handler: UpstreamHandler, toHead: boolean, timeout: number, whole: boolean): void {
    this.#handler = handler;
    this.#phase = "busy";
    this.#reader.begin(toHead);
    this.#requestEnded = false;
    this.answered = false;
    this.#continued = false;
    this.#timeout = timeout;
    this.#whole = whole;
    this.#pool.deadlines.set(this, timeout);
  }

  flush(ended: boolean): void {
    this.#requestEnded = ended;
    this.#outlet.flush();
    // A long upload does not count as a slow response.
    if (!this.#whole && !this.answered) this.#pool.deadlines.set(this, this.#timeout);
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
    this.#pool.paused.add(this, this.#pool.deadlines.after(0));
    // The client is slow, not the endpoint.
    if (!this.#whole) this.#pool.deadlines.clear(this);
  }

  resume(): void {
    if (!this.#paused) return;
    this.#unpause();
    if (!this.#whole) this.#pool.deadlines.set(this, this.#pool.limits.responseIdleTimeout);
  }

  #unpause(): void {
    this.#paused = false;
    this.#pool.paused.delete(this);
    this.#socket.resume();
  }

  giveWay(elapsed: number): boolean {
    return this.#handler?.onContended(elapsed) === true;
  }

  join(side: TunnelSide): void {
    this.#handler = undefined;
    this.#phase = "tunnel";
    this.#tunnel = side;
    this.#pool.deadlines.remove(this);
    this.#pool.tunnelled();
    side.open(this.#socket, this.#outlet);
  }

  destroy(): void {
    this.#handler = undefined;
    this.#socket.destroy();
    this.#leave();
  }

  onDeadline(): void {
    if (this.#phase === "idle") this.destroy();
    else this.#fail(this.#phase === "connecting" ? "connectTimeout" : "timeout", "it took too long");
  }

  #onConnect(): void {
    this.#pool.deadlines.clear(this);
    this.#phase = "idle";
    this.#pool.connected(this);
  }

  #onRead(length: number): void {
    const handler = this.#handler;
    if (this.#tunnel !== undefined) {
      this.#tunnel.read(readBuffer, 0, length);
      return;
    }
    if (handler === undefined) {
      // There was no request: the bytes are a 408 of a server that closes, or worse.
      this.destroy();
      return;
    }
    this.answered = true;
    if (!this.#whole) this.#pool.deadlines.set(this, this.#pool.limits.responseIdleTimeout);
    let at = 0;
    while (at < length && this.#handler === handler) at = this.#reader.read(handler, readBuffer, at, length);
    if (this.#handler === handler) handler.onReadEnd();
    else if (at < length) this.#behindUpgrade(at, length);
  }

  /** Handles bytes after a response. After an upgrade they are the new protocol's; else they belong to no response. */
  #behindUpgrade(start: number, end: number): void {
    this.#tunnel?.read(readBuffer, start, end);
  }

  // The reader calls the following methods.

  onInterim(parser: MessageParser): void {
    const handler = this.#handler as UpstreamHandler;
    if (parser.status === 101) {
      this.#pool.health.responded(101);
      if (handler.onUpgrade(parser)) this.#reader.stop();
      else this.#fail("invalid", "it switches protocols unasked");
    } else {
      if (parser.status === 100) this.#continued = true;
      handler.onInterim(parser);
    }
  }

  onHead(parser: MessageParser, length: number): void {
    const handler = this.#handler as UpstreamHandler;
    this.#pool.health.responded(parser.status);
    this.#keepAlive =
      parser.minor === 1 &&
      length !== UNTIL_CLOSE &&
      !parser.head.hasToken(CONNECTION, "close") &&
      !mayHaveHiddenBody(parser.head, parser.status) &&
      // A server that did not ask for the body may read it as the next request.
      (!handler.expectsContinue || this.#continued);
    this.#idleTimeout = parser.head.has(KEEP_ALIVE)
      ? announcedTimeout(parser.head.first(KEEP_ALIVE), this.#pool.limits.upstreamIdleTimeout)
      : this.#pool.limits.upstreamIdleTimeout;
    handler.onHead(parser, length);
  }

  onResponseEnd(trailers: string, last: boolean): void {
    const handler = this.#handler as UpstreamHandler;
    this.#handler = undefined;
    if (this.#keepAlive && this.#requestEnded && last && this.#idleTimeout > 0 && this.#socket.writable) this.#keep();
    else this.destroy();
    handler.onEnd(trailers);
  }

  onInvalid(detail: string): void {
    this.#fail("invalid", detail);
  }

  #keep(): void {
    this.#phase = "idle";
    this.reused = true;
    if (this.#paused) this.#unpause();
    this.#pool.deadlines.set(this, this.#idleTimeout);
    this.#pool.release(this);
  }

  /** Handles that the endpoint has closed its side. */
  #onEnd(): void {
    if (this.#phase === "tunnel") return;
    if (this.#reader.phase === "until-close" && this.#handler !== undefined) this.onResponseEnd("", true);
    else if (this.#handler !== undefined) this.#fail("reset", "the backend closed the connection");
    else this.destroy();
  }

  #onClose(): void {
    const connecting = this.#phase === "connecting";
    const detail = this.#error?.code ?? this.#error?.message ?? "the backend closed the connection";
    this.#fail(connecting ? connectError(this.#socket) : "reset", detail);
  }

  #fail(error: UpstreamError, detail: string): void {
    const handler = this.#handler;
    const connecting = this.#phase === "connecting";
    const blamed = handler !== undefined && this.#isToBlame(error);
    this.destroy();
    if (connecting) this.#pool.failed(error, this.#error?.code);
    else if (blamed) this.#pool.health.failed();
    handler?.onFailure(error, detail);
  }

  /**
   * Returns whether the endpoint is to blame. Any server may close a kept connection just as a request comes, and no
   * server can respond to an incomplete request.
   */
  #isToBlame(error: UpstreamError): boolean {
    if (this.#reader.phase !== "head") return false;
    if (error === "reset") return this.answered || !this.reused;
    return error !== "timeout" || this.#requestEnded;
  }

  #leave(): void {
    if (this.#phase === "closed") return;
    const connecting = this.#phase === "connecting";
    this.#phase = "closed";
    this.#reader.stop();
    if (this.#paused) this.#pool.paused.delete(this);
    this.#pool.deadlines.remove(this);
    this.#pool.closed(this, connecting);
  }
}
