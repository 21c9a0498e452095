import { createServer, type Server, type Socket } from "node:net";
import type { ClientHello } from "../connection-preamble/client-hello.ts";
import {
  ConnectionPreamble,
  type OpeningError,
  type OpeningOwner,
  type OpeningStage,
} from "../connection-preamble/opening.ts";
import type { ConnectionOwner, ServedConnection } from "../exchange/downstream.ts";
import type { Shared } from "../exchange/shared.ts";
import { answerText } from "../http1/response-text.ts";
import { peerOf } from "../message/forwarded.ts";
import type { LocalResponse } from "../message/local-response.ts";
import { networkOf } from "../overload/client-addresses.ts";
import type { PortRouting } from "../routing/gateway.ts";
import type { LocalSocket } from "../routing/snapshot.ts";
import { carrierOf, clientAddress, keepAlive, stopListening } from "../sockets/sockets.ts";
import { alerts } from "../tls/alerts.ts";
import { ClientConnection } from "./http1-connection.ts";
import { ClientSession } from "./http2-session.ts";
import { tellNoProxyHeader, tellRefused } from "./refusals.ts";
import { Termination } from "./tls-termination.ts";

/** Maximum number of connections that one search for an idle one inspects. */
const looks = 64;

/** A listening socket with its connections. It stays as long as snapshots contain its Gateway port at its address. */
export class PortListener implements ConnectionOwner, OpeningOwner {
  readonly socket: LocalSocket;
  readonly scheme: "http" | "https";
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #server: Server;
  readonly #termination: Termination | undefined;
  /** Connections whose protocol is not known yet. */
  readonly #openings = new Map<Socket, ConnectionPreamble>();
  readonly #connections = new Set<ServedConnection>();
  /** Networks for which connections count in admission: by socket until a connection is served, then by connection. */
  readonly #networks = new WeakMap<Socket | ServedConnection, string>();
  /** Position at which the search for an idle connection continues. */
  #hand: Iterator<ServedConnection> | undefined;
  #draining = false;
  #stopped = false;
  #whenEmpty: (() => void) | undefined;

  constructor(socket: LocalSocket, port: PortRouting, shared: Shared, scheme: "http" | "https" = "http") {
    this.scheme = scheme;
    this.socket = socket;
    this.#port = port;
    this.#shared = shared;
    if (scheme === "https") {
      this.#termination = new Termination(port, shared, (...secured) => this.#serve(...secured));
    }
    // A connection is read by its later owner.
    const options = { allowHalfOpen: true, noDelay: true, ...keepAlive, pauseOnConnect: true };
    this.#server = createServer(options, (accepted) => this.#accept(accepted));
  }

  get draining(): boolean {
    return this.#draining || this.#shared.admission.sheds;
  }

  /** @returns the port on which the socket listens. */
  listen(): Promise<number> {
    const { host, localPort } = this.socket;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      const { sharePorts: reusePort } = this.#shared;
      this.#server.listen({ host, port: localPort, backlog: 4096, reusePort }, () => {
        this.#server.removeListener("error", reject);
        // Without a free file descriptor, the event loop closes connections that wait to be accepted, mostly without an
        // event.
        this.#server.on("error", () => this.#shared.admission.acceptFailed());
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : localPort);
      });
    });
  }

  #accept(accepted: Socket): void {
    const { admission, expectsHeader, limits, deadlines } = this.#shared;
    const proxyHeader = expectsHeader?.(accepted.remoteAddress) ?? false;
    // A connection from a load balancer does not count for the load balancer's address.
    const network = proxyHeader ? undefined : networkOf(accepted.remoteAddress);
    const refusal = admission.accept(network);
    if (refusal !== undefined) {
      this.#refuse(accepted, refusal);
      return;
    }
    if (network !== undefined) this.#networks.set(accepted, network);
    const clientHello = this.#termination !== undefined;
    if (!proxyHeader && !clientHello) this.#serve(accepted);
    else
      this.#openings.set(
        accepted,
        new ConnectionPreamble(accepted, { proxyHeader, clientHello }, limits, deadlines, this),
      );
  }

  opened(socket: Socket, hello: ClientHello | undefined, timeLeft: number): void {
    this.#openings.delete(socket);
    const refusal = this.#networks.has(socket) ? undefined : this.#identify(socket);
    if (refusal !== undefined) {
      this.#lost(socket);
      this.#refuse(socket, refusal);
    } else if (this.#termination === undefined || hello === undefined) this.#serve(socket);
    else this.#termination.accept(socket, hello, timeLeft, () => this.#lost(socket));
  }

  notOpened(socket: Socket, stage: OpeningStage, error: OpeningError): void {
    this.#openings.delete(socket);
    const kind = error === "foreign" ? "invalid" : error;
    if (stage === "clientHello" && this.#termination !== undefined) {
      const alert = error === "invalid" ? alerts.decodeError : undefined;
      this.#termination.refuse(socket, kind, () => this.#lost(socket), alert);
      return;
    }
    tellNoProxyHeader(this.#shared, this.#port, socket, kind);
    socket.destroy();
    this.#lost(socket);
  }

  /** Counts a connection for the client that its PROXY header names. */
  #identify(socket: Socket): LocalResponse | undefined {
    const network = networkOf(clientAddress(socket));
    const refusal = this.#shared.admission.identify(network);
    if (refusal === undefined) this.#networks.set(socket, network);
    return refusal;
  }

  /** Handles a connection that closed before it was served. */
  #lost(socket: Socket): void {
    this.#shared.admission.closed(this.#networks.get(socket));
  }

  #refuse(socket: Socket, answer: LocalResponse): void {
    if (this.#termination !== undefined) {
      socket.destroy();
      return;
    }
    const peer = peerOf(clientAddress(socket), this.#port.number);
    tellRefused(this.#shared, this.#port, { peer, version: "1.1" }, answer);
    socket.on("error", () => {});
    socket.end(answerText(answer, { chunked: false, connection: "close", modifiers: [] }, false), "latin1");
    socket.destroySoon();
  }

  #serve(socket: Socket, serverName?: string, protocol?: string): void {
    const Connection = protocol === "h2" ? ClientSession : ClientConnection;
    this.#add(new Connection(socket, this.#port, this, this.#shared, serverName), socket);
  }

  #add(connection: ServedConnection, socket: Socket): void {
    this.#connections.add(connection);
    this.#networks.set(connection, this.#networks.get(carrierOf(socket)) ?? "unknown");
    // The handshake began before the listener stopped.
    if (this.#stopped) connection.drain();
  }

  startHttp2(connection: ServedConnection, socket: Socket): void {
    this.#connections.delete(connection);
    this.#networks.set(socket, this.#networks.get(connection) ?? "unknown");
    this.#add(new ClientSession(socket, this.#port, this, this.#shared), socket);
  }

  closed(connection: ServedConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#shared.admission.closed(this.#networks.get(connection));
    if (this.#connections.size === 0) this.#whenEmpty?.();
  }

  /** Makes responses announce that they are the last on their connection; new connections are still accepted. */
  announceEnd(): void {
    this.#draining = true;
  }

  /** Closes an idle connection, if a short search finds one. Each search continues where the last one ended. */
  closeIdle(): boolean {
    for (let i = Math.min(looks, this.#connections.size); i > 0; i--) if (this.#next()?.closeIdle()) return true;
    return false;
  }

  closeAllIdle(): void {
    for (const connection of [...this.#connections]) connection.closeIdle();
  }

  get connections(): Iterable<ServedConnection> {
    return this.#connections;
  }

  #next(): ServedConnection | undefined {
    const next = this.#hand?.next();
    if (next !== undefined && !next.done) return next.value;
    this.#hand = this.#connections.values();
    return this.#hand.next().value;
  }

  /** Stops accepting. Resolves when all requests in flight are finished. */
  stop(): Promise<void> {
    this.#draining = true;
    this.#stopped = true;
    stopListening(this.#server);
    this.#cutOpening();
    for (const connection of [...this.#connections]) connection.drain();
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  #cutOpening(): void {
    for (const opening of [...this.#openings.values()]) opening.destroy();
    this.#termination?.destroy();
  }

  /** Closes everything at once. */
  destroy(): void {
    stopListening(this.#server);
    this.#cutOpening();
    for (const connection of [...this.#connections]) connection.destroy();
  }
}
