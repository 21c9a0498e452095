import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { Deadlines, Waiter } from "../limits/deadlines.ts";
import type { HandshakeError } from "../stats/stats.ts";
import type { HandshakeTerms } from "./listener-tls.ts";
import { establish, hasValidCertificate, serverSocket } from "./server-socket.ts";

export interface HandshakeOwner {
  done(secured: TLSSocket): void;
  failed(error: HandshakeError): void;
}

/** One handshake with a client. It reports its result to its owner once. */
export class TlsHandshake implements Waiter {
  due = 0;
  slot = -1;
  readonly #secured: TLSSocket;
  readonly #deadlines: Deadlines;
  readonly #owner: HandshakeOwner;
  readonly #requiresCertificate: boolean;
  #error: HandshakeError | undefined;
  #ended = false;

  /**
   * @param carrier the TCP connection; its unread bytes are read first.
   * @param timeLeft milliseconds; 0 for no limit.
   */
  constructor(carrier: Socket, terms: HandshakeTerms, deadlines: Deadlines, timeLeft: number, owner: HandshakeOwner) {
    this.#deadlines = deadlines;
    this.#owner = owner;
    this.#requiresCertificate = terms.clientCertificate === "required";
    this.#secured = serverSocket(carrier, terms);
    this.#secured.on("secure", this.#onSecure);
    this.#secured.on("error", this.#onError);
    this.#secured.on("end", this.#onEnd);
    this.#secured.on("close", this.#onClose);
    deadlines.set(this, timeLeft);
  }

  destroy(): void {
    this.#secured.destroy();
  }

  onDeadline(): void {
    this.#error = "timeout";
    this.#secured.destroy();
  }

  readonly #onSecure = (): void => {
    if (this.#ended) return;
    // Node.js leaves the verification result of a requested certificate to its caller.
    if (this.#requiresCertificate && !hasValidCertificate(this.#secured)) {
      this.#error = "clientCertificate";
      this.#secured.destroy();
      return;
    }
    this.#end();
    establish(this.#secured);
    this.#secured.removeListener("secure", this.#onSecure);
    this.#secured.removeListener("end", this.#onEnd);
    this.#secured.removeListener("close", this.#onClose);
    this.#owner.done(this.#secured);
    this.#secured.removeListener("error", this.#onError);
  };

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    this.#error ??= kindOf(error, this.#requiresCertificate);
  };

  /** Fails the handshake when the client ends its half; the socket itself would wait, since it may be half open. */
  readonly #onEnd = (): void => {
    this.#secured.destroy();
  };

  readonly #onClose = (): void => {
    if (this.#ended) return;
    this.#end();
    this.#owner.failed(this.#error ?? "closed");
  };

  #end(): void {
    this.#ended = true;
    this.#deadlines.remove(this);
  }
}

function kindOf({ code = "" }: NodeJS.ErrnoException, requiresCertificate: boolean): HandshakeError {
  if (code === "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE") return "clientCertificate";
  if (code === "ERR_SSL_NO_APPLICATION_PROTOCOL") return "protocol";
  if (/NO_SUITABLE_SIGNATURE|NO_CERTIFICATE_SET/.test(code)) return "noCertificate";
  if (/UNSUPPORTED_PROTOCOL|VERSION|NO_SHARED_CIPHER|INAPPROPRIATE_FALLBACK/.test(code)) return "version";
  if (code === "ECONNRESET" || code === "EPIPE") return "closed";
  if (/_ALERT_|CERTIFICATE_UNKNOWN|UNKNOWN_CA/.test(code)) return "refusedByClient";
  return requiresCertificate && /CERT/.test(code) ? "clientCertificate" : "invalid";
}
