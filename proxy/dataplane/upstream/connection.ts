import type { Socket } from "node:net";
import { announcedTimeout } from "../http1/keep-alive.ts";
import { OK, PAUSED } from "../http1/llhttp.ts";
import type { MessageParser } from "../http1/message-parser.ts";
import { RequestWriter } from "../http1/request-writer.ts";
import {
  CHUNKED,
  checkPending,
  checkResponse,
  isTooMuchFraming,
  mayHaveHiddenBody,
  responseLength,
  UNTIL_CLOSE,
} from "../http1/rules.ts";
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

/** The meaning of the next bytes. */
type Phase = "connecting" | "idle" | "head" | "length" | "chunked" | "until-close" | "tunnel" | "closed";

/** One connection to an endpoint: it carries one request at a time, and is then kept for the next. */
export class UpstreamConnection implements UpstreamChannel, PausedChannel, Waiter {
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
  #phase: Phase = "connecting";
  #handler: UpstreamHandler | undefined;
  #tunnel: TunnelSide | undefined;
  #parser: MessageParser | undefined;
  #toHead = false;
  #requestEnded = false;
  #keepAlive = false;
  #remaining = 0;
  #interim = 0;
  /** True if the endpoint has sent 100 Continue. */
  #continued = false;
  #framing = 0;
  #data = 0;
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
    this.#phase = "head";
    this.#toHead = toHead;
    this.#requestEnded = false;
    this.answered = false;
    this.#interim = 0;
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
    while (at < length && this.#handler === handler) at = this.#read(handler, readBuffer, at, length);
    if (this.#handler === handler) handler.onReadEnd();
    else if (at < length) this.#behindUpgrade(at, length);
  }

  /** Handles bytes after a response. After an upgrade they are the new protocol's; else they belong to no response. */
  #behindUpgrade(start: number, end: number): void {
    this.#tunnel?.read(readBuffer, start, end);
  }

  /** Handles the next part of a read, and returns where it ends. */
  #read(handler: UpstreamHandler, bytes: Buffer, start: number, end: number): number {
    switch (this.#phase) {
      case "head":
        return this.#readHead(handler, bytes, start, end);
      case "chunked":
        return this.#readChunks(handler, bytes, start, end);
      case "length": {
        const stop = Math.min(end, start + this.#remaining);
        this.#remaining -= stop - start;
        handler.onBody(bytes, start, stop);
        if (this.#remaining === 0 && this.#handler === handler) this.#complete(handler, "", stop === end);
        return stop;
      }
      default:
        handler.onBody(bytes, start, end);
        return end;
    }
  }

  #readHead(handler: UpstreamHandler, bytes: Buffer, start: number, end: number): number {
    this.#parser ??= this.#pool.parsers.take();
    const parser = this.#parser;
    const result = parser.parseHead(bytes, start, end);
    if (result === OK) {
      if (checkPending(parser.head, parser.pending, this.#pool.limits) !== undefined)
        this.#fail("invalid", "the response's header section is too large");
      return end;
    }
    const wrong = result === PAUSED ? checkResponse(parser, this.#pool.limits) : `malformed: ${parser.reason}`;
    if (wrong !== undefined) {
      this.#fail("invalid", wrong);
      return end;
    }
    const stop = parser.consumed;
    if (parser.status < 200) this.#onInterim(handler, parser);
    else this.#onHead(handler, parser, stop === end);
    return stop;
  }

  /** Handles a 1xx response: any number may come first (RFC 9110 section 15.2). A 101 ends HTTP on its connection. */
  #onInterim(handler: UpstreamHandler, parser: MessageParser): void {
    if (parser.status === 101) {
      this.#pool.health.responded(101);
      if (handler.onUpgrade(parser)) this.#releaseParser();
      else this.#fail("invalid", "it switches protocols unasked");
    } else if (++this.#interim > this.#pool.limits.interimResponses)
      this.#fail("invalid", "too many interim responses");
    else {
      if (parser.status === 100) this.#continued = true;
      handler.onInterim(parser);
      parser.begin();
    }
  }

  #onHead(handler: UpstreamHandler, parser: MessageParser, last: boolean): void {
    this.#pool.health.responded(parser.status);
    const length = responseLength(parser.head, parser.status, this.#toHead);
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
    if (this.#handler !== handler) return;
    if (length === CHUNKED) {
      this.#phase = "chunked";
      this.#framing = 0;
      this.#data = 0;
      return;
    }
    this.#releaseParser();
    if (length === 0) this.#complete(handler, "", last);
    else {
      this.#remaining = length;
      this.#phase = length === UNTIL_CLOSE ? "until-close" : "length";
    }
  }

  #readChunks(handler: UpstreamHandler, bytes: Buffer, start: number, end: number): number {
    const parser = this.#parser as MessageParser;
    const result = parser.parseBody(bytes, start, end);
    if (result !== OK && result !== PAUSED) {
      this.#fail("invalid", `malformed: ${parser.reason}`);
      return end;
    }
    if (parser.trailerExcess !== undefined) {
      this.#fail("invalid", "its trailer section is too large");
      return end;
    }
    const stop = parser.consumed;
    this.#data += parser.pieceBytes;
    this.#framing += stop - start - parser.pieceBytes;
    if (isTooMuchFraming(this.#framing, this.#data, this.#pool.limits)) {
      this.#fail("invalid", "too many bytes that carry no data");
      return end;
    }
    handler.onChunks(bytes, parser);
    if (result === PAUSED && this.#handler === handler) {
      const { trailers } = parser;
      this.#releaseParser();
      this.#complete(handler, trailers, stop === end);
    }
    return stop;
  }

  /** @param last whether nothing follows the response; following bytes belong to no request. */
  #complete(handler: UpstreamHandler, trailers: string, last: boolean): void {
    this.#handler = undefined;
    if (this.#keepAlive && this.#requestEnded && last && this.#idleTimeout > 0 && this.#socket.writable) this.#keep();
    else this.destroy();
    handler.onEnd(trailers);
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
    if (this.#phase === "until-close" && this.#handler !== undefined) this.#complete(this.#handler, "", true);
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
    if (this.#phase !== "head") return false;
    if (error === "reset") return this.answered || !this.reused;
    return error !== "timeout" || this.#requestEnded;
  }

  #leave(): void {
    if (this.#phase === "closed") return;
    const connecting = this.#phase === "connecting";
    this.#phase = "closed";
    this.#releaseParser();
    if (this.#paused) this.#pool.paused.delete(this);
    this.#pool.deadlines.remove(this);
    this.#pool.closed(this, connecting);
  }

  #releaseParser(): void {
    if (this.#parser === undefined) return;
    this.#pool.parsers.release(this.#parser);
    this.#parser = undefined;
  }
}
