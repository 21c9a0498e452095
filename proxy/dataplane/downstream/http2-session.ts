import { constants, performServerHandshake, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { Socket } from "node:net";
import type { ConnectionOwner, ServedConnection } from "../exchange/downstream.ts";
import type { Shared } from "../exchange/shared.ts";
import { messageRefusals } from "../http1/rules.ts";
import { HeadWatch } from "../http2/head-watch.ts";
import { ResetRate } from "../http2/reset-rate.ts";
import { headOverdue, isExcess, sayWhy, shortOfMemory, tooManyResets } from "../http2/session-errors.ts";
import { hasRested, type Waiter } from "../limits/deadlines.ts";
import { type Peer, peerOf } from "../message/forwarded.ts";
import type { PortRouting } from "../routing/gateway.ts";
import { clientAddress, tlsVersionOf } from "../sockets/sockets.ts";
import { ClientStream, type StreamOwner } from "./http2-stream.ts";
import { tellRefused } from "./refusals.ts";

/** A client's HTTP/2 connection, on top of Node.js' own: concurrent requests, each a stream with its exchange. */
export class ClientSession implements ServedConnection, StreamOwner, Waiter {
  due = 0;
  slot = -1;
  readonly peer: Peer;
  readonly #owner: ConnectionOwner;
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #socket: Socket;
  readonly #session: ServerHttp2Session;
  readonly #resets: ResetRate;
  readonly #heads: HeadWatch;
  /** Streams that are not closed, and the requests under way among them. */
  #open = 0;
  readonly #requests = new Set<ClientStream>();
  /** GOAWAY has been sent, so the client opens no more streams. */
  #closing = false;

  /** @param socket a socket with the bytes read so far put back. */
  constructor(socket: Socket, port: PortRouting, owner: ConnectionOwner, shared: Shared, serverName?: string) {
    const { http2, limits, stats } = shared;
    this.#owner = owner;
    this.#port = port;
    this.#shared = shared;
    this.#socket = socket;
    this.peer = peerOf(clientAddress(socket), port.number, serverName, tlsVersionOf(socket));
    this.#resets = new ResetRate(limits.http2ResetBurst, limits.http2ResetRate);
    stats.http2.accepted++;
    const session = performServerHandshake(socket, http2.options);
    this.#session = session;
    sayWhy(session);
    session.setLocalWindowSize(connectionWindow);
    session.on("stream", (stream, _fields, flags, raw?: readonly string[]) => this.#onStream(stream, flags, raw ?? []));
    session.on("error", (error) => this.#onError(error));
    session.on("close", () => this.#onClose());
    socket.on("end", () => this.#onEnd());
    this.#heads = new HeadWatch(session, shared.deadlines, limits.headTimeout, () => this.#refuseHead());
    this.#wait(limits.idleTimeout);
  }

  get bytesWritten(): number {
    return this.#socket.bytesWritten;
  }

  get requestCount(): number {
    return this.#requests.size;
  }

  #onStream(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    this.#open++;
    this.#heads.whole = stream.id ?? this.#heads.whole;
    this.#wait(0);
    stream.on("close", () => this.#onStreamClose(stream.rstCode));
    // A stream that was reset in the same read is no request.
    if (stream.destroyed || stream.closed) {
      stream.on("error", () => {});
      return;
    }
    const request = new ClientStream(stream, this, this.#port, this.#shared);
    this.#requests.add(request);
    stream.on("close", () => this.#requests.delete(request));
    request.begin(raw, (flags & END_STREAM) !== 0);
  }

  #onStreamClose(code: number): void {
    this.#open--;
    if (code !== constants.NGHTTP2_NO_ERROR && this.#resets.isExceeded(performance.now())) {
      // This may run in an nghttp2 callback, where nothing would be sent.
      setImmediate(() => this.#session.destroy(tooManyResets));
      return;
    }
    if (this.#open > 0) return;
    // At this moment it is least likely that a request is on its way.
    if (this.#owner.draining) this.#close();
    this.#wait(this.#closing ? this.#shared.limits.lingerTimeout : this.#shared.limits.idleTimeout);
  }

  /**
   * Ends a connection with an unfinished head: nothing else may follow on it, neither a request nor the rest of one.
   */
  #refuseHead(): void {
    tellRefused(this.#shared, this.#port, { peer: this.peer, version: "2" }, messageRefusals.headTimeout);
    this.#session.destroy(headOverdue);
  }

  /** Handles the end of the client's side: complete requests are answered, and incomplete ones are aborted. */
  #onEnd(): void {
    for (const request of [...this.#requests]) if (!request.isWhole) request.abort();
    this.#close();
  }

  /** Accepts no further request. */
  drain(): void {
    this.#close();
  }

  /**
   * Ends the session after its open streams. The GOAWAY names the last of them (RFC 9113 section 6.8): the client knows
   * that later requests were not processed, and can send them elsewhere.
   */
  #close(): void {
    if (this.#closing || this.#session.destroyed) return;
    this.#closing = true;
    this.#session.close();
    if (this.#open === 0) this.#wait(this.#shared.limits.lingerTimeout);
  }

  get heldBytes(): number {
    let held = 0;
    for (const request of this.#requests) held += request.heldBytes;
    return held;
  }

  endForMemory(): void {
    for (const request of [...this.#requests]) request.endForMemory();
    this.#session.destroy(shortOfMemory);
  }

  closeIdle(): boolean {
    const { limits, deadlines } = this.#shared;
    if (this.#open > 0 || this.#closing || !hasRested(this, limits.idleTimeout, deadlines)) return false;
    this.#close();
    return true;
  }

  destroy(): void {
    this.#session.destroy();
    this.#socket.destroy();
  }

  /** Handles the deadline of a session without streams. */
  onDeadline(): void {
    if (this.#open > 0) return;
    if (this.#closing) this.destroy();
    else this.#close();
  }

  #wait(timeout: number): void {
    this.#shared.deadlines.set(this, timeout);
  }

  /** Counts an error of the client or the connection; "close" follows. */
  #onError(error: Error): void {
    if (isExcess(error)) this.#shared.stats.http2.calmed++;
  }

  #onClose(): void {
    this.#heads.stop();
    this.#shared.deadlines.remove(this);
    this.#owner.closed(this);
  }
}

const END_STREAM = 0x1;

/**
 * Flow-control window of a connection for request bodies, in bytes. Memory is limited by the windows of streams, 64 KiB
 * each.
 */
const connectionWindow = 1024 * 1024;
