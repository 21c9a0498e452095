import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import type { Downstream } from "../exchange/downstream.ts";
import { Exchange } from "../exchange/exchange.ts";
import type { Shared } from "../exchange/shared.ts";
import {
  CHUNKED,
  isTooLarge,
  type MessageRefusal,
  messageRefusals,
  requestLength,
  trailerRefusal,
} from "../http1/rules.ts";
import { trailerSection } from "../http1/trailers.ts";
import { answerFields, responseFields, trailerFields } from "../http2/response-fields.ts";
import { StreamProgress } from "../http2/stream-progress.ts";
import type { Waiter } from "../limits/deadlines.ts";
import type { Peer } from "../message/forwarded.ts";
import { TRAILER } from "../message/header-names.ts";
import { answerBody, type LocalResponse } from "../message/local-response.ts";
import { type BodyPieces, piecesText, type ResponseMessage } from "../message/message.ts";
import { BodyRateGuard } from "../overload/body-rate-guard.ts";
import type { PortRouting } from "../routing/gateway.ts";
import { tellRefused } from "./refusals.ts";

/** The connection that a stream belongs to. */
export interface StreamOwner {
  readonly peer: Peer;
  /** Number of bytes that were passed to the system. */
  readonly bytesWritten: number;
  /** Number of requests under way. */
  readonly requestCount: number;
}

/** One request of a client over HTTP/2, and its response: a stream (RFC 9113 section 5). */
export class ClientStream implements Downstream, Waiter {
  due = 0;
  slot = -1;
  readonly isHttp11 = true;
  readonly version = "2";
  readonly peer: Peer;
  readonly #stream: ServerHttp2Stream;
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #exchange: Exchange;
  readonly #progress: StreamProgress;
  readonly #pace: BodyRateGuard;
  /** Number of received bytes of the body. */
  #received = 0;
  #length = 0;
  /** Timeout between two reads of the body. */
  #bodyTimeout = 0;
  #requestEnded = false;
  #requestTrailers = "";
  #responseEnded = false;
  #responseTrailers = "";
  /** The client does not read its response, so the deadline is the client's. */
  #waitsForClient = false;

  constructor(stream: ServerHttp2Stream, owner: StreamOwner, port: PortRouting, shared: Shared) {
    this.#stream = stream;
    this.peer = owner.peer;
    this.#port = port;
    this.#shared = shared;
    this.#exchange = new Exchange(this, port, shared);
    this.#pace = new BodyRateGuard(shared.limits, shared.deadlines);
    this.#progress = new StreamProgress(stream, owner);
    // Errors are handled in "close", which always follows.
    stream.on("error", () => {});
    stream.on("drain", () => this.#onDrain());
    stream.on("wantTrailers", () => this.#sendTrailers());
    stream.on("close", () => this.#onClose());
  }

  /** The request is complete. */
  get isWhole(): boolean {
    return this.#requestEnded;
  }

  /** @param ended the request has no body. */
  begin(raw: readonly string[], ended: boolean): void {
    const { http2, limits } = this.#shared;
    this.#requestEnded = ended;
    const refusal = http2.request.read(raw, ended, limits);
    if (refusal !== undefined) {
      tellRefused(this.#shared, this.#port, this, refusal);
      this.#writeAnswer(refusal, [], http2.request.method === "HEAD");
      return;
    }
    this.#length = requestLength(http2.request.head);
    this.#exchange.begin(http2.request, this.#length);
    if (ended) this.#exchange.requestEnd("");
    else if (!this.#responseEnded) this.#readBody();
    this.#exchange.requestReadEnd();
  }

  get heldBytes(): number {
    return this.#stream.bufferSize + this.#stream.readableLength + this.#exchange.heldBytes;
  }

  endForMemory(): void {
    this.#exchange.cut("memory");
  }

  #refuseBody(refusal: MessageRefusal): void {
    const tooLate = this.#responseEnded || this.#exchange.responding;
    this.#exchange.abort(tooLate ? undefined : refusal);
    if (tooLate) this.abort();
    else this.#writeAnswer(refusal, [], this.#exchange.method === "HEAD");
  }

  #readBody(): void {
    this.#bodyTimeout = this.#exchange.isCall ? 0 : this.#shared.limits.bodyIdleTimeout;
    this.#pace.begin();
    this.#wait(this.#bodyTimeout);
    this.#stream.on("data", (bytes: Buffer) => this.#onData(bytes));
    this.#stream.on("trailers", (_fields, _flags, raw?: readonly string[]) => {
      const { excess, lines } = trailerSection(raw ?? [], this.#shared.limits);
      if (excess !== undefined) this.#refuseBody(trailerRefusal(excess));
      this.#requestTrailers = lines;
    });
    this.#stream.on("end", () => this.#onEnd());
  }

  #onData(bytes: Buffer): void {
    if (this.#responseEnded) return;
    const { limits } = this.#shared;
    this.#received += bytes.length;
    // nghttp2 compares the lengths too. To an HTTP/1.1 backend, an extra byte would be the next request.
    if (this.#length !== CHUNKED && this.#received > this.#length) {
      this.#stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
      return;
    }
    this.#wait(this.#bodyTimeout);
    if (isTooLarge(this.#received, limits)) this.#refuseBody(messageRefusals.bodyTooLarge);
    else if (!this.#keepsPace(bytes.length)) this.#refuseBody(messageRefusals.bodyTooSlow);
    else {
      this.#exchange.requestBody(bytes, 0, bytes.length);
      this.#exchange.requestReadEnd();
    }
  }

  #keepsPace(bytes: number): boolean {
    return this.#exchange.isCall || this.#pace.keeps(bytes, this.#exchange.place);
  }

  /** Handles the end of the request. A reset stream also ends, and its request must not be completed. */
  #onEnd(): void {
    if (this.#responseEnded || this.#stream.closed || this.#stream.destroyed) return;
    if (this.#length !== CHUNKED && this.#received < this.#length) {
      this.#stream.close(constants.NGHTTP2_PROTOCOL_ERROR);
      return;
    }
    this.#requestEnded = true;
    this.#wait(0);
    this.#exchange.requestEnd(this.#requestTrailers);
    this.#exchange.requestReadEnd();
  }

  // The exchange calls the following methods with the response.

  get blocked(): boolean {
    return this.#stream.writableNeedDrain;
  }

  keepsReading(elapsed: number): boolean {
    return this.#progress.sharesRate(elapsed, this.#shared.limits);
  }

  interim(message: ResponseMessage): void {
    if (this.#isGone) return;
    this.#send(() => this.#stream.additionalHeaders(responseFields(message, [])));
  }

  /** Streams do not offer upgrades (RFC 9113 section 8.6). */
  upgrade(): void {
    this.abort();
  }

  head(message: ResponseMessage, length: number, modifiers: readonly HeaderModifierIR[]): void {
    if (this.#isGone) return;
    const mayTrail = length === CHUNKED || message.head.has(TRAILER);
    this.#respond(responseFields(message, modifiers), length === 0, length !== 0 && mayTrail);
  }

  #respond(fields: OutgoingHttpHeaders, endStream: boolean, waitForTrailers: boolean): void {
    const options = { endStream, waitForTrailers, sendDate: false };
    this.#send(() => this.#stream.respond(fields, options));
  }

  /** Sends a head. If Node.js refuses to send it, only this stream ends. */
  #send(action: () => void): void {
    try {
      action();
    } catch {
      this.abort();
    }
  }

  body(bytes: Buffer, start: number, end: number): void {
    if (!this.#isGone) this.#stream.write(Buffer.from(bytes.subarray(start, end)));
  }

  chunks(bytes: Buffer, chunks: BodyPieces): void {
    if (!this.#isGone && chunks.pieceBytes > 0) this.#stream.write(piecesText(bytes, chunks), "latin1");
  }

  flush(): void {
    if (this.blocked) this.#watchClient();
  }

  end(trailers: string): void {
    this.#responseTrailers = trailers;
    this.#stream.end();
    this.#endResponse();
  }

  #sendTrailers(): void {
    if (!this.#isGone) this.#send(() => this.#stream.sendTrailers(trailerFields(this.#responseTrailers)));
  }

  answer(answer: LocalResponse, modifiers: readonly HeaderModifierIR[]): void {
    this.#writeAnswer(answer, modifiers, this.#exchange.method === "HEAD");
  }

  #writeAnswer(answer: LocalResponse, modifiers: readonly HeaderModifierIR[], toHead: boolean): void {
    const bodiless = toHead || answer.status === 204 || answer.status === 304;
    const body = bodiless ? "" : answerBody(answer);
    if (!this.#isGone) {
      this.#respond(answerFields(answer, modifiers), body === "", false);
      if (body !== "") this.#stream.end(body, "latin1");
    }
    this.#endResponse();
  }

  /**
   * Ends the response. The rest of a request that is answered already is not needed, which is no error (RFC 9113
   * section 8.1). A response that is cut is marked by a reset rather than an end: `close` would end the stream before
   * it resets it.
   */
  #endResponse(): void {
    this.#responseEnded = true;
    if (this.#isGone) return;
    if (this.#stream.writableLength > 0) this.#watchClient();
    else this.#wait(0);
    // Data that arrives now is discarded, so that it does not hold the flow-control window.
    this.#stream.resume();
    if (!this.#requestEnded) this.#stream.close(constants.NGHTTP2_NO_ERROR);
  }

  abort(): void {
    if (!this.#stream.destroyed) this.#stream.destroy(cutShort);
  }

  pauseRequest(): void {
    if (this.#requestEnded || this.#responseEnded) return;
    this.#stream.pause();
    // The backend is slow, so the client gets no deadline.
    this.#wait(0);
  }

  resumeRequest(): void {
    if (this.#requestEnded || this.#responseEnded || !this.#stream.isPaused()) return;
    this.#stream.resume();
    this.#pace.begin();
    this.#wait(this.#bodyTimeout);
  }

  get #isGone(): boolean {
    return this.#stream.destroyed || this.#stream.closed;
  }

  #watchClient(): void {
    if (this.#waitsForClient) return;
    this.#waitsForClient = true;
    this.#progress.watch();
    this.#shared.deadlines.set(this, this.#shared.limits.writeTimeout);
  }

  #onDrain(): void {
    if (this.#waitsForClient && !this.#responseEnded) {
      this.#waitsForClient = false;
      this.#wait(this.#requestEnded || this.#stream.isPaused() ? 0 : this.#bodyTimeout);
    }
    this.#exchange.onClientDrain();
  }

  /** While the client has to read its response, no other deadline applies. */
  #wait(timeout: number): void {
    if (!this.#waitsForClient) this.#shared.deadlines.set(this, timeout);
  }

  onDeadline(): void {
    if (this.#waitsForClient) {
      if (this.#progress.stalled) this.abort();
      else this.#shared.deadlines.set(this, this.#shared.limits.writeTimeout);
      return;
    }
    this.#refuseBody(messageRefusals.bodyTimeout);
  }

  /** Handles the end of the stream, for any reason. */
  #onClose(): void {
    this.#exchange.abort();
    this.#shared.deadlines.remove(this);
  }
}

/** Makes Node.js reset the stream (INTERNAL_ERROR). The error itself is not visible. */
const cutShort = new Error("the response cannot be completed");
