import { Head } from "../message/head.ts";
import type { BodyPieces, RequestMessage, ResponseMessage } from "../message/message.ts";
import { Llhttp, type LlhttpEvents, OK, PAUSED, PAUSED_H2_UPGRADE, REQUEST, RESPONSE } from "./llhttp.ts";
import { type TrailerExcess, type TrailerLimits, TrailerSection, withoutBlanks } from "./trailers.ts";

/**
 * Parses heads of messages and chunked bodies. The reader counts bodies of known length itself. A parser is borrowed
 * for one message and then serves another one of any connection, so that idle connections hold none.
 */
export class MessageParser implements LlhttpEvents, RequestMessage, ResponseMessage, BodyPieces {
  readonly head: Head;
  /** Positions of the chunks' data in the bytes last given to `parseBody`: alternating start and end of each piece. */
  pieces = new Int32Array(64);
  pieceCount = 0;
  /** The sum of the pieces' lengths. */
  pieceBytes = 0;

  readonly #trailers: TrailerSection;
  readonly #llhttp: Llhttp;
  /** Collects a head that arrives in several reads. */
  #partial: Buffer | undefined;
  #partialLength = 0;
  /** Offset of the head's first byte in the current input; negative if it arrived in an earlier read. */
  #origin = 0;
  #inBody = false;
  #trailerName = "";
  #trailerValue = "";
  #trailerHasValue = false;

  constructor(type: typeof REQUEST | typeof RESPONSE, limits: TrailerLimits) {
    this.#llhttp = new Llhttp(type, this);
    this.head = new Head(limits.headFields);
    this.#trailers = new TrailerSection(limits);
  }

  /** The lines of the trailer fields that may be forwarded, once the body is complete. */
  get trailers(): string {
    return this.#trailers.lines;
  }

  /** Set once the trailer section exceeds a limit: the message must not be completed. */
  get trailerExcess(): TrailerExcess | undefined {
    return this.#trailers.excess;
  }

  begin(): void {
    this.#llhttp.reset();
    this.head.clear();
    this.#partialLength = 0;
    this.#inBody = false;
    this.#trailers.clear();
    this.#trailerName = "";
    this.#trailerValue = "";
    this.#trailerHasValue = false;
  }

  /** Prepares for the time between two messages: large buffers for a long head or many small chunks are dropped. */
  rest(): void {
    if (this.#partial !== undefined && this.#partial.length > keptBytes) this.#partial = undefined;
    if (this.pieces.byteLength > keptBytes) this.pieces = new Int32Array(64);
  }

  /** Frees the parser's memory. It must not be used afterwards. */
  free(): void {
    this.#llhttp.free();
  }

  /**
   * @returns OK if the head continues in the next read, PAUSED if it is complete and ends at `consumed`, or an error of
   *   llhttp.
   */
  parseHead(bytes: Buffer, start: number, end: number): number {
    this.#origin = start - this.#partialLength;
    const result = this.#llhttp.execute(bytes, start, end);
    if (result === OK) {
      this.#keep(bytes, start, end);
      return OK;
    }
    // For a malformed head, all available bytes help to find the reason.
    const stop = result === PAUSED || result === PAUSED_H2_UPGRADE ? this.#llhttp.consumed : end;
    if (this.#partialLength === 0) {
      this.head.complete(bytes, start, stop - start);
      return result;
    }
    this.#keep(bytes, start, stop);
    this.head.complete(this.#partial as Buffer, 0, this.#partialLength);
    return result;
  }

  /** Number of bytes of an incomplete head. */
  get pending(): number {
    return this.#partialLength;
  }

  /**
   * Continues with the chunked body. The data found is in `pieces`.
   *
   * @returns OK if the body continues in the next read, PAUSED if it ends at `consumed`, or an error of llhttp.
   */
  parseBody(bytes: Buffer, start: number, end: number): number {
    if (!this.#inBody) {
      this.#inBody = true;
      this.#llhttp.resume();
    }
    this.pieceCount = 0;
    this.pieceBytes = 0;
    return this.#llhttp.execute(bytes, start, end);
  }

  get consumed(): number {
    return this.#llhttp.consumed;
  }

  get method(): string {
    return this.#llhttp.method;
  }

  get major(): number {
    return this.#llhttp.major;
  }

  get minor(): number {
    return this.#llhttp.minor;
  }

  get isHttp11(): boolean {
    return this.#llhttp.minor === 1;
  }

  get reason(): string {
    return this.#llhttp.reason;
  }

  /** HTTP status. Set on responses only. */
  status = 0;

  onUrl(at: number, length: number): void {
    this.head.addTarget(at - this.#origin, length);
  }

  onField(at: number, length: number): void {
    if (!this.#inBody) this.head.addName(at - this.#origin, length);
    else this.#trailerPiece(at, length);
  }

  onValue(at: number, length: number): void {
    if (!this.#inBody) {
      this.head.addValue(at - this.#origin, length);
      return;
    }
    this.#trailerHasValue = true;
    if (this.#trailers.count(length)) this.#trailerValue += this.#llhttp.text(at, length);
  }

  onHeadersComplete(status: number): void {
    this.status = status;
  }

  onBody(at: number, length: number): void {
    if (this.pieceCount * 2 === this.pieces.length) {
      const larger = new Int32Array(this.pieces.length * 2);
      larger.set(this.pieces);
      this.pieces = larger;
    }
    this.pieces[this.pieceCount * 2] = at;
    this.pieces[this.pieceCount * 2 + 1] = at + length;
    this.pieceCount++;
    this.pieceBytes += length;
  }

  onMessageComplete(): void {
    this.#endTrailer();
  }

  #trailerPiece(at: number, length: number): void {
    if (this.#trailerHasValue) this.#endTrailer();
    if (this.#trailers.count(length)) this.#trailerName += this.#llhttp.text(at, length);
  }

  #endTrailer(): void {
    if (this.#trailerName !== "") this.#trailers.add(this.#trailerName, withoutBlanks(this.#trailerValue));
    this.#trailerName = "";
    this.#trailerValue = "";
    this.#trailerHasValue = false;
  }

  #keep(bytes: Buffer, start: number, end: number): void {
    const length = this.#partialLength + end - start;
    if (this.#partial === undefined || this.#partial.length < length) {
      const larger = Buffer.allocUnsafe(Math.max(4096, length * 2));
      this.#partial?.copy(larger, 0, 0, this.#partialLength);
      this.#partial = larger;
    }
    bytes.copy(this.#partial, this.#partialLength, start, end);
    this.#partialLength = length;
  }
}

/** Maximum bytes of each buffer that an idle parser keeps. */
const keptBytes = 4 * 1024;
/** Maximum number of idle parsers: nearly always fewer messages are incomplete at a time. */
const keptParsers = 256;

/** A pool of idle parsers. It grows with the number of concurrently incomplete messages, up to a limit. */
export class ParserPool {
  readonly #type: typeof REQUEST | typeof RESPONSE;
  readonly #limits: TrailerLimits;
  readonly #idle: MessageParser[];

  /** Makes the first parser at once, so that a missing or unusable llhttp is noticed before there is traffic. */
  constructor(type: "request" | "response", limits: TrailerLimits) {
    this.#type = type === "request" ? REQUEST : RESPONSE;
    this.#limits = limits;
    this.#idle = [new MessageParser(this.#type, limits)];
  }

  take(): MessageParser {
    const parser = this.#idle.pop() ?? new MessageParser(this.#type, this.#limits);
    parser.begin();
    return parser;
  }

  release(parser: MessageParser): void {
    if (this.#idle.length >= keptParsers) {
      parser.free();
      return;
    }
    parser.rest();
    this.#idle.push(parser);
  }
}
