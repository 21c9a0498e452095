import { createServer, type Server, type Socket } from "node:net";
import type { Answer } from "./answers.ts";
import { networkOf } from "./client-addresses.ts";
import type { ConnectionOwner, ServedConnection } from "./downstream.ts";
import { ClientConnection } from "./http1/client-connection.ts";
import { answerText } from "./http1/response-text.ts";
import type { PortRouting } from "./routing/gateway.ts";
import type { Shared } from "./shared.ts";
import type { LocalSocket } from "./snapshot.ts";
import { carrierOf, keepAlive, stopListening } from "./sockets.ts";
import { Termination } from "./tls/termination.ts";

/** Connections that are looked at for an idle one at one time. */
const looks = 64;

/** One listening socket with its connections. Kept for as long as snapshots name its Gateway port at its address. */
export class Listener implements ConnectionOwner {
  readonly socket: LocalSocket;
  readonly scheme: "http" | "https";
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #server: Server;
  readonly #termination: Termination | undefined;
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
      this.#termination = new Termination(port, shared, (secured, name) => this.#serve(secured, name));
    }
    // TLS reads by itself; a plain connection is read by whoever takes it over.
    const options = { allowHalfOpen: true, noDelay: true, ...keepAlive, pauseOnConnect: scheme === "http" };
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
    const { admission } = this.#shared;
    const network = networkOf(accepted.remoteAddress);
    const refusal = admission.accept(network);
    if (refusal !== undefined) {
      if (this.#termination === undefined) refuse(accepted, refusal);
      else accepted.destroy();
      return;
    }
    this.#networks.set(accepted, network);
    if (this.#termination === undefined) this.#serve(accepted);
    else this.#termination.accept(accepted, () => admission.closed(network));
  }

  #serve(socket: Socket, serverName?: string): void {
    const connection = new ClientConnection(socket, this.#port, this, this.#shared, serverName);
    this.#connections.add(connection);
    this.#networks.set(connection, this.#networks.get(carrierOf(socket)) ?? "");
    // Its handshake began before the listener stopped.
    if (this.#stopped) connection.drain();
  }

  closed(connection: ServedConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#shared.admission.closed(this.#networks.get(connection) ?? "");
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
    this.#termination?.destroy();
    for (const connection of [...this.#connections]) connection.drain();
    if (this.#connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenEmpty = resolve;
    });
  }

  /** Cuts everything. */
  destroy(): void {
    stopListening(this.#server);
    this.#termination?.destroy();
    for (const connection of [...this.#connections]) connection.destroy();
  }
}

function refuse(accepted: Socket, answer: Answer): void {
  accepted.on("error", () => {});
  accepted.end(answerText(answer, { chunked: false, connection: "close", modifiers: [] }, false), "latin1");
  accepted.destroySoon();
}
