import type { ClientHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { Deadlines } from "../limits/deadlines.ts";
import type { Limits } from "../limits/limits.ts";

/**
 * Checks that the peer of a connection with requests under way is still alive (RFC 9113 section 6.7). TCP keep-alive
 * does not tell while data waits for its acknowledgement, and a dead HTTP/2 connection takes new requests all the time.
 *
 * A PING is sent only in doubt, and rarely without other traffic: gRPC servers end a connection at the third PING that
 * comes within five minutes of another without a response between them ("Client-side Keepalive", gRFC A8).
 */
export class SessionPulse {
  /** True if part of a response has come. */
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

  /** Starts with the first request of the connection. Returns milliseconds until `feel`; 0 for never. */
  begin({ endpointPing }: Limits): number {
    // The bytes read so far are recorded when the time comes, not for every request.
    if (!this.#asked) this.#bytesRead = -1;
    return endpointPing;
  }

  /** Checks the connection. Returns milliseconds until the next check, or undefined if the connection is dead. */
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
    // The bytes that arrive show the acknowledgement.
    this.#asked = !this.#session.destroyed && this.#session.ping(() => {});
    return endpointPingTimeout;
  }
}

/** Milliseconds that gRPC servers require between two PINGs without a response between them, and a little more. */
const politeInterval = 310_000;
