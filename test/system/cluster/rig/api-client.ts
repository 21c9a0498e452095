import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { json, text } from "node:stream/consumers";

/** The address of the API server, and the client's credentials in PEM. */
export interface Credentials {
  readonly server: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A client for the few calls that the rig makes itself. */
export class ApiClient {
  readonly #server: string;
  readonly #agent: Agent;

  constructor({ server, authority, certificate, key }: Credentials) {
    this.#server = server;
    this.#agent = new Agent({ keepAlive: true, ca: authority, cert: certificate, key });
  }

  /** Sends a request. Rejects if the server cannot be reached; a response of any status resolves. */
  async call(method: string, path: string, body?: unknown, type = "application/json"): Promise<Answer> {
    const response = await this.#send(method, path, body, type);
    const isJson = (response.headers["content-type"] ?? "").startsWith("application/json");
    return { status: response.statusCode ?? 0, body: await (isJson ? json(response) : text(response)) };
  }

  /** Returns the object in a response of status 200. */
  async get<T>(path: string): Promise<T> {
    const { status, body } = await this.call("GET", path);
    if (status !== 200) throw new Error(`GET ${path} answers ${status}: ${JSON.stringify(body).slice(0, 1000)}`);
    return body as T;
  }

  /** Resolves when something has changed after that version, or when the server ends the watch. */
  async changed(path: string, resourceVersion: string): Promise<void> {
    const query = new URLSearchParams({ watch: "1", resourceVersion, timeoutSeconds: "60" });
    const response = await this.#send("GET", `${path}?${query}`);
    await new Promise<void>((resolve) => {
      response.once("data", () => resolve());
      response.once("close", () => resolve());
      response.once("error", () => resolve());
    });
    response.destroy();
  }

  #send(method: string, path: string, body?: unknown, type = "application/json"): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const headers = { accept: "application/json", ...(body !== undefined && { "content-type": type }) };
      const sent = request(
        new URL(path, this.#server),
        { method, agent: this.#agent, headers, timeout: 70_000 },
        resolve,
      );
      sent.on("timeout", () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}
