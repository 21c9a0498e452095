import { createServer, type Server, type Socket } from "node:net";
import type { ClientHello } from "../connection-preamble/client-hello.ts";
import { Opening, type OpeningError, type OpeningOwner, type OpeningStage } from "../connection-preamble/opening.ts";
import type { ConnectionOwner, ServedConnection } from "../exchange/downstream.ts";
import type { Shared } from "../exchange/shared.ts";
import { answerText } from "../http1/response-text.ts";
import { peerOf } from "../message/forwarded.ts";
import type { Answer } from "../message/local-response.ts";
import { networkOf } from "../overload/client-addresses.ts";
import type { PortRouting } from "../routing/gateway.ts";
import type { LocalSocket } from "../routing/snapshot.ts";
import { carrierOf, clientAddress, keepAlive, stopListening } from "../sockets/sockets.ts";
import { alerts } from "../tls/alerts.ts";
import { ClientConnection } from "./http1-connection.ts";
import { ClientSession } from "./http2-session.ts";
import { tellNoProxyHeader, tellRefused } from "./refusals.ts";
import { Termination } from "./tls-termination.ts";

/** Connections that are looked at for an idle one at one time. */
const looks = 64;

/** One listening socket with its connections. Kept for as long as snapshots name its Gateway port at its address. */
export class Listener implements ConnectionOwner, OpeningOwner {
  readonly socket: LocalSocket;
  readonly scheme: "http" | "https";
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #server: Server;
  readonly #termination: Termination | undefined;
  /** Connections of which nobody knows yet what they are. */
  readonly #openings = new Map<Socket, Opening>();
  readonly #connections = new Set<ServedConnection>();
  /** What the connections count for in admission: by their socket until they are served, then by themselves. */
  readonly #networks = new WeakMap<Socket | ServedConnection, string>();
  /** Where the search for an idle connection goes on. */
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
    // A connection is read by whoever takes it over.
    const options = { allowHalfOpen: true, noDelay: true, ...keepAlive, pauseOnConnect: true };
    this.#server = createServer(options, (accepted) => this.#accept(accepted));
  }

  get draining(): boolean {
    return this.#draining || this.#shared.admission.sheds;
  }

  /** @returns the port that is listened on. */
  listen(): Promise<number> {
    const { host, localPort } = this.socket;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      const { sharePorts: reusePort } = this.#shared;
      this.#server.listen({ host, port: localPort, backlog: 4096, reusePort }, () => {
        this.#server.removeListener("error", reject);
        // Without a file descriptor to spare, the event loop closes what waits to be accepted, and mostly without a word.
        this.#server.on("error", () => this.#shared.admission.acceptFailed());
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : localPort);
      });
    });
  }

  #accept(accepted: Socket): void {
    const { admission, expectsHeader, limits, deadlines } = this.#shared;
    const proxyHeader = expectsHeader?.(accepted.remoteAddress) ?? false;
    // Whoever speaks for others is not who the connection counts for.
    const network = proxyHeader ? undefined : networkOf(accepted.remoteAddress);
    const refusal = admission.accept(network);
    if (refusal !== undefined) {
      this.#refuse(accepted, refusal);
      return;
    }
    if (network !== undefined) this.#networks.set(accepted, network);
    const clientHello = this.#termination !== undefined;
    if (!proxyHeader && !clientHello) this.#serve(accepted);
    else this.#openings.set(accepted, new Opening(accepted, { proxyHeader, clientHello }, limits, deadlines, this));
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
  #identify(socket: Socket): Answer | undefined {
    const network = networkOf(clientAddress(socket));
    const refusal = this.#shared.admission.identify(network);
    if (refusal === undefined) this.#networks.set(socket, network);
    return refusal;
  }

  /** A connection is gone before it was served. */
  #lost(socket: Socket): void {
    this.#shared.admission.closed(this.#networks.get(socket));
  }

  #refuse(socket: Socket, answer: Answer): void {
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
    // Its handshake began before the listener stopped.
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

  /** From now on responses say that they are the last on their connection; new connections are still accepted. */
  announceEnd(): void {
    this.#draining = true;
  }

  /** Closes a connection that is idle, if a few looks find one: each search goes on where the last one ended. */
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

  /** Accepts no more. What is in flight is finished; resolves when it is. */
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

  /** Cuts everything. */
  destroy(): void {
    stopListening(this.#server);
    this.#cutOpening();
    for (const connection of [...this.#connections]) connection.destroy();
  }
}
