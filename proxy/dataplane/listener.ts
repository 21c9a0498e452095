import { createServer, type Server, type Socket } from "node:net";
import { type Answer, answers } from "./answers.ts";
import type { ConnectionOwner } from "./downstream.ts";
import { ClientConnection } from "./http1/client-connection.ts";
import { answerText } from "./http1/response-text.ts";
import type { PortRouting } from "./routing/gateway.ts";
import type { Shared } from "./shared.ts";
import type { LocalSocket } from "./snapshot.ts";
import { stopListening } from "./sockets.ts";
import { Termination } from "./tls/termination.ts";

/** One listening socket with its connections. Kept for as long as snapshots name its Gateway port at its address. */
export class Listener implements ConnectionOwner {
  readonly socket: LocalSocket;
  readonly scheme: "http" | "https";
  draining = false;
  readonly #port: PortRouting;
  readonly #shared: Shared;
  readonly #server: Server;
  readonly #termination: Termination | undefined;
  readonly #connections = new Set<ClientConnection>();
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
    this.#server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: scheme === "http" }, (accepted) =>
      this.#accept(accepted),
    );
  }

  /** @returns the port that is listened on. */
  listen(): Promise<number> {
    const { host, localPort } = this.socket;
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host, port: localPort, backlog: 4096 }, () => {
        this.#server.removeListener("error", reject);
        // Accepting can fail for want of file descriptors: it is tried again with the next connection.
        this.#server.on("error", () => {});
        const address = this.#server.address();
        resolve(typeof address === "object" && address !== null ? address.port : localPort);
      });
    });
  }

  #accept(accepted: Socket): void {
    const { connections } = this.#shared.stats;
    if (connections.active >= this.#shared.limits.connections) {
      connections.refused++;
      if (this.#termination === undefined) refuse(accepted, answers.overload);
      else accepted.destroy();
      return;
    }
    connections.accepted++;
    connections.active++;
    if (this.#termination === undefined) this.#serve(accepted);
    else this.#termination.accept(accepted, () => connections.active--);
  }

  #serve(socket: Socket, serverName?: string): void {
    const connection = new ClientConnection(socket, this.#port, this, this.#shared, serverName);
    this.#connections.add(connection);
    // Its handshake began before the listener stopped.
    if (this.#stopped) connection.drain();
  }

  closed(connection: ClientConnection): void {
    if (!this.#connections.delete(connection)) return;
    this.#shared.stats.connections.active--;
    if (this.#connections.size === 0) this.#whenEmpty?.();
  }

  /** From now on responses say that they are the last on their connection; new connections are still accepted. */
  announceEnd(): void {
    this.draining = true;
  }

  /** Accepts no more. What is in flight is finished; resolves when it is. */
  stop(): Promise<void> {
    this.draining = true;
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
  const retry = { ...answer, headers: [{ name: "retry-after", value: "1" }] };
  accepted.end(answerText(retry, { chunked: false, connection: "close", modifiers: [] }, false), "latin1");
  accepted.destroySoon();
}
