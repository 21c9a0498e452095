import { connect, type Server, Socket } from "node:net";
import { type ConnectionOptions, connect as connectSecured, TLSSocket } from "node:tls";

/**
 * The read buffer of all sockets of a thread. Each read is handled before the next, so that one buffer serves all; code
 * that keeps bytes copies them. This saves a quarter of the CPU time of a small exchange.
 */
export const readBuffer: Buffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Receives the bytes of each read: `readBuffer` up to `length`. */
export type OnRead = (length: number) => void;

function onread(read: OnRead) {
  return {
    buffer: readBuffer,
    callback(length: number): boolean {
      read(length);
      return true;
    },
  };
}

/**
 * Idle time before TCP keep-alive probes, which find peers that vanished without a word (RFC 9293 section 3.8.4). After
 * ten unanswered probes, a second apart, the connection breaks.
 */
export const keepAlive = { keepAlive: true, keepAliveInitialDelay: 60_000 } as const;

/** Connects to an endpoint. */
export function dial(host: string, port: number, read: OnRead): Socket {
  return connect({ host, port, noDelay: true, ...keepAlive, onread: onread(read) });
}

/**
 * Connects to an endpoint over TLS.
 *
 * @param read receives the bytes; absent: the caller reads by events.
 */
export function dialSecured(host: string, port: number, options: ConnectionOptions, read?: OnRead): TLSSocket {
  // @types/node lacks the option.
  const reading = read === undefined ? {} : { onread: onread(read) };
  const socket = connectSecured({ ...options, host, port, ...reading });
  socket.setNoDelay(true);
  socket.setKeepAlive(keepAlive.keepAlive, keepAlive.keepAliveInitialDelay);
  return socket;
}

/** Returns why connecting failed: over TLS, the endpoint's certificate may be the reason. */
export function connectError(socket: Socket): "connect" | "certificate" {
  const isDistrusted = socket instanceof TLSSocket && (socket.authorizationError ?? undefined) !== undefined;
  return isDistrusted ? "certificate" : "connect";
}

interface Handled {
  _handle: object | null;
}

interface Reading {
  readonly _handle: { reading?: boolean; readStop?(): void } | null;
}

/**
 * Takes over a connection that a server has accepted with `pauseOnConnect`.
 *
 * `net.Server` has no option for `onread`, so the accepted socket's handle moves to a socket that has it. If a release
 * of Node.js lacks that handle, the accepted socket is used directly: slower, but otherwise alike.
 */
export function adopt(accepted: Socket, read: OnRead): Socket {
  // A TLS socket over an existing socket does not support `onread`.
  if (accepted instanceof TLSSocket) return readEvents(accepted, read);
  const from = accepted as unknown as Handled;
  const handle = from._handle;
  if (handle === null || typeof handle !== "object") return readEvents(accepted, read);
  const ahead = takeAhead(accepted);
  from._handle = null;
  const options = { handle, allowHalfOpen: true, onread: onread(read) };
  const socket = new Socket(options as ConstructorParameters<typeof Socket>[0]);
  const client = clients.get(accepted);
  if (client !== undefined) clients.set(socket, client);
  // Delivers these bytes before any other read, but not before the reader is ready.
  if (ahead !== undefined) process.nextTick(() => socket.destroyed || deliver(ahead, read));
  return socket;
}

/** Returns the bytes that were read while a connection was opened, and stops reading on this socket. */
function takeAhead(accepted: Socket): Buffer | undefined {
  const { _handle: handle } = accepted as unknown as Reading;
  if (handle?.reading) {
    handle.readStop?.();
    handle.reading = false;
  }
  const ahead: Buffer | null = accepted.readableLength > 0 ? accepted.read() : null;
  return ahead ?? undefined;
}

function readEvents(socket: Socket, read: OnRead): Socket {
  socket.on("data", (chunk: Buffer) => deliver(chunk, read));
  socket.resume();
  return socket;
}

function deliver(chunk: Buffer, read: OnRead): void {
  for (let at = 0; at < chunk.length; at += readBuffer.length) {
    const length = chunk.copy(readBuffer, 0, at, Math.min(at + readBuffer.length, chunk.length));
    read(length);
  }
}

/** Addresses of clients behind a load balancer that announces them (PROXY protocol). */
const clients = new WeakMap<Socket, string>();

/** Sets the client's address of a connection from a load balancer. */
export function announceClient(socket: Socket, address: string): void {
  clients.set(socket, address);
}

/** Returns the address that a client has connected to, as a Host without port: `192.0.2.1` or `[2001:db8::1]`. */
export function localHostOf(socket: Socket): string {
  const address = (carrierOf(socket).localAddress ?? "0.0.0.0").replace(/^::ffff:(?=\d+\.)/i, "").replace(/%.*$/, "");
  return address.includes(":") ? `[${address}]` : address;
}

/** Returns the client's address: the announced one, or that of the peer. */
export function clientAddress(socket: Socket): string | undefined {
  return clients.get(carrierOf(socket)) ?? socket.remoteAddress;
}

/** TCP connections by the TLS socket over them. */
const carriers = new WeakMap<Socket, Socket>();

export function carry(secured: TLSSocket, carrier: Socket): void {
  carriers.set(secured, carrier);
}

export function carrierOf(socket: Socket): Socket {
  return carriers.get(socket) ?? socket;
}

/** Returns `TLSv1.2` or `TLSv1.3`; undefined without TLS. */
export function tlsVersionOf(socket: Socket): string | undefined {
  return socket instanceof TLSSocket ? (socket.getProtocol() ?? undefined) : undefined;
}

/** Resets a connection, so that the peer sees that it was cut. Node.js can reset only TCP. */
export function cut(socket: Socket): void {
  carrierOf(socket).resetAndDestroy();
}

/** Stops a server from accepting. Connections that it has accepted continue without it. */
export function stopListening(server: Server): void {
  server.close();
}

/** Bodies up to this length are written together with the text before them. */
const joined = 8 * 1024;
/** Room for the framing of a chunk beside a read. */
const frame = 16;

const onePiece = new Int32Array(2);
let scratch = Buffer.allocUnsafeSlow(readBuffer.length + frame);

/**
 * Writes to a socket. Text is gathered until `flush`, so that a head and a small body are one write and one string;
 * strings hold bytes (latin1).
 */
export class Outlet {
  readonly #socket: Socket;
  #text = "";
  #watched = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  text(text: string): void {
    this.#text += text;
  }

  /** Writes bytes of `readBuffer`, or others that will change. */
  bytes(bytes: Buffer, start: number, end: number): void {
    if (end - start <= joined) {
      this.#text += bytes.toString("latin1", start, end);
      return;
    }
    this.flush();
    for (let at = start; at < end; at += readBuffer.length) {
      const length = bytes.copy(scratch, 0, at, Math.min(end, at + readBuffer.length));
      this.#writeScratch(length);
    }
  }

  /** Writes one chunk of a chunked body (RFC 9112 section 7.1) from the pieces in `bytes`: start, end, start, end … */
  chunk(bytes: Buffer, pieces: Int32Array, count: number, length: number): void {
    if (length === 0) return;
    const size = `${length.toString(16)}\r\n`;
    if (length <= joined) {
      let text = this.#text + size;
      for (let i = 0; i < count; i++) text += bytes.toString("latin1", pieces[i * 2], pieces[i * 2 + 1]);
      this.#text = `${text}\r\n`;
      return;
    }
    this.flush();
    let at = scratch.write(size, 0, "latin1");
    for (let i = 0; i < count; i++) at += bytes.copy(scratch, at, pieces[i * 2], pieces[i * 2 + 1]);
    at += scratch.write("\r\n", at, "latin1");
    this.#writeScratch(at);
  }

  /** Writes one chunk from bytes without framing between them. */
  oneChunk(bytes: Buffer, start: number, end: number): void {
    for (let at = start; at < end; at += readBuffer.length) {
      onePiece[0] = at;
      onePiece[1] = Math.min(end, at + readBuffer.length);
      this.chunk(bytes, onePiece, 1, onePiece[1] - at);
    }
  }

  flush(): void {
    if (this.#text === "") return;
    const text = this.#text;
    this.#text = "";
    this.#socket.write(text, "latin1");
  }

  /** Remembers how many bytes wait to be written; `stalled` compares with it later. */
  watch(): void {
    this.#watched = this.#socket.writableLength;
  }

  get stalled(): boolean {
    return this.#socket.writableLength >= this.#watched;
  }

  /** True while the peer takes bytes more slowly than they come. `drain` follows. */
  get blocked(): boolean {
    return this.#socket.writableNeedDrain && this.#socket.writableLength > 0;
  }

  /** Writes the scratch buffer. The system takes most writes at once; if not, the socket keeps the memory. */
  #writeScratch(length: number): void {
    this.#socket.write(scratch.subarray(0, length));
    if (this.#socket.writableLength > 0) scratch = Buffer.allocUnsafeSlow(readBuffer.length + frame);
  }
}
