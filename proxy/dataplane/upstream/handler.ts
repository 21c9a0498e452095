import type { BodyPieces, RequestOutlet, ResponseMessage } from "../message/message.ts";
import type { Client } from "../overload/client-shares.ts";
import type { TunnelSide } from "../sockets/tunnel.ts";
import type { UpstreamError } from "../stats/stats.ts";

/** Carries one request to an endpoint and its response back: a connection, for as long as the request takes. */
export interface UpstreamChannel {
  /** Receives the request; nothing is sent before `flush`. */
  readonly out: RequestOutlet;
  /** True once bytes of a response to the current request have arrived. */
  readonly answered: boolean;
  /** True if it has served a request before. */
  readonly reused: boolean;
  /** True while the endpoint takes bytes more slowly than they come; `onDrain` follows. */
  readonly blocked: boolean;
  /** Bytes of the request that the endpoint has not taken yet. */
  readonly backlog: number;
  /** The backlog, and received bytes of the response that are not passed on yet. */
  readonly heldBytes: number;
  /** The client whose share of the endpoint counts the request. Set by the endpoint's pool only. */
  holder: Client | undefined;
  /**
   * Begins a request.
   *
   * @param toHead whether the method is HEAD, so that the response has no body.
   * @param timeout for the response's head if `whole` is false, for all of the response if it is true; 0 for none.
   */
  begin(handler: UpstreamHandler, toHead: boolean, timeout: number, whole: boolean): void;
  /** Sends the content of `out`; `ended` is true once the request is complete. */
  flush(ended: boolean): void;
  /** Stops reading the response for now. */
  pause(): void;
  resume(): void;
  /** Hands the connection to a tunnel after the endpoint has switched protocols; its handler gets no more calls. */
  join(side: TunnelSide): void;
  /** Aborts the request; its handler gets no more calls. */
  destroy(): void;
}

/** The sender of one request to an endpoint, which gets its response: an exchange, or a mirror. */
export interface UpstreamHandler {
  /** The client of the request: its requests have a share of an endpoint's connections. */
  readonly client: Client;
  /** True if the request asks for 100 Continue before its body. */
  readonly expectsContinue: boolean;
  /** Receives a connection. Called once for each `acquire` that did not return one. */
  onConnection(connection: UpstreamChannel): void;
  /** Handles that no connection can be had; called instead of `onConnection`. */
  onNoConnection(error: UpstreamError): void;
  /** Receives the head of an interim response (1xx). The caller owns the message. */
  onInterim(message: ResponseMessage): void;
  /**
   * Receives the head of a response that switches protocols (101). The handler then lets the channel join a tunnel.
   *
   * @returns false if the request did not ask for that.
   */
  onUpgrade(message: ResponseMessage): boolean;
  /** Receives the head of the response; `length` as in `responseLength`. */
  onHead(message: ResponseMessage, length: number): void;
  /** Receives data of the body. */
  onBody(bytes: Buffer, start: number, end: number): void;
  /** Receives data of the body with framing between the pieces. */
  onChunks(bytes: Buffer, chunks: BodyPieces): void;
  /** Handles the end of one read, after the other calls for it. */
  onReadEnd(): void;
  /** Handles the end of the response; the connection no longer belongs to this handler. `trailers` are lines. */
  onEnd(trailers: string): void;
  /** Handles that the connection closed before the response was complete. */
  onFailure(error: UpstreamError, detail: string): void;
  /** Handles that the endpoint takes bytes again. */
  onDrain(): void;
  /**
   * Ends the response for requests that wait for the paused channel, unless its client reads after all.
   *
   * @param elapsed milliseconds since the channel was paused.
   * @returns whether the response was ended.
   */
  onContended(elapsed: number): boolean;
}
