import { chunkText, lastChunk } from "./http1/chunk-text.ts";
import type { MessageParser } from "./http1/message-parser.ts";
import { CHUNKED } from "./http1/rules.ts";
import { Copies, type Mirrors } from "./mirror.ts";
import type { PlannedMirror } from "./routing/route-request.ts";
import type { Outlet } from "./sockets.ts";

/**
 * A request's body on its way to a backend and to mirrors. What comes before there is a connection waits in `opening`,
 * and is sent with the head. Up to a limit, what comes later is kept there as well, since it may have to be sent again.
 */
export class RequestBody {
  /** The beginning of the body, framed as it is sent: latin1. */
  opening = "";
  /** Nothing that has come is missing in `opening`, so that the request can be sent again. */
  repeatable = true;
  /** The request is complete. */
  ended = false;
  #isChunked = false;
  #limit = 0;
  readonly #copies = new Copies();

  /**
   * @param length as in `requestLength`.
   * @param limit bytes of the opening, beyond which nothing that has been sent is kept.
   */
  begin(length: number, limit: number): void {
    this.opening = "";
    this.repeatable = true;
    this.ended = false;
    this.#isChunked = length === CHUNKED;
    this.#limit = limit;
    this.#copies.begin();
  }

  /** Data of a body of known length. `out` is where it is sent to, if there is a connection. */
  bytes(out: Outlet | undefined, bytes: Buffer, start: number, end: number): void {
    this.#copies.body(bytes, start, end);
    if (out === undefined || this.#keeps(end - start)) this.opening += bytes.toString("latin1", start, end);
    out?.bytes(bytes, start, end);
  }

  /** Data of a chunked body: the parser's pieces. */
  chunks(out: Outlet | undefined, bytes: Buffer, parser: MessageParser): void {
    this.#copies.chunks(bytes, parser);
    if (out === undefined || this.#keeps(parser.pieceBytes)) this.opening += chunkText(bytes, parser);
    out?.chunk(bytes, parser.pieces, parser.pieceCount, parser.pieceBytes);
  }

  end(out: Outlet | undefined, trailers: string): void {
    this.ended = true;
    this.#copies.end(this.#isChunked, trailers);
    if (!this.#isChunked) return;
    const last = lastChunk(trailers);
    if (out === undefined || this.#keeps(last.length)) this.opening += last;
    out?.text(last);
  }

  #keeps(length: number): boolean {
    if (this.repeatable && this.opening.length + length <= this.#limit) return true;
    this.repeatable = false;
    this.opening = "";
    return false;
  }

  /** Copies set out when the original has, so that they cannot delay it; once, however often that is sent. */
  startCopies(mirrors: Mirrors, planned: readonly PlannedMirror[], toHead: boolean): void {
    if (planned.length > 0) this.#copies.start(mirrors, planned, this.opening, toHead, this.ended);
  }

  /** No more of it is wanted. Copies of a complete request go on by themselves. */
  leave(): void {
    this.opening = "";
    this.#copies.leave(this.ended);
  }
}
