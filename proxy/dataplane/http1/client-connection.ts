import type { Socket } from "node:net";
import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import type { Answer } from "../answers.ts";
import type { Waiter } from "../deadlines.ts";
import type { Downstream } from "../downstream.ts";
import { Exchange } from "../exchange.ts";
import { type Peer, peerOf } from "../forwarded.ts";
import type { PortRouting } from "../routing/gateway.ts";
import type { Shared } from "../shared.ts";
import { adopt, Outlet, readBuffer } from "../sockets.ts";
import { lastChunk } from "./chunk-text.ts";
import { CONNECTION, EXPECT } from "./header-names.ts";
import { OK, PAUSED } from "./llhttp.ts";
import type { MessageParser } from "./message-parser.ts";
import { answerText, type ResponseFrame, responseText } from "./response-text.ts";
import {
  bodyRefusal,
  CHUNKED,
  checkPending,
  checkRequest,
  headRefusal,
  isTooMuchFraming,
  type Refusal,
  refusals,
  requestLength,
} from "./rules.ts";

/** What a connection waits for: a request, the rest of its body, its response, the client's end; or nothing any more. */
type Phase = "head" | "length" | "chunked" | "response" | "lingering" | "closed";

/** A set of connections that is told when one has ended. */
export interface ConnectionOwner {
  /** Responses are to be the last on their connections. */
  readonly draining: boolean;
  closed(connection: ClientConnection): void;
}

const noModifiers: readonly HeaderModifierIR[] = [];

/** A client's connection: requests one after another, each with its exchange, answered in order. */
export class ClientConnection implements Downstream, Waiter {
  due = 0;
  slot = -1;
  readonly peer: Peer;
  isHttp11 = true;

  readonly #owner: ConnectionOwner;
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #socket: Socket;
  readonly #out: Outlet;
  readonly #exchange: Exchange;
  #phase: Phase = "head";
  #parser: MessageParser | undefined;
  #remaining = 0;
  #framing = 0;
  #data = 0;
  /** The request's body is read to its end for nobody. */
  #discarding = false;
  /** The client has asked for 100-continue and may never send the body. */
  #expecting = false;
  #responseEnded = false;
  /** The client lets the connection go on after this response. */
  #keepAlive = true;
  /** This response is the last one. */
  #closing = false;
  #halfClosed = false;
  /** The body goes to the client chunked. */
  #chunkedOut = false;
  /** A read is being dealt with: what ends meanwhile is continued there. */
  #reading = false;
  /** Bytes behind the request that is being answered. */
  #ahead: Buffer | undefined;
  #bodyPaused = false;
  #paused = false;

  constructor(accepted: Socket, port: PortRouting, owner: ConnectionOwner, shared: Shared) {
    this.#owner = owner;
    this.#port = port;
    this.#shared = shared;
    this.#socket = adopt(accepted, (length) => this.#read(readBuffer, 0, length));
    this.#out = new Outlet(this.#socket);
    this.peer = peerOf(this.#socket.remoteAddress, "http", port.number);
    this.#exchange = new Exchange(this, port, shared);
    this.#socket.on("drain", () => this.#onDrain());
    this.#socket.on("end", () => this.#onEnd());
    // What went wrong shows in "close", which always follows.
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.#onClose());
    shared.deadlines.set(this, shared.limits.idleTimeout);
  }

  // Reading

  #read(bytes: Buffer, start: number, end: number): void {
    this.#reading = true;
    let at = start;
    while (at < end) {
      switch (this.#phase) {
        case "head":
          at = this.#readHead(bytes, at, end);
          break;
        case "length":
          at = this.#readLength(bytes, at, end);
          break;
        case "chunked":
          at = this.#readChunks(bytes, at, end);
          break;
        case "response":
          this.#exchange.requestReadEnd();
          // The exchange may have been answered at once.
          if (this.#phase === "response") at = this.#keepAhead(bytes, at, end);
          break;
        default:
          at = end;
      }
    }
    this.#exchange.requestReadEnd();
    this.#reading = false;
    this.#out.flush();
  }

  #readHead(bytes: Buffer, start: number, end: number): number {
    const { limits, deadlines, parsers } = this.#shared;
    const begun = this.#parser !== undefined;
    const parser = (this.#parser ??= parsers.take());
    const result = parser.parseHead(bytes, start, end);
    if (result === OK) {
      const refusal = checkPending(parser.head, parser.pending, limits);
      if (refusal !== undefined) this.#refuse(refusal);
      else if (!begun) deadlines.set(this, limits.headTimeout);
      return end;
    }
    const refusal = result === PAUSED ? checkRequest(parser, limits) : headRefusal(parser, result);
    if (refusal !== undefined) {
      this.#refuse(refusal);
      return end;
    }
    const stop = parser.consumed;
    this.#begin(parser);
    return stop;
  }

  #begin(parser: MessageParser): void {
    const { head } = parser;
    const length = requestLength(head);
    this.isHttp11 = parser.minor === 1;
    // RFC 9112 section 9.3.
    if (this.isHttp11) this.#keepAlive = !head.hasToken(CONNECTION, "close");
    else this.#keepAlive = head.hasToken(CONNECTION, "keep-alive") && !head.hasToken(CONNECTION, "close");
    this.#expecting = this.isHttp11 && length !== 0 && head.has(EXPECT);
    this.#responseEnded = false;
    this.#discarding = false;
    this.#remaining = length;
    if (length === 0) {
      this.#phase = "response";
      this.#shared.deadlines.clear(this);
    } else {
      this.#phase = length === CHUNKED ? "chunked" : "length";
      this.#framing = 0;
      this.#data = 0;
      this.#shared.deadlines.set(this, this.#shared.limits.bodyIdleTimeout);
    }
    this.#exchange.begin(parser, length);
    if (length !== CHUNKED) this.#releaseParser();
    if (length === 0) this.#exchange.requestEnd("");
  }

  #readLength(bytes: Buffer, start: number, end: number): number {
    const stop = Math.min(end, start + this.#remaining);
    this.#remaining -= stop - start;
    this.#expecting = false;
    this.#exchange.requestBody(bytes, start, stop);
    if (this.#remaining === 0) this.#endRequest("");
    else this.#shared.deadlines.set(this, this.#shared.limits.bodyIdleTimeout);
    return stop;
  }

  #readChunks(bytes: Buffer, start: number, end: number): number {
    const { limits, deadlines } = this.#shared;
    const parser = this.#parser as MessageParser;
    const result = parser.parseBody(bytes, start, end);
    if (result !== OK && result !== PAUSED) return this.#failBody(bodyRefusal(parser), end);
    const stop = parser.consumed;
    this.#expecting = false;
    this.#data += parser.pieceBytes;
    this.#framing += stop - start - parser.pieceBytes;
    if (isTooMuchFraming(this.#framing, this.#data, limits)) return this.#failBody(refusals.framing, end);
    this.#exchange.requestChunks(bytes, parser);
    if (result === PAUSED) {
      const { trailers } = parser;
      this.#releaseParser();
      this.#endRequest(trailers);
    } else deadlines.set(this, limits.bodyIdleTimeout);
    return stop;
  }

  #endRequest(trailers: string): void {
    this.#phase = "response";
    this.#shared.deadlines.clear(this);
    if (this.#discarding) this.#next();
    else this.#exchange.requestEnd(trailers);
  }

  /** Requests that come before the one at hand is answered wait, and no more are read. */
  #keepAhead(bytes: Buffer, start: number, end: number): number {
    const more = Buffer.from(bytes.subarray(start, end));
    this.#ahead = this.#ahead === undefined ? more : Buffer.concat([this.#ahead, more]);
    this.#updatePause();
    return end;
  }

  // The response, told by the exchange

  get blocked(): boolean {
    return this.#out.blocked;
  }

  interim(parser: MessageParser): void {
    this.#out.text(
      responseText(parser.head, parser.status, { chunked: false, connection: "", modifiers: noModifiers }),
    );
    this.#out.flush();
  }

  head(parser: MessageParser, length: number, modifiers: readonly HeaderModifierIR[]): void {
    const framed = length >= 0;
    this.#chunkedOut = !framed && this.isHttp11;
    this.#closing = this.#mustClose || !(framed || this.isHttp11);
    this.#out.text(responseText(parser.head, parser.status, this.#frame(modifiers)));
  }

  body(bytes: Buffer, start: number, end: number): void {
    if (!this.#chunkedOut) {
      this.#out.bytes(bytes, start, end);
      return;
    }
    onePiece[0] = start;
    onePiece[1] = end;
    this.#out.chunk(bytes, onePiece, 1, end - start);
  }

  chunks(bytes: Buffer, parser: MessageParser): void {
    const { pieces, pieceCount, pieceBytes } = parser;
    if (this.#chunkedOut) this.#out.chunk(bytes, pieces, pieceCount, pieceBytes);
    else
      for (let i = 0; i < pieceCount; i++) this.#out.bytes(bytes, pieces[i * 2] as number, pieces[i * 2 + 1] as number);
  }

  flush(): void {
    if (this.#reading) return;
    this.#out.flush();
    if (this.#out.blocked && this.due === 0) this.#shared.deadlines.set(this, this.#shared.limits.writeTimeout);
  }

  end(trailers: string): void {
    if (this.#chunkedOut) this.#out.text(lastChunk(trailers));
    this.#endResponse();
  }

  answer(answer: Answer, modifiers: readonly HeaderModifierIR[]): void {
    this.#chunkedOut = false;
    this.#closing = this.#mustClose;
    this.#out.text(answerText(answer, this.#frame(modifiers), this.#exchange.method === "HEAD"));
    this.#endResponse();
  }

  /** A reset, since the end of a connection is how a body without length is complete (RFC 9112 section 8). */
  abort(): void {
    this.#phase = "closed";
    this.#socket.resetAndDestroy();
  }

  pauseRequest(): void {
    this.#bodyPaused = true;
    // The backend is the slow one.
    this.#shared.deadlines.clear(this);
    this.#updatePause();
  }

  resumeRequest(): void {
    if (!this.#bodyPaused) return;
    this.#bodyPaused = false;
    if (!this.#requestEnded) this.#shared.deadlines.set(this, this.#shared.limits.bodyIdleTimeout);
    this.#updatePause();
  }

  get #requestEnded(): boolean {
    return this.#phase !== "length" && this.#phase !== "chunked";
  }

  /** RFC 9112 section 9.6; and where the next request begins is known only if the rest of this one's body comes. */
  get #mustClose(): boolean {
    if (!this.#keepAlive || this.#halfClosed || this.#owner.draining) return true;
    return !this.#requestEnded && this.#expecting;
  }

  #frame(modifiers: readonly HeaderModifierIR[]): ResponseFrame {
    const connection = this.#closing ? "close" : this.isHttp11 ? "" : "keep-alive";
    return { chunked: this.#chunkedOut, connection, modifiers };
  }

  // Between requests

  #endResponse(): void {
    this.#responseEnded = true;
    if (!this.#reading) this.#out.flush();
    if (this.#bodyPaused) this.resumeRequest();
    if (this.#closing) this.#linger();
    else if (this.#requestEnded) this.#next();
    else if (this.#phase === "length" && this.#remaining <= this.#shared.limits.discardedBody) this.#discarding = true;
    else this.#linger();
  }

  #next(): void {
    const { deadlines, limits } = this.#shared;
    this.#phase = "head";
    deadlines.set(this, limits.idleTimeout);
    const ahead = this.#ahead;
    if (ahead === undefined || this.#reading) return;
    this.#ahead = undefined;
    this.#read(ahead, 0, ahead.length);
    this.#updatePause();
  }

  /** RFC 9112 section 9.5 and 9.6: a request that cannot be read is answered, and nothing behind it is looked at. */
  #refuse(refusal: Refusal): void {
    this.#port.gateway.stats.countAnswer(refusal.reason);
    this.#port.gateway.stats.responses.count(refusal.status);
    this.#closing = true;
    this.#chunkedOut = false;
    this.#out.text(answerText(refusal, this.#frame(noModifiers), false));
    this.#linger();
  }

  /** A body that turns out malformed: its request must not be completed. */
  #failBody(refusal: Refusal, end: number): number {
    const responding = this.#responseEnded || this.#exchange.responding;
    this.#exchange.abort();
    if (responding) this.abort();
    else this.#refuse(refusal);
    return end;
  }

  /**
   * Ends this side, and reads on for a while: closing with unread bytes would make the system send a reset, which can
   * destroy a response that the client has not read yet (RFC 9112 section 9.6).
   */
  #linger(): void {
    this.#phase = "lingering";
    this.#ahead = undefined;
    this.#bodyPaused = false;
    this.#releaseParser();
    this.#out.flush();
    this.#socket.end();
    this.#updatePause();
    if (this.#halfClosed) return;
    this.#shared.deadlines.set(this, this.#shared.limits.lingerTimeout);
  }

  /** No further request is taken. */
  drain(): void {
    if (this.#phase === "head" && this.#parser === undefined) this.#linger();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  onDeadline(): void {
    if (this.#phase === "head" && this.#parser === undefined) this.#linger();
    else if (this.#phase === "head") this.#refuse(refusals.headTimeout);
    else if (!this.#requestEnded && !this.#responseEnded) this.#failBody(refusals.bodyTimeout, 0);
    else this.abort();
  }

  #onDrain(): void {
    if (this.#phase === "response") this.#shared.deadlines.clear(this);
    this.#exchange.onClientDrain();
  }

  /** The client has closed its side. RFC 9112 section 9.6: a request that is complete is answered all the same. */
  #onEnd(): void {
    this.#halfClosed = true;
    if (this.#phase === "response") return;
    if (this.#phase === "lingering") {
      if (this.#socket.writableFinished) this.#socket.destroy();
    } else if (this.#phase === "head" && this.#parser === undefined) this.#socket.end();
    else this.#socket.destroy();
  }

  #onClose(): void {
    this.#phase = "closed";
    this.#ahead = undefined;
    this.#exchange.abort();
    this.#releaseParser();
    this.#shared.deadlines.remove(this);
    this.#owner.closed(this);
  }

  #updatePause(): void {
    const pause = this.#bodyPaused || this.#ahead !== undefined;
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.#socket.pause();
    else this.#socket.resume();
  }

  #releaseParser(): void {
    if (this.#parser === undefined) return;
    this.#shared.parsers.release(this.#parser);
    this.#parser = undefined;
  }
}

const onePiece = new Int32Array(2);
