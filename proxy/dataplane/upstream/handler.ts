import type { BodyPieces, RequestOutlet, ResponseMessage } from "../message/message.ts";
import type { Client } from "../overload/client-shares.ts";
import type { TunnelSide } from "../sockets/tunnel.ts";
import type { UpstreamError } from "../stats/stats.ts";

/** What carries one request to an endpoint and its response back: a connection, for as long as the request takes. */
export interface UpstreamChannel {
  /** Takes the request; nothing leaves before `flush`. */
  readonly out: RequestOutlet;
  /** Bytes of a response to the current request have arrived. */
  readonly answered: boolean;
  /** It has served a request before. */
  readonly reused: boolean;
  /** The endpoint takes bytes more slowly than they come; `onDrain` follows. */
  readonly blocked: boolean;
  /** Bytes that the endpoint has not taken yet. */
  readonly backlog: number;
  /** These, and bytes of the response that have come and are not passed on yet. */
  readonly heldBytes: number;
  /** The client in whose share of the endpoint the request counts. Set by the endpoint's pool only. */
  holder: Client | undefined;
  /**
   * Begins a request.
   *
   * @param toHead the method is HEAD, so that the response has no body.
   * @param timeout for the response's head if `whole` is false, for all of the response if it is true; 0 for none.
   */
  begin(handler: UpstreamHandler, toHead: boolean, timeout: number, whole: boolean): void;
  /** Sends what was put into `out`; `ended` once the request is complete. */
  flush(ended: boolean): void;
  /** No more of the response for now. */
  pause(): void;
  resume(): void;
  /** The endpoint has switched protocols: from now on its bytes are the tunnel's, and its handler hears nothing more. */
  join(side: TunnelSide): void;
  /** Gives the request up; its handler hears nothing more. */
  destroy(): void;
}

/** Who sends one request to an endpoint and gets its response: an exchange, or a mirror. */
export interface UpstreamHandler {
  /** For whom the request is sent: requests of one client have a share of an endpoint's connections. */
  readonly client: Client;
  /** The request asks for 100 Continue before its body. */
  readonly expectsContinue: boolean;
  /** A connection is there. Called once for each `acquire` that did not return one. */
  onConnection(connection: UpstreamChannel): void;
  /** No connection can be had; called instead of `onConnection`. */
  onNoConnection(error: UpstreamError): void;
  /** A head of an interim response (1xx). The message is the caller's. */
  onInterim(message: ResponseMessage): void;
  /**
   * A head of a response that switches protocols (101), upon which the handler has the channel join a tunnel.
   *
   * @returns false if that was not asked for.
   */
  onUpgrade(message: ResponseMessage): boolean;
  /** The head of the response; `length` as in `responseLength`. */
  onHead(message: ResponseMessage, length: number): void;
  /** Data of the body. */
  onBody(bytes: Buffer, start: number, end: number): void;
  /** The same where there is framing between it. */
  onChunks(bytes: Buffer, chunks: BodyPieces): void;
  /** All that one read brought has been told. */
  onReadEnd(): void;
  /** The response is complete, the connection is not this handler's any more. `trailers` are lines. */
  onEnd(trailers: string): void;
  /** The connection is gone before the response was complete. */
  onFailure(error: UpstreamError, detail: string): void;
  /** The endpoint takes bytes again. */
  onDrain(): void;
  /**
   * Other requests wait for the channel, which is paused. Ends the response, unless its client reads after all.
   *
   * @param elapsed milliseconds since the channel was paused.
   * @returns whether the response was ended.
   */
  onContended(elapsed: number): boolean;
}
