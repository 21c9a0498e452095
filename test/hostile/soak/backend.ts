import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";

const large = Buffer.alloc(256 * 1024, "x");

/** The backend of a soak: bodies of all kinds, failures, WebSocket. */
export class SoakBackend {
  port = 0;
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  /** Requests to be retried that have failed once already. */
  readonly #failed = new Set<string>();
  #turn = 0;

  constructor() {
    this.#server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => this.#serve(request, response));
    this.#server.on("upgrade", (request, socket, head) => {
      this.#sockets.handleUpgrade(request, socket, head, (client) => {
        client.on("error", () => {});
        client.on("message", (data, binary) => client.send(data, { binary }));
      });
    });
  }

  async listen(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  close(): void {
    for (const client of this.#sockets.clients) client.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    let length = 0;
    request.on("error", () => {});
    response.on("error", () => {});
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
    });
    request.on("end", () => this.#answer(request.url ?? "", length, response));
  }

  #answer(url: string, length: number, response: ServerResponse): void {
    if (url.startsWith("/large")) response.end(large);
    else if (url.startsWith("/slow")) setTimeout(() => response.end("slow"), 100).unref();
    else if (url.startsWith("/chunks")) {
      response.write("some");
      setImmediate(() => response.end("more"));
    } else if (url.startsWith("/retry") && !this.#failed.delete(url)) {
      this.#failed.add(url);
      response.writeHead(503).end();
    } else if (url.startsWith("/broken") && this.#turn++ % 2 === 0) {
      response.writeHead(200, { "content-length": 100 });
      response.write("half");
      setImmediate(() => response.destroy());
    } else response.end(String(length));
  }
}
