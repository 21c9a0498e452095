import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import { CONTENT_LENGTH } from "../message/header-names.ts";
import type { LocalResponse } from "../message/local-response.ts";
import type { BodyPieces, ResponseMessage } from "../message/message.ts";
import type { Outlet } from "../sockets/sockets.ts";
import { lastChunk } from "./chunk-text.ts";
import { answerText, type ResponseFrame, responseText } from "./response-text.ts";

const noModifiers: readonly HeaderModifierIR[] = [];

/** Writes responses to one client's connection, framed for the client's version. Nothing is sent before `flush`. */
export class ResponseWriter {
  readonly #out: Outlet;
  #chunked = false;

  constructor(out: Outlet) {
    this.#out = out;
  }

  /** Writes an interim response (1xx). */
  interim({ head, status }: ResponseMessage): void {
    const frame: ResponseFrame = { chunked: false, connection: "", modifiers: noModifiers };
    this.#out.text(responseText(head, status, frame));
  }

  /** Writes a 101, after which the bytes are not HTTP. */
  upgrade({ head, status }: ResponseMessage, modifiers: readonly HeaderModifierIR[]): void {
    this.#out.text(responseText(head, status, { chunked: false, connection: "upgrade", modifiers }));
  }

  /**
   * Writes the head of a response.
   *
   * @param length as in `responseLength`.
   * @param toHead the method is HEAD.
   * @param connection the value of Connection if the end of the body can be framed.
   * @returns whether the connection must be closed after the response, since only that ends its body.
   */
  head(
    message: ResponseMessage,
    length: number,
    isHttp11: boolean,
    toHead: boolean,
    connection: ResponseFrame["connection"],
    modifiers: readonly HeaderModifierIR[],
  ): boolean {
    const framed = length >= 0;
    const endsByClose = !framed && !isHttp11;
    this.#chunked = !framed && isHttp11;
    const empty = length === 0 && !toHead && !saysItsLength(message);
    const close = endsByClose ? ("close" as const) : connection;
    const frame = { chunked: this.#chunked, empty, connection: close, modifiers };
    this.#out.text(responseText(message.head, message.status, frame));
    return endsByClose;
  }

  body(bytes: Buffer, start: number, end: number): void {
    if (!this.#chunked) {
      this.#out.bytes(bytes, start, end);
      return;
    }
    this.#out.oneChunk(bytes, start, end);
  }

  chunks(bytes: Buffer, { pieces, pieceCount, pieceBytes }: BodyPieces): void {
    if (this.#chunked) {
      this.#out.chunk(bytes, pieces, pieceCount, pieceBytes);
      return;
    }
    for (let i = 0; i < pieceCount; i++) this.#out.bytes(bytes, pieces[i * 2] as number, pieces[i * 2 + 1] as number);
  }

  /** @param trailers lines of trailer fields; only a chunked body can carry them (RFC 9110 section 6.5.1). */
  end(trailers: string): void {
    if (this.#chunked) this.#out.text(lastChunk(trailers));
  }

  /** Writes a complete local response. */
  answer(
    answer: LocalResponse,
    connection: ResponseFrame["connection"],
    modifiers: readonly HeaderModifierIR[],
    toHead: boolean,
  ): void {
    this.#out.text(answerText(answer, { chunked: false, connection, modifiers }, toHead));
  }
}

/**
 * Returns whether the response states its length (RFC 9112 section 6.3). An HTTP/2 response may end with its head
 * without a length.
 */
function saysItsLength({ head, status }: ResponseMessage): boolean {
  return head.has(CONTENT_LENGTH) || status === 204 || status === 304;
}
