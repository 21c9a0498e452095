import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { readRequests, type StrictRequest } from "./strict-reader.ts";

/** A server that answers 200 to each request that the strict reader finds, and records it. */
export class StrictBackend {
  requests: StrictRequest[] = [];
  /** Texts that a strict reader does not accept as a request. */
  readonly violations: string[] = [];
  port = 0;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;

  constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(socket: Socket): void {
    let text = "";
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      try {
        const { requests, rest } = readRequests(text);
        text = rest;
        for (const request of requests) {
          this.requests.push(request);
          socket.write(answer(request.line));
        }
      } catch (error) {
        this.violations.push(String(error));
        socket.destroy();
      }
    });
  }
}

function answer(line: string): string {
  return `HTTP/1.1 200 OK\r\nX-Saw: ${line}\r\nContent-Length: 2\r\n\r\n${line.startsWith("HEAD ") ? "" : "ok"}`;
}
