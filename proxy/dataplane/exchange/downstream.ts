import type { Socket } from "node:net";
import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import type { Peer } from "../message/forwarded.ts";
import type { LocalResponse } from "../message/local-response.ts";
import type { BodyPieces, ResponseMessage } from "../message/message.ts";
import type { MemoryHolder } from "../overload/memory-relief.ts";
import type { TunnelSide } from "../sockets/tunnel.ts";

/** The client's side of an exchange: an HTTP/1.1 connection, or another carrier of one request and its response. */
export interface Downstream {
  readonly peer: Peer;
  /** The version is at least HTTP/1.1, so the client accepts interim responses. */
  readonly isHttp11: boolean;
  /** HTTP version of the request: `1.0`, `1.1` or `2`. */
  readonly version: string;
  /**
   * The address to which the client has connected, as a Host without port: `192.0.2.1` or `[2001:db8::1]`. Absent for
   * HTTP/2, where every request names its host.
   */
  readonly localHost?: string;
  /** The client reads more slowly than data arrives; `Exchange.onClientDrain` follows. */
  readonly blocked: boolean;
  /**
   * Returns whether the client still reads although it has read nothing of this response for `elapsed` milliseconds,
   * because other responses share its connection.
   */
  keepsReading(elapsed: number): boolean;
  /** Sends an interim response (1xx). */
  interim(message: ResponseMessage): void;
  /** Switches protocols: sends the backend's 101 to the client. All further bytes belong to the tunnel. */
  upgrade(message: ResponseMessage, modifiers: readonly HeaderModifierIR[], side: TunnelSide): void;
  /** Sends the head of the response; `length` as in `responseLength`. */
  head(message: ResponseMessage, length: number, modifiers: readonly HeaderModifierIR[]): void;
  body(bytes: Buffer, start: number, end: number): void;
  chunks(bytes: Buffer, chunks: BodyPieces): void;
  flush(): void;
  /** Completes the response. `trailers` are lines. */
  end(trailers: string): void;
  /** Sends a complete local response. */
  answer(answer: LocalResponse, modifiers: readonly HeaderModifierIR[]): void;
  /** Aborts the response, so that the client sees that it is incomplete. */
  abort(): void;
  /** Pauses the request's body. */
  pauseRequest(): void;
  resumeRequest(): void;
}

/** A client's connection, as its owner sees it. */
export interface ServedConnection extends MemoryHolder {
  /** Accepts no further request; requests in flight finish. */
  drain(): void;
  /** Closes the connection if it has been idle for a while; returns whether it did. */
  closeIdle(): boolean;
  /** Closes the connection at once. */
  destroy(): void;
}

/** The owner of a client's connection, which has accepted it. */
export interface ConnectionOwner {
  /** Responses should be the last on their connections. */
  readonly draining: boolean;
  /** The connection has closed. */
  closed(connection: ServedConnection): void;
  /** The connection turns out to be HTTP/2. The bytes that were read are put back into the socket. */
  startHttp2(connection: ServedConnection, socket: Socket): void;
}
