import type { ClientHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { Deadlines } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";

/**
 * Whether there is still somebody at the other end of a connection with requests under way (RFC 9113 section 6.7).
 * TCP's own keep-alive does not tell as long as something waits for its acknowledgement, and an HTTP/2 connection that
 * is dead takes new requests all the time.
 *
 * A PING is sent only in doubt, and rarely where nothing else is heard: servers of gRPC end a connection for the third
 * one that comes within five minutes of another without a response between them ("Client-side Keepalive", gRFC A8).
 */
export class SessionPulse {
  /** Something of a response has come. */
  heard = true;
  readonly #session: ClientHttp2Session;
  readonly #socket: Socket;
  readonly #deadlines: Deadlines;
  #bytesRead = -1;
  #asked = false;
  #nextPing = 0;

  constructor(session: ClientHttp2Session, socket: Socket, deadlines: Deadlines) {
    this.#session = session;
    this.#socket = socket;
    this.#deadlines = deadlines;
  }

  /** The connection has its first request. Returns when to feel, in milliseconds; 0 for never. */
  begin({ endpointPing }: Limits): number {
    // What has been read until now is looked at when the time comes, not for every request.
    if (!this.#asked) this.#bytesRead = -1;
    return endpointPing;
  }

  /** Returns when to feel again, or undefined if the connection is dead. */
  feel({ endpointPing, endpointPingTimeout }: Limits): number | undefined {
    const { bytesRead } = this.#socket;
    if (this.#bytesRead !== bytesRead) {
      this.#bytesRead = bytesRead;
      this.#asked = false;
      return endpointPing;
    }
    if (this.#asked) return undefined;
    const now = this.#deadlines.after(0);
    if (!this.heard && now < this.#nextPing) return endpointPing;
    this.heard = false;
    this.#nextPing = now + politeInterval;
    // Its answer is known by the bytes that it has.
    this.#asked = !this.#session.destroyed && this.#session.ping(() => {});
    return endpointPingTimeout;
  }
}

/** What servers of gRPC want between two PINGs without anything of a response between them, and a little more. */
const politeInterval = 310_000;
