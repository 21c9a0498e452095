import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type ClientSessionOptions,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type SecureClientSessionOptions,
} from "node:http2";
import type { TestContext } from "node:test";

/** A complete response over HTTP/2. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** latin1. */
  readonly body: string;
  readonly trailers: IncomingHttpHeaders;
  /** The interim responses, in order. */
  readonly interim: readonly IncomingHttpHeaders[];
  /** The error code with which the stream was closed; 0 for success. */
  readonly code: number;
}

/** Connects a Node.js client that ends with its test. */
export async function connectHttp2(
  context: TestContext,
  port: number,
  options: ClientSessionOptions | SecureClientSessionOptions = {},
  scheme = "http",
): Promise<ClientHttp2Session> {
  const session = connect(`${scheme}://127.0.0.1:${port}`, options);
  context.after(() => session.destroy());
  session.on("error", () => {});
  await once(session, "connect");
  return session;
}

/** Sends a request; without a body, it ends with its head. */
export function open(session: ClientHttp2Session, fields: OutgoingHttpHeaders = {}, body?: string): ClientHttp2Stream {
  const stream = session.request({ ":authority": "acme.io", ...fields }, { endStream: body === undefined });
  if (body !== undefined) stream.end(body, "latin1");
  return stream;
}

/** Reads a response to its end, even if that is an error. */
export async function answerOf(stream: ClientHttp2Stream): Promise<Answer> {
  const found = { status: 0, headers: {} as IncomingHttpHeaders, body: "", trailers: {} as IncomingHttpHeaders };
  const interim: IncomingHttpHeaders[] = [];
  stream.on("headers", (headers) => interim.push(headers));
  stream.on("response", (headers) => {
    found.status = headers[":status"] ?? 0;
    found.headers = headers;
  });
  stream.on("trailers", (trailers) => {
    found.trailers = trailers;
  });
  stream.on("data", (chunk: Buffer) => {
    found.body += chunk.toString("latin1");
  });
  stream.on("error", () => {});
  // An error is emitted before "close", and is visible in the code.
  await new Promise((resolve) => stream.once("close", resolve));
  return { ...found, interim, code: stream.rstCode };
}

export function request(session: ClientHttp2Session, fields: OutgoingHttpHeaders = {}, body?: string): Promise<Answer> {
  return answerOf(open(session, fields, body));
}
