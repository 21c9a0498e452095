import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { BackendIR, BackendKey, EndpointIR } from "../../lib/routing/ir.ts";

/** Bytes of a request body that an echo repeats. The rest is read and counted. */
const echoedBody = 64 * 1024;

/** Milliseconds for which a backend that is no longer referenced answers, for requests that were routed before. */
const grace = 10_000;

/** Returns `namespace/name:port`, the name of a backend in `x-backend` and in options of the command. */
export function backendAddress({ namespace, name, port }: Pick<BackendIR, "namespace" | "name" | "port">): string {
  return `${namespace}/${name}:${port}`;
}

/**
 * Stands in for backends that do not run. Each has a loopback listener that names the backend in `x-backend` and
 * answers with the request as JSON. A listener starts when a configuration first references its backend, and stops some
 * time after the last reference is gone.
 */
export class EchoBackends {
  readonly #running = new Map<BackendKey, Promise<Server>>();
  readonly #leaving = new Map<BackendKey, NodeJS.Timeout>();

  /** Returns endpoints for these backends, and starts those that do not run yet. */
  async endpoints(
    backends: ReadonlyMap<BackendKey, BackendIR>,
  ): Promise<ReadonlyMap<BackendKey, readonly EndpointIR[]>> {
    const found = [...backends].map(async ([key, backend]): Promise<[BackendKey, EndpointIR[]]> => {
      const { address, port } = (await this.#start(key, backend)).address() as AddressInfo;
      return [key, [{ address, port, ready: true, serving: true, terminating: false }]];
    });
    return new Map(await Promise.all(found));
  }

  /** Stops every backend that is not named, after ten seconds, unless it is named again. */
  retain(keys: ReadonlySet<BackendKey>): void {
    for (const key of this.#running.keys()) {
      if (keys.has(key)) {
        clearTimeout(this.#leaving.get(key));
        this.#leaving.delete(key);
      } else if (!this.#leaving.has(key)) {
        this.#leaving.set(key, setTimeout(() => void this.#stop(key), grace).unref());
      }
    }
  }

  /** Stops all backends after their responses under way are complete. */
  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((key) => this.#stop(key)));
  }

  #start(key: BackendKey, backend: BackendIR): Promise<Server> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    // For a kind that only another controller knows, the key is the full name of the backend.
    const started = listen(key.includes(" ") ? key : backendAddress(backend));
    this.#running.set(key, started);
    started.catch(() => this.#running.delete(key));
    return started;
  }

  async #stop(key: BackendKey): Promise<void> {
    const running = this.#running.get(key);
    clearTimeout(this.#leaving.get(key));
    this.#leaving.delete(key);
    this.#running.delete(key);
    const server = await running?.catch(() => undefined);
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  }
}

function listen(name: string): Promise<Server> {
  // Idle connections live longer here than in the proxy, so that the proxy always closes first.
  const server = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (request, response) => {
    echo(name, request, response);
  });
  server.on("clientError", (_error, socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

/** The body of an echo backend's response. */
export interface Echo {
  /** `namespace/name:port` of the backend that answered. */
  readonly backend: string;
  readonly method: string;
  /** The request target as the backend received it. */
  readonly url: string;
  readonly host?: string;
  /** Names in lower case; several values of one name as an array, in order. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** Up to 64 KiB, as UTF-8. */
  readonly body: string;
  /** Number of bytes of the whole body. */
  readonly bodyBytes: number;
}

function echo(backend: string, request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  let bodyBytes = 0;
  request.on("data", (chunk: Buffer) => {
    if (bodyBytes < echoedBody) chunks.push(chunk.subarray(0, echoedBody - bodyBytes));
    bodyBytes += chunk.length;
  });
  request.on("error", () => response.destroy());
  request.on("end", () => {
    const { host } = request.headers;
    const answer: Echo = {
      backend,
      method: request.method ?? "",
      url: request.url ?? "",
      ...(host === undefined ? {} : { host }),
      headers: receivedHeaders(request),
      body: Buffer.concat(chunks).toString("utf8"),
      bodyBytes,
    };
    const text = Buffer.from(`${JSON.stringify(answer, undefined, 2)}\n`);
    response.writeHead(200, {
      "content-type": "application/json",
      "content-length": text.length,
      "x-backend": backend,
    });
    response.end(request.method === "HEAD" ? undefined : text);
  });
}

function receivedHeaders(request: IncomingMessage): Echo["headers"] {
  const headers: Record<string, string | readonly string[]> = Object.create(null);
  for (const [name, values = []] of Object.entries(request.headersDistinct)) {
    headers[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return headers;
}
