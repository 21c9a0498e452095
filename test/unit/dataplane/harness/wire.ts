import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A parsed message, from a parser that shares nothing with the proxy's. */
export interface Message {
  /** The first line. */
  readonly line: string;
  /** HTTP status. Set on responses only. */
  readonly status: number;
  /** The lines of fields as they arrived. */
  readonly fields: readonly string[];
  /** Values by lower-case name; several values are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** latin1. */
  readonly body: string;
  readonly trailers: readonly string[];
  /** The length of the message in bytes. */
  readonly length: number;
}

export interface ReadOptions {
  /** The message is a response to HEAD: it has no body, whatever its fields say. */
  readonly bodiless?: boolean;
  /** The connection has ended, and with it a body without a length. */
  readonly ended?: boolean;
}

/** Parses the first message in latin1 text; undefined if it is incomplete. */
export function parseMessage(text: string, options: ReadOptions = {}): Message | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [line = "", ...fields] = text.slice(0, end).split("\r\n");
  const headers: Record<string, string> = {};
  for (const field of fields) {
    const [, name = "", value = ""] = /^([^:]+):[ \t]*(.*?)[ \t]*$/.exec(field) ?? [];
    const known = headers[name.toLowerCase()];
    headers[name.toLowerCase()] = known === undefined ? value : `${known}, ${value}`;
  }
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(line)?.[1] ?? 0);
  const head = { line, status, fields, headers };
  const start = end + 4;
  const isResponse = line.startsWith("HTTP/");
  if (options.bodiless || status === 204 || status === 304 || (isResponse && status < 200)) {
    return { ...head, body: "", trailers: [], length: start };
  }
  if (headers["transfer-encoding"] !== undefined) return parseChunked(head, text, start);
  if (headers["content-length"] !== undefined) {
    const stop = start + Number(headers["content-length"]);
    if (text.length < stop) return undefined;
    return { ...head, body: text.slice(start, stop), trailers: [], length: stop };
  }
  if (!isResponse) return { ...head, body: "", trailers: [], length: start };
  return options.ended ? { ...head, body: text.slice(start), trailers: [], length: text.length } : undefined;
}

function parseChunked(
  head: Pick<Message, "line" | "status" | "fields" | "headers">,
  text: string,
  start: number,
): Message | undefined {
  let body = "";
  let at = start;
  for (;;) {
    const line = text.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const size = Number.parseInt(text.slice(at, line), 16);
    if (Number.isNaN(size)) throw new Error(`no chunk size: ${JSON.stringify(text.slice(at, line))}`);
    at = line + 2;
    if (size === 0) break;
    if (text.length < at + size + 2) return undefined;
    body += text.slice(at, at + size);
    if (text.slice(at + size, at + size + 2) !== "\r\n") throw new Error("a chunk without its line end");
    at += size + 2;
  }
  const trailers: string[] = [];
  for (;;) {
    const line = text.indexOf("\r\n", at);
    if (line < 0) return undefined;
    if (line === at) return { ...head, body, trailers, length: line + 2 };
    trailers.push(text.slice(at, line));
    at = line + 2;
  }
}

/** Milliseconds to wait for an expected event, long enough for a busy machine. */
const patience = 30_000;

/** A connection for raw bytes. */
export class RawConnection {
  readonly socket: Socket;
  /** The received bytes that are not consumed yet, as latin1. */
  received = "";
  ended = false;
  /** The other side has reset the connection. */
  reset = false;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      this.received += chunk.toString("latin1");
    });
    socket.on("end", () => {
      this.ended = true;
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNRESET" || error.code === "EPIPE") this.reset = true;
    });
    socket.on("close", () => {
      this.ended = true;
    });
  }

  send(text: string): void {
    this.socket.write(text, "latin1");
  }

  /** Returns the next message. */
  async message(options: ReadOptions = {}): Promise<Message> {
    return this.until(() => {
      const message = parseMessage(this.received, { ...options, ended: this.ended });
      if (message === undefined) return undefined;
      this.received = this.received.slice(message.length);
      return message;
    }, "a whole message");
  }

  /** Waits until the other side has ended the connection; returns the remaining bytes. */
  async end(): Promise<string> {
    await this.until(() => (this.ended ? true : undefined), "the end of the connection");
    return this.received;
  }

  async until<T>(found: () => T | undefined, what: string, milliseconds = patience): Promise<T> {
    const deadline = performance.now() + milliseconds;
    for (;;) {
      const value = found();
      if (value !== undefined) return value;
      if (performance.now() > deadline) {
        throw new Error(
          `waited ${milliseconds} ms for ${what}; received ${JSON.stringify(this.received.slice(0, 500))}`,
        );
      }
      await sleep(2);
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

export async function dial(port: number, options: { readonly allowHalfOpen?: boolean } = {}): Promise<RawConnection> {
  const socket = connect({ host: "127.0.0.1", port, ...options });
  await once(socket, "connect");
  return new RawConnection(socket);
}

/** Sends one request on a connection of its own and returns the response. */
export async function exchange(port: number, request: string, options: ReadOptions = {}): Promise<Message> {
  const connection = await dial(port);
  try {
    connection.send(request);
    return await connection.message(options);
  } finally {
    connection.close();
  }
}

export function get(path: string, fields: readonly string[] = []): string {
  return `GET ${path} HTTP/1.1\r\n${["Host: acme.io", ...fields].join("\r\n")}\r\n\r\n`;
}

/** Waits until a condition holds. */
export async function eventually(holds: () => boolean, what: string, milliseconds = patience): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited ${milliseconds} ms for ${what}`);
    await sleep(2);
  }
}
