import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { type Message, parseMessage, RawConnection } from "./wire.ts";

/** Handles a request: returns the bytes of the response, or does anything else with the connection. */
export type Respond = (request: Message, connection: RawConnection) => string | undefined | Promise<string | undefined>;

/** A server on raw bytes: parses requests itself and records them. */
export class Backend {
  readonly requests: Message[] = [];
  readonly connections: RawConnection[] = [];
  port = 0;
  readonly #server: Server;
  #respond: Respond;

  constructor(respond: Respond) {
    this.#respond = respond;
    this.#server = createServer({ allowHalfOpen: false }, (socket) => this.#serve(socket));
  }

  async listen(port = 0): Promise<this> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  respond(respond: Respond): void {
    this.#respond = respond;
  }

  close(): void {
    this.#server.close();
    for (const connection of this.connections) connection.close();
  }

  #serve(socket: Socket): void {
    const connection = new RawConnection(socket);
    this.connections.push(connection);
    let busy = false;
    const next = async (): Promise<void> => {
      if (busy) return;
      busy = true;
      for (;;) {
        const request = parseMessage(connection.received);
        if (request === undefined) break;
        connection.received = connection.received.slice(request.length);
        this.requests.push(request);
        const answer = await this.#respond(request, connection);
        if (answer !== undefined) connection.send(answer);
      }
      busy = false;
    };
    socket.on("data", () => void next());
  }
}

export function ok(body = "ok", fields: readonly string[] = []): string {
  const lines = ["HTTP/1.1 200 OK", `Content-Length: ${body.length}`, ...fields];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** Starts a backend that passes connections to `serve`, without reading requests. */
export async function rawBackend(serve: (connection: RawConnection) => void): Promise<{ port: number; close(): void }> {
  const connections = new Set<RawConnection>();
  const server = createServer((socket) => {
    const connection = new RawConnection(socket);
    connections.add(connection);
    serve(connection);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const connection of connections) connection.close();
    },
  };
}

/** Makes responses that are held back until they are released. */
export function holding() {
  const held: (() => void)[] = [];
  const respond = () => new Promise<string>((resolve) => held.push(() => resolve(ok())));
  const letGo = (): void => {
    for (const go of held.splice(0)) go();
  };
  return { held, respond, letGo };
}
