import type { ClientHttp2Stream } from "node:http2";
import { CHUNKED } from "../http1/rules.ts";
import {
  type BodyPieces,
  type OutgoingBody,
  type OutgoingHead,
  piecesText,
  type RequestOutlet,
} from "../message/message.ts";
import { trailerFields } from "./response-fields.ts";

/** Opens streams: a session with an endpoint. */
export interface RequestOpener {
  /** @throws Error if the session has ended in the meantime. */
  request(head: readonly string[], endStream: boolean, waitForTrailers: boolean): ClientHttp2Stream;
}

/** The reader of the response. */
export interface RequestWriterOwner {
  /** The request has its stream. */
  opened(stream: ClientHttp2Stream): void;
  /** The request has no stream, and nothing was sent. */
  notOpened(error: Error): void;
}

/** Writes one request as a stream of a session with an endpoint. */
export class RequestWriter implements RequestOutlet {
  stream: ClientHttp2Stream | undefined;
  readonly #session: RequestOpener;
  readonly #owner: RequestWriterOwner;
  #trailers = "";

  constructor(session: RequestOpener, owner: RequestWriterOwner) {
    this.#session = session;
    this.#owner = owner;
  }

  begin(head: OutgoingHead, { length, opening, ended, trailers }: OutgoingBody): void {
    try {
      const isWhole = ended && opening === "" && trailers === "";
      const stream = this.#session.request(head as readonly string[], isWhole, length === CHUNKED);
      this.stream = stream;
      stream.on("wantTrailers", () => stream.sendTrailers(trailerFields(this.#trailers)));
      this.#owner.opened(stream);
      if (opening !== "") stream.write(opening, "latin1");
      if (ended && !isWhole) this.end(trailers);
    } catch (error) {
      // The caller of `begin` is not ready for an end yet.
      queueMicrotask(() => this.#owner.notOpened(error as Error));
    }
  }

  bytes(bytes: Buffer, start: number, end: number): void {
    this.#write(Buffer.from(bytes.subarray(start, end)));
  }

  chunks(bytes: Buffer, chunks: BodyPieces): void {
    if (chunks.pieceBytes > 0) this.#write(Buffer.from(piecesText(bytes, chunks), "latin1"));
  }

  end(trailers: string): void {
    this.#trailers = trailers;
    if (this.#isOpen) this.stream?.end();
  }

  #write(data: Buffer): void {
    if (this.#isOpen) this.stream?.write(data);
  }

  get #isOpen(): boolean {
    return this.stream !== undefined && !this.stream.destroyed && !this.stream.closed && !this.stream.writableEnded;
  }
}
