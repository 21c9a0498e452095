import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { PortRouting } from "../routing/gateway.ts";
import type { Shared } from "../shared.ts";
import { carry } from "../sockets.ts";
import type { HandshakeError } from "../stats.ts";
import { type PortCertificates, versions } from "./certificates.ts";

/** What is known of a connection when its handshake is done. */
export type OnSecure = (socket: TLSSocket, serverName: string) => void;

/**
 * TLS in front of a port's connections. It accepts nothing itself: connections are given to it. Each handshake sees the
 * certificates that are in force when it begins; connections that are established keep what they have.
 */
export class Termination {
  readonly #port: PortRouting;
  readonly #server: Server;
  /** Tickets are good for as long as the listener is, whatever certificates come and go (RFC 5077). */
  readonly #ticketKeys = randomBytes(48);
  /** Connections whose handshake is under way, by the client's address and port: TLS has sockets of its own. */
  readonly #shaking = new Map<string, Socket>();
  #standing: PortCertificates | undefined;

  constructor(port: PortRouting, shared: Shared, onSecure: OnSecure) {
    this.#port = port;
    this.#server = createServer({
      ...versions,
      allowHalfOpen: true,
      ALPNProtocols: ["h2", "http/1.1"],
      handshakeTimeout: shared.limits.handshakeTimeout || 0x7fff_ffff,
      ticketKeys: this.#ticketKeys,
      SNICallback: (name, done) => {
        const offer = this.#port.certificates?.offer(hostOf(name));
        if (offer === undefined) done(new NoCertificate("no listener covers the server name"));
        else done(null, offer.context);
      },
    });
    this.#server.on("secureConnection", (socket) => {
      const client = clientOf(socket);
      const carrier = this.#shaking.get(client);
      if (carrier === undefined) {
        socket.destroy();
        return;
      }
      this.#shaking.delete(client);
      carry(socket, carrier);
      onSecure(socket, hostOf(socket.servername || ""));
    });
    this.#server.on("tlsClientError", (error, socket) => {
      shared.stats.handshakeErrors[kindOf(error)]++;
      socket.destroy();
    });
  }

  /** @param gone called once if the connection ends before its handshake is done. */
  accept(accepted: Socket, gone: () => void): void {
    this.#refresh();
    const client = clientOf(accepted);
    this.#shaking.set(client, accepted);
    // What went wrong shows in "close", which always follows.
    accepted.on("error", () => {});
    accepted.once("close", () => {
      if (this.#shaking.get(client) !== accepted) return;
      this.#shaking.delete(client);
      gone();
    });
    this.#server.emit("connection", accepted);
  }

  /** Cuts every handshake under way. */
  destroy(): void {
    for (const socket of [...this.#shaking.values()]) socket.destroy();
  }

  /** Clients that send no server name see the server's own context, which Node.js asks no callback for. */
  #refresh(): void {
    const { certificates } = this.#port;
    if (certificates === this.#standing) return;
    this.#standing = certificates;
    const offer = certificates?.offer("");
    const pem = offer === undefined ? {} : { cert: offer.certificates, key: offer.key };
    this.#server.setSecureContext({ ...versions, ...pem, ticketKeys: this.#ticketKeys });
  }
}

function clientOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

class NoCertificate extends Error {
  readonly code = "NO_CERTIFICATE";
}

/** RFC 6066 section 3: without trailing dot, compared without case. */
function hostOf(serverName: string): string {
  return serverName.toLowerCase().replace(/\.$/, "");
}

function kindOf({ code = "" }: NodeJS.ErrnoException): HandshakeError {
  if (code === "NO_CERTIFICATE" || /NO_SHARED_CIPHER|NO_SUITABLE_SIGNATURE|NO_CERTIFICATE_SET/.test(code))
    return "noCertificate";
  if (code === "ERR_TLS_HANDSHAKE_TIMEOUT") return "timeout";
  if (/PROTOCOL|VERSION/.test(code)) return "version";
  if (code === "ECONNRESET" || code === "EPIPE") return "closed";
  return /ALERT|CERTIFICATE_UNKNOWN|UNKNOWN_CA/.test(code) ? "refusedByClient" : "invalid";
}
