import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import type { HostPort } from "../../../proxy/control/local-sockets.ts";
import { json, jsonLine } from "../../printing/json.ts";
import { configuration, withoutCredentials } from "./configuration.ts";
import { page, topology } from "./page.ts";
import { contentSecurityPolicy } from "./page-assets.ts";
import { type AdminState, trafficKey } from "./state.ts";

export interface AdminOptions {
  readonly ready: () => boolean;
  /** Returns the content of /config, /traffic and the page. Absent: a process without a proxy does not serve them. */
  readonly state?: () => AdminState;
  /** Returns the metrics in the Prometheus text format. */
  readonly metrics: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Updates the counters in `state` and `metrics`. Default: they are always current. */
  readonly refresh?: () => Promise<void>;
}

/**
 * Serves the admin address, for people and probes: /healthz, /readyz, /metrics and, for a proxy, /config and a page at
 * /. All of it is read-only and needs no credentials, so that the network decides who can read it.
 */
export class AdminServer {
  readonly #server: Server;
  readonly #options: AdminOptions;
  #host = "localhost";

  constructor(options: AdminOptions) {
    this.#options = options;
    this.#server = createServer({ requestTimeout: 10_000, maxHeaderSize: 16_384 }, (request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    this.#server.on("clientError", (_error, socket) => socket.destroy());
  }

  /** Binds the address; rejects with the system's error if it is not available. */
  listen({ host, port }: HostPort): Promise<HostPort> {
    this.#host = host.toLowerCase();
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => {
        this.#server.off("error", reject);
        resolve({ host, port: (this.#server.address() as AddressInfo).port });
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#knows(request.headers.host)) {
      return send(
        response,
        421,
        "text/plain",
        "This address answers requests for localhost or for an IP address only.\n",
      );
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return send(response, 405, "text/plain", "Only GET and HEAD are answered here.\n");
    }
    const { metrics, refresh = () => Promise.resolve() } = this.#options;
    const path = request.url?.split("?", 1)[0];
    switch (path) {
      case "/healthz":
        return send(response, 200, "text/plain", "ok\n");
      case "/readyz": {
        const ready = this.#options.ready();
        return send(response, ready ? 200 : 503, "text/plain", ready ? "ready\n" : "not ready\n");
      }
      case "/metrics": {
        await refresh();
        const { contentType, text } = await metrics();
        return send(response, 200, contentType, text);
      }
    }
    const { state } = this.#options;
    if (state === undefined)
      return send(response, 404, "text/plain", "Not found; there are /healthz, /readyz and /metrics.\n");
    return this.#show(path, () => withoutCredentials(state()), refresh, response);
  }

  async #show(
    path: string | undefined,
    state: () => AdminState,
    refresh: () => Promise<void>,
    response: ServerResponse,
  ): Promise<void> {
    switch (path) {
      case "/config":
        return send(response, 200, "application/json", String(jsonLine(configuration(state()), 2)));
      case "/traffic":
        await refresh();
        return send(response, 200, "application/json", String(json(traffic(state()))));
      case "/":
        await refresh();
        response.setHeader("content-security-policy", contentSecurityPolicy);
        return send(response, 200, "text/html", String(page(state())));
      default:
        return send(response, 404, "text/plain", "Not found; there are /, /healthz, /readyz, /metrics and /config.\n");
    }
  }

  /**
   * Returns whether the Host of a request is accepted. A foreign web page can point a name of its own at this address
   * (DNS rebinding) and read it as its own origin, but it cannot make a browser send an IP address or localhost as
   * Host.
   */
  #knows(host: string | undefined): boolean {
    const name = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/.exec(host ?? "")?.[1]?.toLowerCase();
    if (name === undefined || name === "") return false;
    return (
      name === "localhost" ||
      name === this.#host ||
      isIP(name) === 4 ||
      (name.startsWith("[") && isIP(name.slice(1, -1)) === 6)
    );
  }
}

function traffic(state: AdminState) {
  return {
    topology: topology(state),
    counts: Object.fromEntries(state.traffic.map((count) => [trafficKey(count), count.requests])),
  };
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  const body = Buffer.from(text);
  response.writeHead(status, {
    "content-type": type.includes("charset") ? type : `${type}; charset=utf-8`,
    "content-length": body.length,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
