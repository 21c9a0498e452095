import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** Handles a request: receives the stream, and the head as parsed and as alternating names and values. */
export type RespondHttp2 = (stream: ServerHttp2Stream, head: IncomingHttpHeaders, raw: readonly string[]) => void;

export interface Http2Backend {
  readonly port: number;
  readonly sessions: readonly ServerHttp2Session[];
  /** The heads of requests, in order. */
  readonly heads: readonly IncomingHttpHeaders[];
  respond(respond: RespondHttp2): void;
}

/** Starts a Node.js server of HTTP/2 without TLS that ends with its test. */
export async function startHttp2Backend(
  context: TestContext,
  respond: RespondHttp2 = answer(),
  options: ServerOptions = {},
): Promise<Http2Backend> {
  const sessions: ServerHttp2Session[] = [];
  const heads: IncomingHttpHeaders[] = [];
  let current = respond;
  const server = createServer(options);
  server.on("session", (session) => {
    sessions.push(session);
    session.on("error", () => {});
  });
  server.on("stream", (stream, head, _flags, raw) => {
    heads.push(head);
    stream.on("error", () => {});
    current(stream, head, raw);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    for (const session of sessions) session.destroy();
  });
  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    heads,
    respond(next) {
      current = next;
    },
  };
}

/** Returns a handler that reads the request to its end and answers it. */
export function answer(body = "ok", fields: Readonly<Record<string, string>> = {}): RespondHttp2 {
  return (stream) => {
    stream.resume();
    stream.on("end", () => {
      stream.respond({ ":status": 200, ...fields });
      stream.end(body);
    });
  };
}

/** Returns the body of a request; rejects if it is incomplete. */
export function bodyOf(stream: ServerHttp2Stream): Promise<string> {
  return new Promise((resolve, reject) => {
    let body = "";
    stream.on("data", (chunk: Buffer) => {
      body += chunk.toString("latin1");
    });
    const closed = () => reject(new Error(`closed with ${stream.rstCode}`));
    // Node.js emits "end" after a reset as well.
    stream.on("end", () => (stream.destroyed ? closed() : resolve(body)));
    stream.on("close", closed);
  });
}
