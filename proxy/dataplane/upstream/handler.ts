import type { MessageParser } from "../http1/message-parser.ts";
import type { UpstreamError } from "../stats.ts";
import type { UpstreamConnection } from "./connection.ts";

/** Who sends one request to an endpoint and gets its response: an exchange, or a mirror. */
export interface UpstreamHandler {
  /** A connection is there. Called once for each `acquire` that did not return one. */
  onConnection(connection: UpstreamConnection): void;
  /** No connection can be had; called instead of `onConnection`. */
  onNoConnection(error: UpstreamError): void;
  /** A head of an interim response (1xx). The parser is the caller's. */
  onInterim(parser: MessageParser): void;
  /** The head of the response; `length` as in `responseLength`. */
  onHead(parser: MessageParser, length: number): void;
  /** Data of a body that is not chunked. */
  onBody(bytes: Buffer, start: number, end: number): void;
  /** Data of a chunked body: the parser's pieces. */
  onChunks(bytes: Buffer, parser: MessageParser): void;
  /** All that one read brought has been told. */
  onReadEnd(): void;
  /** The response is complete, the connection is not this handler's any more. `trailers` are lines. */
  onEnd(trailers: string): void;
  /** The connection is gone before the response was complete. */
  onFailure(error: UpstreamError, detail: string): void;
  /** The endpoint takes bytes again. */
  onDrain(): void;
}
