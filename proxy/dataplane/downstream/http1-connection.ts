import type { Socket } from "node:net";
import type { ConnectionOwner, ServedConnection } from "../exchange/downstream.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Shared } from "../exchange/shared.ts";
import type { MessageParser } from "../http1/message-parser.ts";
import { preface, RequestReader, type RequestSink } from "../http1/request-reader.ts";
import { type MessageRefusal, messageRefusals, persists } from "../http1/rules.ts";
import { hasRested, type Waiter } from "../limits/deadlines.ts";
import { peerOf } from "../message/forwarded.ts";
import { EXPECT } from "../message/header-names.ts";
import type { PortRouting } from "../routing/gateway.ts";
import { adopt, clientAddress, cut, localHostOf, Outlet, readBuffer, tlsVersionOf } from "../sockets/sockets.ts";
import type { TunnelSide } from "../sockets/tunnel.ts";
import { ClientReadGate } from "./client-read-gate.ts";
import { Http1Downstream, type ResponseConnection } from "./http1-downstream.ts";
import { tellRefused } from "./refusals.ts";

/** A client's HTTP/1.1 connection: requests one after another, each with its exchange, answered in order. */
export class ClientConnection implements ResponseConnection, ServedConnection, RequestSink, Waiter {
  due = 0;
  slot = -1;
  /** A read is being processed: what ends meanwhile is continued there. */
  reading = false;

  readonly #owner: ConnectionOwner;
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #socket: Socket;
  readonly #intake: ClientReadGate;
  readonly #out: Outlet;
  readonly #reader: RequestReader;
  readonly #downstream: Http1Downstream;
  readonly #exchange: Exchange;
  /** Open; switched to another protocol; HTTP/2; ending, while the client has time to read the rest; or closed. */
  #state: "open" | "tunnel" | "handed over" | "lingering" | "closed" = "open";
  /** The rest of the request's body is read and discarded. */
  #discarding = false;
  /** The client expects 100 (Continue) and may never send the body. */
  #expecting = false;
  #responseEnded = true;
  /** The client allows further requests on the connection after this response. */
  #keepAlive = true;
  #halfClosed = false;
  #tunnel: TunnelSide | undefined;

  constructor(accepted: Socket, port: PortRouting, owner: ConnectionOwner, shared: Shared, serverName?: string) {
    this.#owner = owner;
    this.#port = port;
    this.#shared = shared;
    this.#socket = adopt(accepted, (length) => (this.#tunnel ?? this).read(readBuffer, 0, length));
    this.#intake = new ClientReadGate(this.#socket, shared);
    this.#out = new Outlet(this.#socket);
    const peer = peerOf(clientAddress(this.#socket), port.number, serverName, tlsVersionOf(this.#socket));
    this.#reader = new RequestReader(this, shared.limits, shared.parsers);
    this.#downstream = new Http1Downstream(this, this.#out, peer, port, shared);
    this.#exchange = this.#downstream.exchange;
    this.#socket.on("drain", () => this.#onDrain());
    this.#socket.on("end", () => this.#onEnd());
    // Errors are handled in "close", which always follows.
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => this.#onClose());
    this.#wait(shared.limits.idleTimeout);
  }

  get localHost(): string {
    return localHostOf(this.#socket);
  }

  /** Processes bytes that the client has sent. */
  read(bytes: Buffer, start: number, end: number): void {
    this.reading = true;
    let at = start;
    while (at < end && this.#state === "open") {
      if (this.#reader.phase !== "ended") at = this.#reader.read(bytes, at, end);
      else {
        this.#exchange.requestReadEnd();
        // A local response may have ended the exchange at once; otherwise further requests wait for their turn.
        if (this.#reader.phase === "ended") at = this.#intake.keep(bytes, at, end);
      }
    }
    this.#exchange.requestReadEnd();
    this.reading = false;
    this.#out.flush();
    if (this.#out.blocked) this.waitForClient();
  }

  // The reader calls the following methods.

  /** Over TLS, HTTP/2 is negotiated only in the handshake (RFC 9113 section 3.2). */
  onPreface(bytes: Buffer, stop: number, end: number): boolean {
    if (this.#exchange.method !== "" || this.#downstream.peer.scheme !== "http") return false;
    this.#state = "handed over";
    this.#reader.stop();
    this.#shared.deadlines.remove(this);
    this.#socket.unshift(Buffer.concat([Buffer.from(preface), bytes.subarray(stop, end)]));
    this.#owner.startHttp2(this, this.#socket);
    return true;
  }

  onHeadBegun(): void {
    this.#wait(this.#shared.limits.headTimeout);
  }

  onHead(parser: MessageParser, length: number): void {
    this.#downstream.isHttp11 = parser.isHttp11;
    this.#keepAlive = persists(parser);
    this.#expecting = parser.isHttp11 && length !== 0 && parser.head.has(EXPECT);
    this.#responseEnded = false;
    this.#discarding = false;
    this.#wait(length === 0 ? 0 : this.#shared.limits.bodyIdleTimeout);
    this.#intake.pace.begin();
    this.#exchange.begin(parser, length);
  }

  onBody(bytes: Buffer, start: number, end: number): void {
    if (this.#keepsPace(end - start)) this.#exchange.requestBody(bytes, start, end);
  }

  onChunks(bytes: Buffer, parser: MessageParser): void {
    if (this.#keepsPace(parser.pieceBytes)) this.#exchange.requestChunks(bytes, parser);
  }

  /** Handles further bytes of a body. Returns whether they arrive fast enough. */
  #keepsPace(bytes: number): boolean {
    this.#expecting = false;
    this.#wait(this.#shared.limits.bodyIdleTimeout);
    if (this.#intake.pace.keeps(bytes, this.#exchange.place)) return true;
    this.onBodyRefused(messageRefusals.bodyTooSlow);
    return false;
  }

  onRequestEnd(trailers: string): void {
    if (this.#discarding) this.#next();
    else if (!this.#responseEnded) {
      this.#wait(0);
      this.#exchange.requestEnd(trailers);
    }
  }

  /** An unreadable request is answered, and the bytes after it are ignored (RFC 9112 sections 9.5 and 9.6). */
  onHeadRefused(refusal: MessageRefusal, toHead: boolean): void {
    tellRefused(this.#shared, this.#port, this.#downstream, refusal);
    this.#refuse(refusal, toHead);
  }

  #refuse(refusal: MessageRefusal, toHead: boolean): void {
    this.#downstream.refuse(refusal, toHead);
    this.#linger();
  }

  onBodyRefused(refusal: MessageRefusal): void {
    const tooLate = this.#responseEnded || this.#exchange.responding;
    this.#exchange.abort(tooLate ? undefined : refusal);
    if (tooLate) this.abort();
    else this.#refuse(refusal, this.#exchange.method === "HEAD");
  }

  // The downstream calls the following methods.

  joinTunnel(side: TunnelSide): void {
    this.#state = "tunnel";
    this.#tunnel = side;
    this.#shared.deadlines.remove(this);
    side.open(this.#socket, this.#out);
    // After its request, the client may have sent bytes of the new protocol already, and may even have ended its side.
    const ahead = this.#intake.release();
    if (ahead !== undefined) side.read(ahead, 0, ahead.length);
    if (this.#halfClosed) side.onEnd();
  }

  /** Resets the connection: a normal close would complete a body without a length (RFC 9112 section 8). */
  abort(): void {
    this.#state = "closed";
    this.#reader.stop();
    cut(this.#socket);
  }

  pauseRequest(): void {
    this.#intake.waitsForBackend = true;
    // The backend is slow, so the client gets no deadline.
    this.#wait(0);
  }

  resumeRequest(): void {
    if (!this.#intake.waitsForBackend) return;
    this.#intake.waitsForBackend = false;
    if (this.#reader.inBody) this.#wait(this.#shared.limits.bodyIdleTimeout);
  }

  /**
   * The connection must close after this response (RFC 9112 section 9.6), also because the start of the next request is
   * known only if the rest of this body arrives.
   */
  get mustClose(): boolean {
    if (!this.#keepAlive || this.#halfClosed || this.#owner.draining) return true;
    return this.#reader.inBody && this.#expecting;
  }

  onResponseEnd(closing: boolean): void {
    const { phase, remaining } = this.#reader;
    this.#responseEnded = true;
    if (!this.reading) this.#out.flush();
    this.resumeRequest();
    if (closing) this.#linger();
    else if (phase === "ended") this.#next();
    else if (phase === "length" && remaining <= this.#shared.limits.discardedBody) this.#discarding = true;
    else this.#linger();
  }

  #next(): void {
    this.#reader.next();
    this.#wait(this.#shared.limits.idleTimeout);
    if (!this.reading) this.#continue();
  }

  /** Continues with bytes that arrived before their turn. */
  #continue(): void {
    if (!this.#intake.isAhead) {
      if (this.#halfClosed && this.#responseEnded) this.#linger();
      return;
    }
    if (this.#intake.waitsForClient || this.#reader.phase !== "head") return;
    const ahead = this.#intake.take() as Buffer;
    this.read(ahead, 0, ahead.length);
    this.#intake.update();
  }

  /**
   * Ends this side, and keeps reading for a while. Closing a socket with unread bytes would make the system send a
   * reset, which can destroy a response that the client has not read yet (RFC 9112 section 9.6).
   */
  #linger(): void {
    if (this.#state !== "open") return;
    this.#state = "lingering";
    this.#reader.stop();
    this.#out.flush();
    this.#watchClient();
    // Once all data is with the system, the client has some time to close its side.
    this.#socket.end(() => {
      if (this.#state === "lingering") this.#wait(this.#shared.limits.lingerTimeout);
    });
    this.#intake.release();
  }

  /** Accepts no further request. */
  drain(): void {
    if (this.#reader.atRest) this.#linger();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  get heldBytes(): number {
    const { heldBytes: tunnelled = 0 } = this.#tunnel ?? {};
    const waiting = this.#socket.writableLength + this.#intake.aheadBytes + this.#reader.heldBytes;
    return waiting + this.#exchange.heldBytes + tunnelled;
  }

  endForMemory(): void {
    this.#exchange.cut("memory");
    this.#tunnel?.cut();
    this.destroy();
  }

  closeIdle(): boolean {
    const idle = this.#state === "open" && this.#reader.atRest && this.#intake.atRest;
    if (!idle || !hasRested(this, this.#shared.limits.idleTimeout, this.#shared.deadlines)) return false;
    this.destroy();
    return true;
  }

  /** Stops reading from a client that does not read its response. */
  waitForClient(): void {
    if (this.#intake.waitsForClient || this.#state !== "open") return;
    this.#watchClient();
    this.#intake.waitsForClient = true;
  }

  #onDrain(): void {
    if (this.#intake.waitsForClient) {
      this.#intake.waitsForClient = false;
      const { limits } = this.#shared;
      if (this.#reader.phase === "ended" || this.#intake.waitsForBackend) this.#wait(0);
      else this.#wait(this.#reader.inBody ? limits.bodyIdleTimeout : limits.idleTimeout);
      this.#continue();
    }
    this.#exchange.onClientDrain();
  }

  /** While the client has to read its response, no other deadline applies. */
  #wait(timeout: number): void {
    if (!this.#intake.waitsForClient) this.#shared.deadlines.set(this, timeout);
  }

  onDeadline(): void {
    const lingering = this.#state === "lingering";
    if (lingering && this.#socket.writableFinished) this.destroy();
    else if ((lingering || this.#intake.waitsForClient) && this.#out.stalled) this.abort();
    else if (lingering || this.#intake.waitsForClient) this.#watchClient();
    else if (this.#reader.begun) this.onHeadRefused(messageRefusals.headTimeout, false);
    else if (this.#reader.phase === "head") this.#linger();
    else if (this.#responseEnded) this.destroy();
    else this.onBodyRefused(messageRefusals.bodyTimeout);
  }

  /** Gives the client `writeTimeout` to read some of its response; otherwise it is disconnected. */
  #watchClient(): void {
    this.#out.watch();
    this.#shared.deadlines.set(this, this.#shared.limits.writeTimeout);
  }

  /** Handles the end of the client's side. A complete request is still answered (RFC 9112 section 9.6). */
  #onEnd(): void {
    this.#halfClosed = true;
    if (this.#state !== "open" || this.#reader.phase === "ended") return;
    if (this.#reader.phase === "head" && !this.#reader.begun) this.#linger();
    else this.destroy();
  }

  #onClose(): void {
    if (this.#state === "handed over") return;
    this.#state = "closed";
    this.#intake.take();
    this.#reader.stop();
    this.#exchange.abort();
    this.#shared.deadlines.remove(this);
    this.#owner.closed(this);
  }
}
