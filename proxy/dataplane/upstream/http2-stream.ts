import { type ClientHttp2Stream, constants } from "node:http2";
import { addAbortSignal } from "node:stream";
import { CHUNKED } from "../http1/rules.ts";
import { trailerSection } from "../http1/trailers.ts";
import { type RequestOpener, RequestWriter, type RequestWriterOwner } from "../http2/request-writer.ts";
import type { ResponseHead } from "../http2/response-head.ts";
import type { Deadlines, Waiter } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";
import type { Client } from "../overload/client-shares.ts";
import type { UpstreamError } from "../stats/stats.ts";
import type { UpstreamChannel, UpstreamHandler } from "./handler.ts";
import type { EndpointHealth } from "./health.ts";
import type { PausedChannel, PausedResponses } from "./paused-responses.ts";

/** The session that carries a request. */
export interface StreamSession extends RequestOpener {
  readonly pool: StreamShared;
  /** Records in `heard` that part of a response has come. */
  readonly pulse: { heard: boolean };
  /** Returns whether the endpoint has not processed a request, or never got it. */
  wasIgnored(stream: ClientHttp2Stream): boolean;
  /** Handles a request that ended without a response. Returns whether the session's own failure is the reason. */
  unanswered(): boolean;
  /** Handles the end of a request. */
  leave(stream: UpstreamStream): void;
}

/** State that all requests to one endpoint share. */
export interface StreamShared {
  readonly deadlines: Deadlines;
  readonly limits: Limits;
  /** Health of the endpoint, updated by the results of requests. */
  readonly health: EndpointHealth;
  /** Responses that wait for their clients. */
  readonly paused: PausedResponses;
  /** The head of the response that is being handled. */
  readonly response: ResponseHead;
}

/** One request to an endpoint over HTTP/2, and its response. */
export class UpstreamStream implements UpstreamChannel, PausedChannel, RequestWriterOwner, Waiter {
  due = 0;
  slot = -1;
  readonly out: RequestWriter;
  answered = false;
  readonly reused: boolean;
  holder: Client | undefined;
  readonly #session: StreamSession;
  #stream: ClientHttp2Stream | undefined;
  #handler: UpstreamHandler | undefined;
  #toHead = false;
  /** Milliseconds until the response begins, and between its reads. A limit for the whole response does not restart. */
  #timeout = 0;
  #whole = false;
  #requestEnded = false;
  #interim = 0;
  #responding = false;
  #length = 0;
  #received = 0;
  #trailers = "";
  /** True once the endpoint has ended the response, so that the end of reading is not that of a reset. */
  #ended = false;
  #left = false;

  constructor(session: StreamSession, reused: boolean) {
    this.#session = session;
    this.reused = reused;
    this.out = new RequestWriter(session, this);
  }

  get blocked(): boolean {
    return this.#stream?.writableNeedDrain === true;
  }

  get backlog(): number {
    return this.#stream?.bufferSize ?? 0;
  }

  get heldBytes(): number {
    return this.backlog + (this.#stream?.readableLength ?? 0);
  }

  begin(handler: UpstreamHandler, toHead: boolean, timeout: number, whole: boolean): void {
    this.#handler = handler;
    this.#toHead = toHead;
    this.#timeout = timeout;
    this.#whole = whole;
    this.#wait(timeout);
  }

  opened(stream: ClientHttp2Stream): void {
    this.#stream = stream;
    const session = this.#session;
    stream.on("headers", (_fields, _flags, raw?: readonly string[]) => this.#onInterim(raw ?? []));
    stream.on("response", (_fields, flags, raw?: readonly string[]) => this.#onHead(raw ?? [], flags));
    stream.on("data", (bytes: Buffer) => this.#onData(bytes));
    stream.on("trailers", (_fields, _flags, raw?: readonly string[]) => {
      this.#ended = true;
      const { excess, lines } = trailerSection(raw ?? [], session.pool.limits);
      if (excess !== undefined) this.#fail("invalid", "its trailer section is too large");
      this.#trailers = lines;
    });
    stream.on("end", () => this.#onEnd());
    stream.on("drain", () => this.#handler?.onDrain());
    // Errors are handled at "close", which always follows.
    stream.on("error", () => {});
    stream.on("close", () => this.#onClose(stream));
    this.#watchEnd(stream);
  }

  /** Handles that nothing was sent, for a reason that is not the endpoint's. */
  notOpened(error: Error): void {
    this.#end("refused", (error as NodeJS.ErrnoException).code ?? "the connection has ended");
  }

  flush(ended: boolean): void {
    this.#requestEnded = ended;
    // A long upload does not count as a slow response.
    if (!this.#whole && !this.answered) this.#wait(this.#timeout);
  }

  pause(): void {
    if (this.#stream === undefined || this.#stream.isPaused()) return;
    this.#stream.pause();
    const { paused, deadlines } = this.#session.pool;
    paused.add(this, deadlines.after(0));
    // The client is slow, not the endpoint.
    if (!this.#whole) this.#wait(0);
  }

  resume(): void {
    if (!this.#stream?.isPaused()) return;
    this.#stream.resume();
    this.#session.pool.paused.delete(this);
    if (!this.#whole) this.#wait(this.#session.pool.limits.responseIdleTimeout);
  }

  giveWay(elapsed: number): boolean {
    return this.#handler?.onContended(elapsed) === true;
  }

  /** Does nothing: no stream switches protocols (RFC 9113 section 8.6), so that no handler asks for it. */
  join(): void {
    this.destroy();
  }

  /**
   * Resets the stream. `close` would first end an incomplete request, which an endpoint could then take for complete.
   * An abort does not, and also sends CANCEL.
   */
  destroy(): void {
    this.#handler = undefined;
    if (this.#stream !== undefined && !this.#stream.destroyed) addAbortSignal(aborted, this.#stream);
    this.#leave();
  }

  onDeadline(): void {
    if (this.#handler === undefined) this.destroy();
    else this.#fail("timeout", "it took too long");
  }

  /** Handles an interim response; 101 is not allowed in HTTP/2 (RFC 9113 section 8.6). */
  #onInterim(raw: readonly string[]): void {
    const { limits, response } = this.#session.pool;
    if (this.#handler === undefined) return;
    this.#heard();
    const wrong = response.read(raw, limits);
    if (wrong !== undefined) this.#fail("invalid", wrong);
    else if (response.status === 101) this.#fail("invalid", "it switches protocols unasked");
    else if (++this.#interim > limits.interimResponses) this.#fail("invalid", "too many interim responses");
    else this.#handler.onInterim(response);
  }

  #onHead(raw: readonly string[], flags: number): void {
    const handler = this.#handler;
    if (handler === undefined) return;
    const { limits, response, health } = this.#session.pool;
    this.#heard();
    const wrong = response.read(raw, limits);
    if (wrong !== undefined) {
      this.#fail("invalid", wrong);
      return;
    }
    health.responded(response.status);
    this.#responding = true;
    if ((flags & END_STREAM) !== 0) this.#ended = true;
    this.#length = response.length(this.#toHead, this.#ended);
    handler.onHead(response, this.#length);
    if (this.#handler === handler) handler.onReadEnd();
  }

  #onData(bytes: Buffer): void {
    const handler = this.#handler;
    if (handler === undefined || !this.#responding) return;
    this.#heard();
    this.#received += bytes.length;
    // nghttp2 compares the lengths as well. To a client of HTTP/1.1, an extra byte would begin the next response.
    if (this.#length !== CHUNKED && this.#received > this.#length) {
      this.#fail("invalid", "it is longer than it says");
      return;
    }
    handler.onBody(bytes, 0, bytes.length);
    if (this.#handler === handler) handler.onReadEnd();
  }

  /** Tells the client of the end at once; requests that wait for room follow when Node.js is done with the stream. */
  #onEnd(): void {
    const handler = this.#handler;
    if (handler === undefined || !this.#responding || !this.#ended) return;
    if (this.#length !== CHUNKED && this.#received < this.#length) {
      this.#fail("reset", "the response is shorter than it says");
      return;
    }
    this.#handler = undefined;
    // A response may come before the end of its request, whose rest is then not wanted (RFC 9113 section 8.1). Nor is
    // the rest of a complete request that the endpoint does not take.
    if (!this.#requestEnded) this.destroy();
    else if (!this.#left) this.#wait(this.#session.pool.limits.lingerTimeout);
    handler.onEnd(this.#trailers);
  }

  #onClose(stream: ClientHttp2Stream): void {
    const { rstCode } = stream;
    const isRefused = rstCode === constants.NGHTTP2_REFUSED_STREAM || this.#session.wasIgnored(stream);
    if (isRefused && !this.answered) this.#end("refused", "the backend refused the request");
    else if (!this.#responding && this.#handler !== undefined && this.#session.unanswered()) {
      this.#end("reset", "the connection has ended");
    } else this.#fail("reset", `the backend reset the stream (${codeName(rstCode)})`);
    this.#leave();
  }

  /** Fails the request. The endpoint is to blame before its response, but not if an incomplete request times out. */
  #fail(error: UpstreamError, detail: string): void {
    if (this.#handler !== undefined && !this.#responding && (error !== "timeout" || this.#requestEnded)) {
      this.#session.pool.health.failed();
    }
    this.#end(error, detail);
  }

  #end(error: UpstreamError, detail: string): void {
    const handler = this.#handler;
    if (handler === undefined) return;
    this.destroy();
    handler.onFailure(error, detail);
  }

  #heard(): void {
    this.answered = true;
    this.#session.pulse.heard = true;
    if (!this.#whole) this.#wait(this.#session.pool.limits.responseIdleTimeout);
  }

  /** Watches for the response's end. Node.js ends the readable side after a reset too, but then it is closed. */
  #watchEnd(stream: ClientHttp2Stream): void {
    const push = stream.push.bind(stream);
    stream.push = (chunk, encoding) => {
      if (chunk === null && !stream.closed) this.#ended = true;
      return push(chunk, encoding);
    };
  }

  #wait(timeout: number): void {
    this.#session.pool.deadlines.set(this, timeout);
  }

  #leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#session.pool.deadlines.remove(this);
    this.#session.pool.paused.delete(this);
    this.#session.leave(this);
  }
}

function codeName(code: number): string {
  return codeNames[code] ?? String(code);
}

/** Names of error codes by their number (RFC 9113 section 7). */
const codeNames: readonly string[] = [
  ...["NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR", "FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED"],
  ...["FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL", "COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM"],
  ...["INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED"],
];

const END_STREAM = 0x1;
const aborted = AbortSignal.abort();
