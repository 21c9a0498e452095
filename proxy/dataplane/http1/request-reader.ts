import type { Limits } from "../limits/limits.ts";
import { OK, PAUSED, PAUSED_H2_UPGRADE } from "./llhttp.ts";
import type { MessageParser, ParserPool } from "./message-parser.ts";
import {
  bodyRefusal,
  CHUNKED,
  checkPending,
  checkRequest,
  headRefusal,
  isTooLarge,
  isTooMuchFraming,
  type MessageRefusal,
  messageRefusals,
  requestLength,
  trailerRefusal,
} from "./rules.ts";

/** The meaning of the next bytes. `ended`: the request is complete, and the next one is not read yet. */
export type ReadingPhase = "head" | "length" | "chunked" | "ended";

/** Receives the events of a reader. */
export interface RequestSink {
  /** A head is incomplete and continues in the next read. */
  onHeadBegun(): void;
  /** A valid head is complete; `length` as in `requestLength`. The parser belongs to the reader. */
  onHead(parser: MessageParser, length: number): void;
  onBody(bytes: Buffer, start: number, end: number): void;
  onChunks(bytes: Buffer, parser: MessageParser): void;
  onRequestEnd(trailers: string): void;
  /**
   * The preface of HTTP/2 has arrived in place of a first request (RFC 9113 section 3.4); it ends at an offset.
   *
   * @returns whether the connection continues as HTTP/2.
   */
  onPreface(bytes: Buffer, stop: number, end: number): boolean;
  /** The request's head is refused. The bytes after it cannot be read. */
  onHeadRefused(refusal: MessageRefusal, toHead: boolean): void;
  /** The body is malformed or refused: its request must not be completed. */
  onBodyRefused(refusal: MessageRefusal): void;
}

/** The first bytes of a client's HTTP/2 connection. */
export const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/** Divides a client's bytes into requests. Holds a parser only while a head or a chunked body is incomplete. */
export class RequestReader {
  phase: ReadingPhase = "head";
  /** Remaining bytes of a body of known length. */
  remaining = 0;
  readonly #sink: RequestSink;
  readonly #limits: Limits;
  readonly #parsers: ParserPool;
  #parser: MessageParser | undefined;
  #framing = 0;
  #data = 0;

  constructor(sink: RequestSink, limits: Limits, parsers: ParserPool) {
    this.#sink = sink;
    this.#limits = limits;
    this.#parsers = parsers;
  }

  /** A part of a head has arrived. */
  get begun(): boolean {
    return this.phase === "head" && this.#parser !== undefined;
  }

  /** Number of bytes of an incomplete head. */
  get heldBytes(): number {
    return this.#parser?.pending ?? 0;
  }

  /** The next request has not begun. */
  get atRest(): boolean {
    return this.phase === "head" && this.#parser === undefined;
  }

  /** The body of the current request is incomplete. */
  get inBody(): boolean {
    return this.phase === "length" || this.phase === "chunked";
  }

  /** Processes the next part of bytes[start, end); returns its end. Must not be called in the phase `ended`. */
  read(bytes: Buffer, start: number, end: number): number {
    if (this.phase === "head") return this.#readHead(bytes, start, end);
    return this.phase === "length" ? this.#readLength(bytes, start, end) : this.#readChunks(bytes, start, end);
  }

  /** Allows the next request to begin. */
  next(): void {
    this.phase = "head";
  }

  /** Stops reading. */
  stop(): void {
    this.phase = "ended";
    this.#release();
  }

  #readHead(bytes: Buffer, start: number, end: number): number {
    const begun = this.#parser !== undefined;
    this.#parser ??= this.#parsers.take();
    const parser = this.#parser;
    const result = parser.parseHead(bytes, start, end);
    if (result === OK) {
      const refusal = checkPending(parser.head, parser.pending, this.#limits);
      if (refusal !== undefined) this.#sink.onHeadRefused(refusal, false);
      else if (!begun) this.#sink.onHeadBegun();
      return end;
    }
    if (result === PAUSED_H2_UPGRADE && this.#isPreface(bytes, parser, end)) return end;
    const refusal = result === PAUSED ? checkRequest(parser, this.#limits) : headRefusal(parser, result);
    if (refusal !== undefined) {
      this.#sink.onHeadRefused(refusal, result === PAUSED && parser.method === "HEAD");
      return end;
    }
    const stop = parser.consumed;
    this.#begin(parser);
    return stop;
  }

  /**
   * Returns whether the bytes are the preface. llhttp stops after it, even if it arrives in several reads; empty lines
   * before it are not allowed.
   */
  #isPreface(bytes: Buffer, parser: MessageParser, end: number): boolean {
    return parser.head.length === preface.length && this.#sink.onPreface(bytes, parser.consumed, end);
  }

  #begin(parser: MessageParser): void {
    const length = requestLength(parser.head);
    this.remaining = length;
    if (length === 0) this.phase = "ended";
    else if (length !== CHUNKED) this.phase = "length";
    else {
      this.phase = "chunked";
      this.#framing = 0;
      this.#data = 0;
    }
    this.#sink.onHead(parser, length);
    if (length !== CHUNKED) this.#release();
    if (length === 0) this.#sink.onRequestEnd("");
  }

  #readLength(bytes: Buffer, start: number, end: number): number {
    const stop = Math.min(end, start + this.remaining);
    this.remaining -= stop - start;
    this.#sink.onBody(bytes, start, stop);
    if (this.remaining === 0) this.#end("");
    return stop;
  }

  #readChunks(bytes: Buffer, start: number, end: number): number {
    const parser = this.#parser as MessageParser;
    const result = parser.parseBody(bytes, start, end);
    if (result !== OK && result !== PAUSED) {
      this.#sink.onBodyRefused(bodyRefusal(parser));
      return end;
    }
    const { trailerExcess } = parser;
    if (trailerExcess !== undefined) {
      this.#sink.onBodyRefused(trailerRefusal(trailerExcess));
      return end;
    }
    const stop = parser.consumed;
    this.#data += parser.pieceBytes;
    this.#framing += stop - start - parser.pieceBytes;
    if (isTooMuchFraming(this.#framing, this.#data, this.#limits)) {
      this.#sink.onBodyRefused(messageRefusals.framing);
      return end;
    }
    if (isTooLarge(this.#data, this.#limits)) {
      this.#sink.onBodyRefused(messageRefusals.bodyTooLarge);
      return end;
    }
    this.#sink.onChunks(bytes, parser);
    if (result === PAUSED) {
      const { trailers } = parser;
      this.#release();
      this.#end(trailers);
    }
    return stop;
  }

  #end(trailers: string): void {
    // The receiver of the body may have stopped the reader.
    if (this.phase === "ended") return;
    this.phase = "ended";
    this.#sink.onRequestEnd(trailers);
  }

  #release(): void {
    if (this.#parser === undefined) return;
    this.#parsers.release(this.#parser);
    this.#parser = undefined;
  }
}
