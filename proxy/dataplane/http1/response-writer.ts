import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import type { Answer } from "../answers.ts";
import type { Outlet } from "../sockets.ts";
import { lastChunk } from "./chunk-text.ts";
import type { MessageParser } from "./message-parser.ts";
import { answerText, type ResponseFrame, responseText } from "./response-text.ts";

const noModifiers: readonly HeaderModifierIR[] = [];

/** Writes responses to one client's connection, framed for the version the client speaks. Nothing leaves before `flush`. */
export class ResponseWriter {
  readonly #out: Outlet;
  #chunked = false;

  constructor(out: Outlet) {
    this.#out = out;
  }

  /** An interim response (1xx). */
  interim(parser: MessageParser): void {
    const frame: ResponseFrame = { chunked: false, connection: "", modifiers: noModifiers };
    this.#out.text(responseText(parser.head, parser.status, frame));
  }

  /** A 101, behind which the bytes are no HTTP. */
  upgrade(parser: MessageParser, modifiers: readonly HeaderModifierIR[]): void {
    this.#out.text(responseText(parser.head, parser.status, { chunked: false, connection: "upgrade", modifiers }));
  }

  /**
   * @param length as in `responseLength`.
   * @param connection what Connection says if the body's end can be told without closing.
   * @returns whether the connection must be closed behind the response, since only that ends its body.
   */
  head(
    parser: MessageParser,
    length: number,
    isHttp11: boolean,
    connection: ResponseFrame["connection"],
    modifiers: readonly HeaderModifierIR[],
  ): boolean {
    const framed = length >= 0;
    const endsByClose = !framed && !isHttp11;
    this.#chunked = !framed && isHttp11;
    const frame = { chunked: this.#chunked, connection: endsByClose ? ("close" as const) : connection, modifiers };
    this.#out.text(responseText(parser.head, parser.status, frame));
    return endsByClose;
  }

  body(bytes: Buffer, start: number, end: number): void {
    if (!this.#chunked) {
      this.#out.bytes(bytes, start, end);
      return;
    }
    onePiece[0] = start;
    onePiece[1] = end;
    this.#out.chunk(bytes, onePiece, 1, end - start);
  }

  chunks(bytes: Buffer, { pieces, pieceCount, pieceBytes }: MessageParser): void {
    if (this.#chunked) {
      this.#out.chunk(bytes, pieces, pieceCount, pieceBytes);
      return;
    }
    for (let i = 0; i < pieceCount; i++) this.#out.bytes(bytes, pieces[i * 2] as number, pieces[i * 2 + 1] as number);
  }

  /** @param trailers lines. A body that is not chunked has no place for them (RFC 9110 section 6.5.1). */
  end(trailers: string): void {
    if (this.#chunked) this.#out.text(lastChunk(trailers));
  }

  /** A response of the proxy's own, whole. */
  answer(
    answer: Answer,
    connection: ResponseFrame["connection"],
    modifiers: readonly HeaderModifierIR[],
    toHead: boolean,
  ): void {
    this.#out.text(answerText(answer, { chunked: false, connection, modifiers }, toHead));
  }
}

const onePiece = new Int32Array(2);
