import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { ClientHello } from "../connection-preamble/client-hello.ts";
import type { Shared } from "../exchange/shared.ts";
import type { PortRouting } from "../routing/gateway.ts";
import type { HandshakeError } from "../stats/stats.ts";
import { alerts } from "../tls/alerts.ts";
import { Handshake } from "../tls/handshake.ts";
import { tellHandshakeFailed } from "./refusals.ts";

/**
 * A handshake is done.
 *
 * @param serverName what the client asked for: lower case, without trailing dot, empty if it asked for none.
 * @param protocol what client and proxy have agreed on; undefined for clients that know no ALPN.
 */
export type OnSecure = (socket: TLSSocket, serverName: string, protocol: string | undefined) => void;

/**
 * TLS in front of a port's connections. It accepts nothing itself: connections are given to it with the name that their
 * client asks for. Each handshake goes by the certificates that are in force when it begins; connections that are
 * established keep what they have.
 */
export class Termination {
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #onSecure: OnSecure;
  readonly #handshakes = new Set<Handshake>();

  constructor(port: PortRouting, shared: Shared, onSecure: OnSecure) {
    this.#port = port;
    this.#shared = shared;
    this.#onSecure = onSecure;
  }

  /**
   * @param socket holds the hello, unread.
   * @param timeLeft milliseconds; 0 for no limit.
   * @param gone called once if the connection ends before its handshake is done.
   */
  accept(socket: Socket, { serverName }: ClientHello, timeLeft: number, gone: () => void): void {
    const listener = this.#port.tls?.listener(serverName);
    const terms = typeof listener === "object" ? listener.terms(serverName) : undefined;
    if (terms === undefined) {
      const alert = listener === undefined ? alerts.unrecognizedName : alerts.handshakeFailure;
      this.refuse(socket, "noCertificate", gone, alert);
      return;
    }
    const handshake = new Handshake(socket, terms, this.#shared.deadlines, timeLeft, {
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

  /** Ends a connection whose handshake does not even begin, after telling the client why if there is a way to. */
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
    // What is left unread at the end would be answered by a reset, which can destroy the alert.
    socket.resume();
    socket.end(alert);
    const cut = setTimeout(() => socket.destroy(), this.#shared.limits.lingerTimeout);
    cut.unref();
    socket.once("close", () => clearTimeout(cut));
  }

  /** Cuts every handshake under way. */
  destroy(): void {
    for (const handshake of [...this.#handshakes]) handshake.destroy();
  }
}
