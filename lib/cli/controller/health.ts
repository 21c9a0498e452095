import { createServer, type Server } from "node:http";
import type { HostPort } from "../../../proxy/control/local-sockets.ts";

export interface HealthOptions {
  readonly ready: () => boolean;
  /** Metrics in the Prometheus text format. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
}

/** What probes and Prometheus ask a process in a cluster: /healthz, /readyz, /metrics. Nothing there can be changed. */
export class HealthServer {
  readonly #server: Server;

  constructor({ ready, metrics }: HealthOptions) {
    this.#server = createServer({ requestTimeout: 10_000, maxHeaderSize: 16_384 }, (request, response) => {
      const send = (status: number, contentType: string, text: string) =>
        response.writeHead(status, { "content-type": contentType, "cache-control": "no-store" }).end(text);
      const plain = "text/plain; charset=utf-8";
      if (request.method !== "GET" && request.method !== "HEAD") return void send(405, plain, "Only GET and HEAD.\n");
      switch (request.url?.split("?", 1)[0]) {
        case "/healthz":
          return void send(200, plain, "ok\n");
        case "/readyz":
          return void (ready() ? send(200, plain, "ready\n") : send(503, plain, "not ready\n"));
        case "/metrics":
          return void metrics().then(
            ({ contentType, text }) => send(200, contentType, text),
            () => response.destroy(),
          );
        default:
          return void send(404, plain, "There are /healthz, /readyz and /metrics.\n");
      }
    });
    this.#server.on("clientError", (_, socket) => socket.destroy());
  }

  /** Binds; rejects with the system's error if the address cannot be had. */
  listen({ host, port }: HostPort): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
