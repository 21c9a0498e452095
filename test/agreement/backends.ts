import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { separatorOf } from "../../lib/routing/rewrite/headers.ts";

/** A request as a backend received it. */
export interface Seen {
  /** `namespace/name:port`. */
  readonly backend: string;
  readonly method: string;
  readonly target: string;
  /** Values by lower-case name; several values are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The behaviour that `x-behave` asked for. */
  readonly behaviour: string;
}

/** The field by which the client that sent a request recognizes it. */
export const tag = "x-case";

/**
 * Backends that record requests, each on a port of its own. They answer 200 with fixed fields, unless the request's
 * `x-behave` asks for something else: `fail CODE N` and `break N` spoil the first N attempts, `silent N` does not
 * answer them (or any), `cors` adds a backend's own CORS fields.
 */
export class RecordingBackends {
  readonly #servers = new Map<string, Listening>();
  readonly #sockets = new Set<Socket>();
  readonly #seen = new Map<string, Seen[]>();

  /**
   * Returns the port of a backend, which is started on first use.
   *
   * @param http2 the backend speaks HTTP/2 without TLS.
   */
  async portOf(name: string, http2 = false): Promise<number> {
    const known = this.#servers.get(name);
    if (known !== undefined) return (known.address() as AddressInfo).port;
    const serve = (request: AnyRequest, response: AnyResponse) => this.#serve(name, request, response);
    const server = http2 ? createHttp2Server(serve) : createServer({ keepAliveTimeout: 60_000 }, serve);
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
      socket.on("error", () => {});
    });
    this.#servers.set(name, server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }

  /** Returns all received requests with this tag. */
  seen(of: string): readonly Seen[] {
    return this.#seen.get(of) ?? [];
  }

  /** Forgets all received requests. */
  clear(): void {
    this.#seen.clear();
  }

  close(): void {
    for (const server of this.#servers.values()) server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #serve(backend: string, request: AnyRequest, response: AnyResponse): void {
    let body = "";
    request.setEncoding("latin1").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("error", () => {});
    request.on("end", () => {
      const { [tag]: of = "", ...headers } = joined(request.rawHeaders);
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

function answer(backend: string, behaviour: string, attempt: number, response: AnyResponse): void {
  const [verb = "", ...words] = behaviour.split(" ");
  if (verb === "silent" && attempt < Number(words[0] ?? Number.POSITIVE_INFINITY)) return;
  if (verb === "break" && attempt < Number(words[0])) {
    response.destroy?.();
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

/** Returns alternating names and values of a response's fields, without its framing. */
export function responseFields(behaviour: string): readonly string[] {
  const plain = [
    ...["x-kept", "kept", "x-drop", "dropped", "x-listed", "a", "x-listed", "b"],
    ...["set-cookie", "a=1", "set-cookie", "b=2"],
  ];
  return behaviour === "cors" ? [...plain, "access-control-allow-origin", "*", "access-control-max-age", "1"] : plain;
}

type AnyRequest = IncomingMessage | Http2ServerRequest;
type AnyResponse = (ServerResponse | Http2ServerResponse) & { destroy?(): unknown; writeHead: WriteHead };
type WriteHead = (status: number, fields: string[]) => unknown;

/** Returns fields by lower-case name; `:authority` of HTTP/2 becomes `host`. */
function joined(raw: readonly string[]): Record<string, string> {
  const fields = new Map<string, string>();
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase().replace(/^:authority$/, "host");
    if (name.startsWith(":")) continue;
    const before = fields.get(name);
    fields.set(name, before === undefined ? (raw[i + 1] as string) : `${before}${separatorOf(name)}${raw[i + 1]}`);
  }
  return Object.fromEntries(fields);
}

interface Listening {
  address: Server["address"];
  close(): unknown;
}
