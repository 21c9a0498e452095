import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import { withoutModified } from "../http1/trailers.ts";
import type { BodyPieces, ResponseMessage } from "../message/message.ts";
import type { RequestRecord } from "../observe/request-record.ts";
import type { UpstreamChannel } from "../upstream/handler.ts";
import type { Downstream } from "./downstream.ts";
import type { Shared } from "./shared.ts";

/** Passes a backend's response to the client, no faster than the client reads. */
export class ResponseRelay {
  /** The head of the response was sent to the client. */
  begun = false;
  readonly #client: Downstream;
  readonly #record: RequestRecord;
  readonly #shared: Shared;
  /** Remaining bytes of the body. Negative: the length is unknown. */
  #rest = 0;
  #modifiers: readonly HeaderModifierIR[] = [];

  constructor(client: Downstream, record: RequestRecord, shared: Shared) {
    this.#client = client;
    this.#record = record;
    this.#shared = shared;
  }

  begin(): void {
    this.begun = false;
  }

  /**
   * @param status status of the backend's response, which a filter may have changed in the message.
   * @param length as in `responseLength`.
   */
  head(message: ResponseMessage, status: number, length: number, modifiers: readonly HeaderModifierIR[]): void {
    this.begun = true;
    this.#rest = length;
    this.#modifiers = modifiers;
    this.#record.responds(message.status, status);
    this.#client.head(message, length, modifiers);
  }

  body(bytes: Buffer, start: number, end: number): void {
    if (!this.begun) return;
    this.#rest -= end - start;
    this.#record.gave(end - start);
    this.#client.body(bytes, start, end);
  }

  chunks(bytes: Buffer, chunks: BodyPieces): void {
    this.#record.gave(chunks.pieceBytes);
    this.#client.chunks(bytes, chunks);
  }

  /** @param trailers lines of trailer fields. */
  end(trailers: string): void {
    this.#client.end(withoutModified(trailers, this.#modifiers));
  }

  /** Called after all parts of one read: pauses the endpoint if the client is slower. */
  readEnd(channel: UpstreamChannel | undefined): void {
    this.#client.flush();
    if (this.#client.blocked && !this.#takesRest) channel?.pause();
  }

  /** A small rest is buffered for the client, so that the connection to the endpoint is free for the next request. */
  get #takesRest(): boolean {
    const { limits, admission } = this.#shared;
    return this.#rest >= 0 && this.#rest <= limits.responseBuffer && !admission.sheds;
  }
}
