import type { Socket } from "node:net";
import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import type { Peer } from "../message/forwarded.ts";
import type { Answer } from "../message/local-response.ts";
import type { BodyPieces, ResponseMessage } from "../message/message.ts";
import type { MemoryHolder } from "../overload/memory-relief.ts";
import type { TunnelSide } from "../sockets/tunnel.ts";

/** The client's side of an exchange: an HTTP/1.1 connection, or whatever else carries one request and its response. */
export interface Downstream {
  readonly peer: Peer;
  /** At least HTTP/1.1: the client takes interim responses. */
  readonly isHttp11: boolean;
  /** The request's version of HTTP: `1.0`, `1.1` or `2`. */
  readonly version: string;
  /**
   * The address that the client has connected to, as a Host without port: `192.0.2.1` or `[2001:db8::1]`. Absent where
   * every request names its host (HTTP/2).
   */
  readonly localHost?: string;
  /** The client takes bytes more slowly than they come; `Exchange.onClientDrain` follows. */
  readonly blocked: boolean;
  /**
   * Whether the client reads although it has taken nothing of this response for so long: other responses share its
   * connection.
   */
  keepsReading(elapsed: number): boolean;
  /** An interim response (1xx). */
  interim(message: ResponseMessage): void;
  /** The backend has switched protocols: its 101 goes to the client, and from there on the bytes are the tunnel's. */
  upgrade(message: ResponseMessage, modifiers: readonly HeaderModifierIR[], side: TunnelSide): void;
  /** The head of the response; `length` as in `responseLength`. */
  head(message: ResponseMessage, length: number, modifiers: readonly HeaderModifierIR[]): void;
  body(bytes: Buffer, start: number, end: number): void;
  chunks(bytes: Buffer, chunks: BodyPieces): void;
  flush(): void;
  /** The response is complete. `trailers` are lines. */
  end(trailers: string): void;
  /** A response of the proxy's own, whole. */
  answer(answer: Answer, modifiers: readonly HeaderModifierIR[]): void;
  /** The response cannot be completed: the client must see that it is cut. */
  abort(): void;
  /** No more of the request's body for now. */
  pauseRequest(): void;
  resumeRequest(): void;
}

/** A client's connection, as who has accepted it sees it. */
export interface ServedConnection extends MemoryHolder {
  /** No further request is taken; what is in flight is finished. */
  drain(): void;
  /** Closes it if nothing has been asked on it for a while; says whether it did. */
  closeIdle(): boolean;
  /** Cuts it. */
  destroy(): void;
}

/** Who has accepted a client's connection. */
export interface ConnectionOwner {
  /** Responses are to be the last on their connections. */
  readonly draining: boolean;
  /** The connection is gone. */
  closed(connection: ServedConnection): void;
  /** The connection turns out to be one of HTTP/2. What has been read of it is put back into the socket. */
  startHttp2(connection: ServedConnection, socket: Socket): void;
}
