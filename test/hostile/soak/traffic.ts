import { once } from "node:events";
import { type ClientRequest, type IncomingMessage, Agent as PlainAgent, request as plainRequest } from "node:http";
import { connect, constants } from "node:http2";
import { Agent as SecureAgent, request as secureRequest } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { answerOf, open as ask } from "../../unit/dataplane/harness/http2.ts";
import { dialTLS } from "../../unit/dataplane/harness/tls.ts";
import { dial } from "../../unit/dataplane/harness/wire.ts";

const { NGHTTP2_CANCEL } = constants;

/** Sends requests of all kinds to one proxy, a number of them concurrently, until it is stopped. */
export class Traffic {
  /** The number of requests of each kind that ended as expected. */
  readonly done: Record<string, number> = {};
  /** Descriptions of the first few that did not. */
  readonly failures: string[] = [];
  failed = 0;
  readonly #port: number;
  readonly #tls: boolean;
  readonly #agent: PlainAgent;
  readonly #lanes: Promise<void>[];
  #over = false;
  #retried = 0;

  constructor(port: number, tls: boolean, lanes: number) {
    this.#port = port;
    this.#tls = tls;
    const options = { keepAlive: true, maxSockets: lanes };
    this.#agent = tls
      ? new SecureAgent({ ...options, rejectUnauthorized: false, servername: "acme.io" })
      : new PlainAgent(options);
    this.#lanes = Array.from({ length: lanes }, (_, lane) => this.#run(lane * 3));
  }

  async end(): Promise<void> {
    this.#over = true;
    await Promise.all(this.#lanes);
    this.#agent.destroy();
  }

  async #run(from: number): Promise<void> {
    const kinds = this.#kinds();
    for (let i = from; !this.#over; i++) {
      const [name, send] = kinds[i % kinds.length] as (typeof kinds)[number];
      try {
        await send();
        this.done[name] = (this.done[name] ?? 0) + 1;
      } catch (error) {
        this.failed++;
        if (this.failures.length < 10) this.failures.push(`${name}: ${(error as Error).message}`);
        await sleep(10);
      }
    }
  }

  #kinds(): readonly (readonly [string, () => Promise<void>])[] {
    const get = (path: string, status = 200) => this.#exchange("GET", path, status, 0, false);
    return [
      ["small", () => get("/small?x=1")],
      ["sized body", () => this.#exchange("POST", "/small", 200, 20_000, false)],
      ["chunked body", () => this.#exchange("PUT", "/chunks", 200, 20_000, true)],
      ["large response", () => get("/large")],
      ["retry", () => get(`/retry/${this.#retried++}-${this.#port}`)],
      ["mirror", () => get("/mirrored")],
      ["redirect", () => get("/moved", 302)],
      ["no rule", () => get("/nothing", 404)],
      ["response that breaks", () => this.#broken()],
      ["abort", () => this.#aborted()],
      ["half a head", () => this.#raw("GET /half HTTP/1.1\r\nHost: a\r\nx: y", "")],
      ["malformed", () => this.#raw("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 400 ")],
      ["pipelined", () => this.#raw("GET /small HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5), "HTTP/1.1 200 ")],
      ["WebSocket", () => this.#webSocket()],
      ["HTTP/2", () => this.#http2()],
    ];
  }

  #request(method: string, path: string): ClientRequest {
    const options = { host: "127.0.0.1", port: this.#port, method, path, headers: { host: "acme.io" } };
    return this.#tls
      ? secureRequest({ ...options, agent: this.#agent as SecureAgent })
      : plainRequest({ ...options, agent: this.#agent });
  }

  #exchange(method: string, path: string, status: number, body: number, chunked: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = this.#request(method, path);
      request.on("error", reject);
      request.on("response", (response: IncomingMessage) => {
        response.on("error", reject);
        response.resume().on("end", () => {
          if (response.statusCode === status) resolve();
          else reject(new Error(`${response.statusCode} in place of ${status}`));
        });
      });
      if (body > 0 && !chunked) request.setHeader("content-length", body);
      if (chunked) request.write("x".repeat(body / 2));
      request.end("x".repeat(chunked ? body / 2 : body));
    });
  }

  /** Requests a response that the backend breaks off, which must not look complete. Every second one is complete. */
  #broken(): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = this.#request("GET", "/broken");
      request.on("error", () => resolve());
      request.on("response", (response: IncomingMessage) => {
        let length = 0;
        response.on("data", (chunk: Buffer) => {
          length += chunk.length;
        });
        response.on("error", () => resolve());
        response.on("end", () => (length === 4 ? reject(new Error("half a response ended well")) : resolve()));
      });
      request.end();
    });
  }

  async #aborted(): Promise<void> {
    const request = this.#request("GET", "/slow");
    request.on("error", () => {});
    request.end();
    await sleep(5);
    request.destroy();
  }

  /** Sends bytes on a connection of their own. If no response is expected, the connection is reset. */
  async #raw(bytes: string, answer: string): Promise<void> {
    const connection = this.#tls ? await dialTLS(this.#port, { ALPNProtocols: ["http/1.1"] }) : await dial(this.#port);
    try {
      connection.send(bytes);
      if (answer === "") await sleep(2);
      else await connection.until(() => (connection.received.startsWith(answer) ? true : undefined), answer, 30_000);
    } finally {
      // Node.js can reset only plain TCP connections.
      if (this.#tls) connection.close();
      else connection.socket.resetAndDestroy();
    }
  }

  /** Sends several concurrent requests on a connection of their own, and cancels one of them. */
  async #http2(): Promise<void> {
    const options = { rejectUnauthorized: false, servername: "acme.io" };
    const session = connect(`${this.#tls ? "https" : "http"}://127.0.0.1:${this.#port}`, this.#tls ? options : {});
    session.on("error", () => {});
    try {
      await once(session, "connect");
      const reset = ask(session, { ":path": "/slow" });
      const answers = [
        answerOf(ask(session, { ":path": "/large" })),
        answerOf(ask(session, { ":path": "/small", ":method": "POST" }, "x".repeat(20_000))),
        answerOf(ask(session, { ":path": "/nothing" })),
      ];
      reset.on("error", () => {});
      reset.close(NGHTTP2_CANCEL);
      const statuses = (await Promise.all(answers)).map(({ status }) => status);
      if (statuses.join() !== "200,200,404") throw new Error(`${statuses} in place of 200, 200 and 404`);
    } finally {
      session.destroy();
    }
  }

  #webSocket(): Promise<void> {
    return new Promise((resolve, reject) => {
      const options = { rejectUnauthorized: false, servername: "acme.io", perMessageDeflate: false };
      const socket = new WebSocket(`${this.#tls ? "wss" : "ws"}://127.0.0.1:${this.#port}/small`, options);
      let echoed = 0;
      socket.on("error", reject);
      socket.on("open", () => socket.send("x".repeat(2_000)));
      socket.on("message", (data) => {
        if (++echoed < 5) socket.send(data);
        else socket.close();
      });
      socket.on("close", () => resolve());
    });
  }
}
