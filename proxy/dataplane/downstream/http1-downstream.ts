import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import type { Downstream } from "../exchange/downstream.ts";
import { Exchange } from "../exchange/exchange.ts";
import type { Shared } from "../exchange/shared.ts";
import { ResponseWriter } from "../http1/response-writer.ts";
import type { MessageRefusal } from "../http1/rules.ts";
import type { Peer } from "../message/forwarded.ts";
import type { LocalResponse } from "../message/local-response.ts";
import type { BodyPieces, ResponseMessage } from "../message/message.ts";
import type { PortRouting } from "../routing/gateway.ts";
import type { Outlet } from "../sockets/sockets.ts";
import type { TunnelSide } from "../sockets/tunnel.ts";

/** The connection that carries the responses. */
export interface ResponseConnection {
  /** The local address of the connection, as in `Downstream`. */
  readonly localHost: string;
  /** A read is being processed, and flushes at its end. */
  readonly reading: boolean;
  /** The connection must close after the current response. */
  readonly mustClose: boolean;
  /** Handles that the client reads more slowly than data arrives. */
  waitForClient(): void;
  /**
   * Handles the end of a response.
   *
   * @param closing the connection must close, as the client was told.
   */
  onResponseEnd(closing: boolean): void;
  /** Hands the connection to a tunnel, after the 101. */
  joinTunnel(side: TunnelSide): void;
  abort(): void;
  pauseRequest(): void;
  resumeRequest(): void;
}

/** The client's side of the exchanges on one HTTP/1.1 connection: writes their responses, one after another. */
export class Http1Downstream implements Downstream {
  readonly peer: Peer;
  isHttp11 = true;
  readonly exchange: Exchange;
  readonly #connection: ResponseConnection;
  readonly #out: Outlet;
  readonly #writer: ResponseWriter;
  /** This response is the last one. */
  #closing = false;

  constructor(connection: ResponseConnection, out: Outlet, peer: Peer, port: PortRouting, shared: Shared) {
    this.peer = peer;
    this.#connection = connection;
    this.#out = out;
    this.#writer = new ResponseWriter(out);
    this.exchange = new Exchange(this, port, shared);
  }

  get localHost(): string {
    return this.#connection.localHost;
  }

  get version(): string {
    return this.isHttp11 ? "1.1" : "1.0";
  }

  get blocked(): boolean {
    return this.#out.blocked;
  }

  /** The connection carries one response at a time, so all progress is that of this response. */
  keepsReading(): boolean {
    return false;
  }

  interim(message: ResponseMessage): void {
    this.#writer.interim(message);
    this.#out.flush();
  }

  upgrade(message: ResponseMessage, modifiers: readonly HeaderModifierIR[], side: TunnelSide): void {
    this.#writer.upgrade(message, modifiers);
    this.#connection.joinTunnel(side);
  }

  head(message: ResponseMessage, length: number, modifiers: readonly HeaderModifierIR[]): void {
    this.#closing = this.#connection.mustClose;
    const toHead = this.exchange.method === "HEAD";
    if (this.#writer.head(message, length, this.isHttp11, toHead, this.#connectionField, modifiers)) {
      this.#closing = true;
    }
  }

  body(bytes: Buffer, start: number, end: number): void {
    this.#writer.body(bytes, start, end);
  }

  chunks(bytes: Buffer, chunks: BodyPieces): void {
    this.#writer.chunks(bytes, chunks);
  }

  flush(): void {
    if (this.#connection.reading) return;
    this.#out.flush();
    if (this.#out.blocked) this.#connection.waitForClient();
  }

  end(trailers: string): void {
    this.#writer.end(trailers);
    this.#connection.onResponseEnd(this.#closing);
  }

  answer(answer: LocalResponse, modifiers: readonly HeaderModifierIR[]): void {
    this.#closing = answer.closes === true || this.#connection.mustClose;
    this.#writer.answer(answer, this.#connectionField, modifiers, this.exchange.method === "HEAD");
    this.#connection.onResponseEnd(this.#closing);
  }

  /** Writes the response to a request that is not valid. The connection must close after it. */
  refuse(refusal: MessageRefusal, toHead: boolean): void {
    this.#writer.answer(refusal, "close", [], toHead);
  }

  abort(): void {
    this.#connection.abort();
  }

  pauseRequest(): void {
    this.#connection.pauseRequest();
  }

  resumeRequest(): void {
    this.#connection.resumeRequest();
  }

  /** HTTP/1.1 connections persist by default, HTTP/1.0 connections do not. */
  get #connectionField(): "" | "close" | "keep-alive" {
    if (this.#closing) return "close";
    return this.isHttp11 ? "" : "keep-alive";
  }
}
