import type { BodyPieces, OutgoingBody, OutgoingHead, RequestOutlet } from "../message/message.ts";
import type { Outlet } from "../sockets/sockets.ts";
import { chunkText, lastChunk } from "./chunk-text.ts";
import { CHUNKED } from "./rules.ts";

/** Writes requests to one endpoint's connection, one after another. Nothing is sent before the outlet is flushed. */
export class RequestWriter implements RequestOutlet {
  readonly #out: Outlet;
  #chunked = false;

  constructor(out: Outlet) {
    this.#out = out;
  }

  begin(head: OutgoingHead, { length, opening, ended, trailers }: OutgoingBody): void {
    this.#chunked = length === CHUNKED;
    const text = head as string;
    if (!this.#chunked) this.#out.text(opening === "" ? text : text + opening);
    else this.#out.text(text + chunkText(opening) + (ended ? lastChunk(trailers) : ""));
  }

  bytes(bytes: Buffer, start: number, end: number): void {
    if (this.#chunked) this.#out.oneChunk(bytes, start, end);
    else this.#out.bytes(bytes, start, end);
  }

  chunks(bytes: Buffer, { pieces, pieceCount, pieceBytes }: BodyPieces): void {
    this.#out.chunk(bytes, pieces, pieceCount, pieceBytes);
  }

  end(trailers: string): void {
    if (this.#chunked) this.#out.text(lastChunk(trailers));
  }
}
