import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import { withoutModified } from "../http1/trailers.ts";
import { type BodyPieces, type OutgoingBody, piecesText, type RequestOutlet } from "../message/message.ts";
import type { PlannedMirror } from "../routing/route-request.ts";
import { Copies, type Mirrors } from "./mirror.ts";

const none: readonly HeaderModifierIR[] = [];

/**
 * A request's body on its way to a backend and to mirrors. What comes before there is a connection waits in `opening`,
 * and is sent with the head. Up to a limit, what comes later is kept there as well, since it may have to be sent again.
 */
export class RequestBody implements OutgoingBody {
  length = 0;
  opening = "";
  ended = false;
  /** What filters do to the fields of the request's head. */
  modifiers: readonly HeaderModifierIR[] = [];
  /** Nothing that has come is missing in `opening`, so that the request can be sent again. */
  repeatable = true;
  #trailers = "";
  #limit = 0;
  readonly #copies = new Copies();

  /**
   * @param length as in `requestLength`.
   * @param limit bytes of the opening, beyond which nothing that has been sent is kept.
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

  /** More data. `out` is where it is sent to, if there is a connection. */
  bytes(out: RequestOutlet | undefined, bytes: Buffer, start: number, end: number): void {
    this.#copies.body(bytes, start, end);
    if (out === undefined || this.#keeps(end - start)) this.opening += bytes.toString("latin1", start, end);
    out?.bytes(bytes, start, end);
  }

  /** The same of a chunked body. */
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

  /** Copies set out when the original has, so that they cannot delay it; once, however often that is sent. */
  startCopies(mirrors: Mirrors, planned: readonly PlannedMirror[], toHead: boolean): void {
    if (planned.length > 0) this.#copies.start(mirrors, planned, this, toHead);
  }

  /** No more of it is wanted. Copies of a complete request go on by themselves. */
  leave(): void {
    this.opening = "";
    this.#copies.leave(this.ended);
  }
}
