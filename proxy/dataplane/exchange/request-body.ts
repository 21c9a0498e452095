import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import { withoutModified } from "../http1/trailers.ts";
import { type BodyPieces, type OutgoingBody, piecesText, type RequestOutlet } from "../message/message.ts";
import type { PlannedMirror } from "../routing/route-request.ts";
import { Copies, type Mirrors } from "./mirror.ts";

const none: readonly HeaderModifierIR[] = [];

/**
 * A request's body on its way to a backend and to mirrors. Data that arrives before there is a connection waits in
 * `opening`, and is sent with the head. Up to a limit, later data is kept there too, since it may have to be sent
 * again.
 */
export class RequestBody implements OutgoingBody {
  length = 0;
  opening = "";
  ended = false;
  /** The header modifiers of the request. */
  modifiers: readonly HeaderModifierIR[] = [];
  /** `opening` contains all data so far, so that the request can be sent again. */
  repeatable = true;
  #trailers = "";
  #limit = 0;
  readonly #copies = new Copies();

  /**
   * @param length as in `requestLength`.
   * @param limit maximum length of `opening`; beyond it, sent data is not kept.
   */
  begin(length: number, limit: number): void {
    this.length = length;
    this.opening = "";
    this.ended = false;
    this.#trailers = "";
    this.modifiers = none;
    this.repeatable = true;
    this.#limit = limit;
    this.#copies.begin();
  }

  /** Receives further data. `out` is its destination, if there is a connection. */
  bytes(out: RequestOutlet | undefined, bytes: Buffer, start: number, end: number): void {
    this.#copies.body(bytes, start, end);
    if (out === undefined || this.#keeps(end - start)) this.opening += bytes.toString("latin1", start, end);
    out?.bytes(bytes, start, end);
  }

  /** Receives further data of a chunked body. */
  chunks(out: RequestOutlet | undefined, bytes: Buffer, chunks: BodyPieces): void {
    this.#copies.chunks(bytes, chunks);
    if (out === undefined || this.#keeps(chunks.pieceBytes)) this.opening += piecesText(bytes, chunks);
    out?.chunks(bytes, chunks);
  }

  end(out: RequestOutlet | undefined, trailers: string): void {
    this.ended = true;
    this.#trailers = trailers;
    this.#copies.end(this.trailers);
    out?.end(this.trailers);
  }

  get trailers(): string {
    return withoutModified(this.#trailers, this.modifiers);
  }

  #keeps(length: number): boolean {
    if (this.repeatable && this.opening.length + length <= this.#limit) return true;
    this.repeatable = false;
    this.opening = "";
    return false;
  }

  /** Starts the copies once, after the original, so that they cannot delay it, however often the original is sent. */
  startCopies(mirrors: Mirrors, planned: readonly PlannedMirror[], toHead: boolean): void {
    if (planned.length > 0) this.#copies.start(mirrors, planned, this, toHead);
  }

  /** Discards the rest of the body. Copies of a complete request continue by themselves. */
  leave(): void {
    this.opening = "";
    this.#copies.leave(this.ended);
  }
}
