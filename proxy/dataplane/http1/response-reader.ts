import type { Limits } from "../limits/limits.ts";
import type { BodyPieces } from "../message/message.ts";
import { OK, PAUSED } from "./llhttp.ts";
import type { MessageParser, ParserPool } from "./message-parser.ts";
import { CHUNKED, checkPending, checkResponse, isTooMuchFraming, responseLength, UNTIL_CLOSE } from "./rules.ts";

/** The meaning of the next bytes. `ended`: the response is complete, or no request was sent yet. */
type ResponsePhase = "head" | "length" | "chunked" | "until-close" | "ended";

/** Receives the events of a response reader, except for the data of the body. */
export interface ResponseSink {
  /** The head of an interim response (1xx) is complete. The parser belongs to the reader. */
  onInterim(parser: MessageParser): void;
  /** A valid head is complete; `length` as in `responseLength`. The parser belongs to the reader. */
  onHead(parser: MessageParser, length: number): void;
  /**
   * The response is complete.
   *
   * @param trailers lines of trailer fields.
   * @param last whether nothing follows the response; following bytes belong to no request.
   */
  onResponseEnd(trailers: string, last: boolean): void;
  /** The response is malformed or refused. The bytes after it cannot be read. */
  onInvalid(detail: string): void;
}

/** Receives the data of a response's body. */
interface ResponseBodyReceiver {
  onBody(bytes: Buffer, start: number, end: number): void;
  onChunks(bytes: Buffer, chunks: BodyPieces): void;
}

/** Divides an endpoint's bytes into responses. Holds a parser only while a head or a chunked body is incomplete. */
export class ResponseReader {
  phase: ResponsePhase = "ended";
  readonly #sink: ResponseSink;
  readonly #limits: Limits;
  readonly #parsers: ParserPool;
  #parser: MessageParser | undefined;
  #toHead = false;
  /** Remaining bytes of a body of known length. */
  #remaining = 0;
  /** Number of interim responses. */
  #interim = 0;
  #framing = 0;
  #data = 0;

  constructor(sink: ResponseSink, limits: Limits, parsers: ParserPool) {
    this.#sink = sink;
    this.#limits = limits;
    this.#parsers = parsers;
  }

  /**
   * Expects the response to a request.
   *
   * @param toHead whether the method is HEAD, so that the response has no body.
   */
  begin(toHead: boolean): void {
    this.phase = "head";
    this.#toHead = toHead;
    this.#interim = 0;
  }

  /** Stops reading. */
  stop(): void {
    this.phase = "ended";
    this.#release();
  }

  /**
   * Processes the next part of bytes[start, end); returns its end. Must not be called in the phase `ended`.
   *
   * @param receiver receives the body directly, so that its data takes no detour through the sink.
   */
  read(receiver: ResponseBodyReceiver, bytes: Buffer, start: number, end: number): number {
    switch (this.phase) {
      case "head":
        return this.#readHead(bytes, start, end);
      case "chunked":
        return this.#readChunks(receiver, bytes, start, end);
      case "length": {
        const stop = Math.min(end, start + this.#remaining);
        this.#remaining -= stop - start;
        receiver.onBody(bytes, start, stop);
        // The receiver of the body may have stopped the reader.
        if (this.#remaining === 0 && this.phase === "length") this.#end("", stop === end);
        return stop;
      }
      default:
        receiver.onBody(bytes, start, end);
        return end;
    }
  }

  #readHead(bytes: Buffer, start: number, end: number): number {
    this.#parser ??= this.#parsers.take();
    const parser = this.#parser;
    const result = parser.parseHead(bytes, start, end);
    if (result === OK) {
      if (checkPending(parser.head, parser.pending, this.#limits) !== undefined)
        this.#sink.onInvalid("the response's header section is too large");
      return end;
    }
    const wrong = result === PAUSED ? checkResponse(parser, this.#limits) : `malformed: ${parser.reason}`;
    if (wrong !== undefined) {
      this.#sink.onInvalid(wrong);
      return end;
    }
    const stop = parser.consumed;
    if (parser.status < 200) this.#onInterim(parser);
    else this.#begin(parser, stop === end);
    return stop;
  }

  /** Any number of 1xx responses may come first (RFC 9110 section 15.2). A 101 ends HTTP on its connection. */
  #onInterim(parser: MessageParser): void {
    if (parser.status !== 101 && ++this.#interim > this.#limits.interimResponses) {
      this.#sink.onInvalid("too many interim responses");
      return;
    }
    this.#sink.onInterim(parser);
    if (this.phase === "head") parser.begin();
  }

  /** Begins the body of a response whose head is complete. */
  #begin(parser: MessageParser, last: boolean): void {
    const length = responseLength(parser.head, parser.status, this.#toHead);
    this.#sink.onHead(parser, length);
    // The sink may have stopped the reader.
    if (this.phase !== "head") return;
    if (length === CHUNKED) {
      this.phase = "chunked";
      this.#framing = 0;
      this.#data = 0;
      return;
    }
    this.#release();
    if (length === 0) this.#end("", last);
    else {
      this.#remaining = length;
      this.phase = length === UNTIL_CLOSE ? "until-close" : "length";
    }
  }

  #readChunks(receiver: ResponseBodyReceiver, bytes: Buffer, start: number, end: number): number {
    const parser = this.#parser as MessageParser;
    const result = parser.parseBody(bytes, start, end);
    if (result !== OK && result !== PAUSED) {
      this.#sink.onInvalid(`malformed: ${parser.reason}`);
      return end;
    }
    if (parser.trailerExcess !== undefined) {
      this.#sink.onInvalid("its trailer section is too large");
      return end;
    }
    const stop = parser.consumed;
    this.#data += parser.pieceBytes;
    this.#framing += stop - start - parser.pieceBytes;
    if (isTooMuchFraming(this.#framing, this.#data, this.#limits)) {
      this.#sink.onInvalid("too many bytes that carry no data");
      return end;
    }
    receiver.onChunks(bytes, parser);
    if (result === PAUSED && this.phase === "chunked") {
      const { trailers } = parser;
      this.#release();
      this.#end(trailers, stop === end);
    }
    return stop;
  }

  #end(trailers: string, last: boolean): void {
    this.phase = "ended";
    this.#sink.onResponseEnd(trailers, last);
  }

  #release(): void {
    if (this.#parser === undefined) return;
    this.#parsers.release(this.#parser);
    this.#parser = undefined;
  }
}
