import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a backend got it. */
export interface Seen {
  /** `namespace/name:port`. */
  readonly backend: string;
  readonly method: string;
  readonly target: string;
  /** By lower-case name, several values joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What `x-behave` asked of the backend. */
  readonly behaviour: string;
}

/** By this field a request is known again, by the client who sent it. */
export const tag = "x-case";

/**
 * Backends that keep what they get, each on a port of its own. They answer 200 with the same fields always, unless the
 * request's `x-behave` asks for something else: `fail CODE N` and `break N` spoil the first N attempts, `silent N` never
 * answers them (or any), `cors` adds a backend's own CORS fields.
 */
export class RecordingBackends {
  readonly #servers = new Map<string, Server>();
  readonly #seen = new Map<string, Seen[]>();

  /** @returns the port of a backend, which is started if it is not yet there. */
  async portOf(name: string): Promise<number> {
    let server = this.#servers.get(name);
    if (server === undefined) {
      server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => this.#serve(name, request, response));
      this.#servers.set(name, server);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
    }
    return (server.address() as AddressInfo).port;
  }

  /** All that came of the request with this tag. */
  seen(of: string): readonly Seen[] {
    return this.#seen.get(of) ?? [];
  }

  close(): void {
    for (const server of this.#servers.values()) {
      server.close();
      server.closeAllConnections();
    }
  }

  #serve(backend: string, request: IncomingMessage, response: ServerResponse): void {
    let body = "";
    request.setEncoding("latin1").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("error", () => {});
    request.on("end", () => {
      const { [tag]: of = "", ...headers } = joined(request.headersDistinct);
      const { "x-behave": behaviour = "" } = headers;
      const seen = this.#seen.get(of) ?? [];
      this.#seen.set(of, seen);
      const attempt = seen.filter((each) => each.backend === backend).length;
      const { method = "", url: target = "" } = request;
      seen.push({ backend, method, target, headers, body, behaviour });
      answer(backend, behaviour, attempt, response);
    });
  }
}

function answer(backend: string, behaviour: string, attempt: number, response: ServerResponse): void {
  const [verb = "", ...words] = behaviour.split(" ");
  if (verb === "silent" && attempt < Number(words[0] ?? Number.POSITIVE_INFINITY)) return;
  if (verb === "break" && attempt < Number(words[0])) {
    response.destroy();
    return;
  }
  const status = verb === "fail" && attempt < Number(words[1]) ? Number(words[0]) : 200;
  const body = `${backend}\n`;
  response.writeHead(status, [
    ...responseFields(behaviour),
    ...["content-length", String(body.length), "x-recorded-by", backend],
  ]);
  response.end(body);
}

/** Names and values in turn of what a response has beside its framing. */
export function responseFields(behaviour: string): readonly string[] {
  const plain = [
    ...["x-kept", "kept", "x-drop", "dropped", "x-listed", "a", "x-listed", "b"],
    ...["set-cookie", "a=1", "set-cookie", "b=2"],
  ];
  return behaviour === "cors" ? [...plain, "access-control-allow-origin", "*", "access-control-max-age", "1"] : plain;
}

function joined(distinct: IncomingMessage["headersDistinct"]): Record<string, string> {
  return Object.fromEntries(Object.entries(distinct).map(([name, values = []]) => [name, values.join(", ")]));
}
