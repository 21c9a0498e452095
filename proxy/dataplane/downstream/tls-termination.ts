import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ClientHello } from "../connection-preamble/client-hello.ts";
import type { Shared } from "../exchange/shared.ts";
import type { PortRouting } from "../routing/gateway.ts";
import type { HandshakeError } from "../stats/stats.ts";
import { alerts } from "../tls/alerts.ts";
import { TlsHandshake } from "../tls/handshake.ts";
import { tellHandshakeFailed } from "./refusals.ts";

/**
 * Called when a handshake is complete.
 *
 * @param serverName the client's server name: lower case, without a trailing dot, empty if it sent none.
 * @param protocol the negotiated protocol; undefined for clients without ALPN.
 */
export type OnSecure = (socket: TLSSocket, serverName: string, protocol: string | undefined) => void;

/**
 * Terminates TLS for a port's connections. It accepts no connections itself: it receives them with their server name.
 * Each handshake uses the certificates in force when it begins; established connections keep theirs.
 */
export class Termination {
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #onSecure: OnSecure;
  readonly #handshakes = new Set<TlsHandshake>();

  constructor(port: PortRouting, shared: Shared, onSecure: OnSecure) {
    this.#port = port;
    this.#shared = shared;
    this.#onSecure = onSecure;
  }

  /**
   * Begins a handshake.
   *
   * @param socket a socket with the unread hello.
   * @param timeLeft milliseconds; 0 for no limit.
   * @param gone called once if the connection ends before its handshake is complete.
   */
  accept(socket: Socket, { serverName }: ClientHello, timeLeft: number, gone: () => void): void {
    const listener = this.#port.tls?.listener(serverName);
    const terms = typeof listener === "object" ? listener.terms(serverName) : undefined;
    if (terms === undefined) {
      const alert = listener === undefined ? alerts.unrecognizedName : alerts.handshakeFailure;
      this.refuse(socket, "noCertificate", gone, alert);
      return;
    }
    const handshake = new TlsHandshake(socket, terms, this.#shared.deadlines, timeLeft, {
      done: (secured) => {
        this.#handshakes.delete(handshake);
        this.#onSecure(secured, serverName, secured.alpnProtocol || undefined);
      },
      failed: (error) => {
        this.#handshakes.delete(handshake);
        tellHandshakeFailed(this.#shared, this.#port, socket, error);
        gone();
      },
    });
    this.#handshakes.add(handshake);
  }

  /** Ends a connection before its handshake begins, with a TLS alert if that is possible. */
  refuse(socket: Socket, error: HandshakeError, gone: () => void, alert?: Buffer): void {
    tellHandshakeFailed(this.#shared, this.#port, socket, error);
    if (socket.destroyed) {
      gone();
      return;
    }
    socket.on("error", () => {});
    socket.once("close", gone);
    if (alert === undefined) {
      socket.destroy();
      return;
    }
    // Unread bytes at the end would cause a reset, which can destroy the alert.
    socket.resume();
    socket.end(alert);
    const cut = setTimeout(() => socket.destroy(), this.#shared.limits.lingerTimeout);
    cut.unref();
    socket.once("close", () => clearTimeout(cut));
  }

  /** Ends every handshake under way. */
  destroy(): void {
    for (const handshake of [...this.#handshakes]) handshake.destroy();
  }
}
