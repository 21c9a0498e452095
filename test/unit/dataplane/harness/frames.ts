import { dial, type RawConnection } from "./wire.ts";

/**
 * The client preface. This module writes HTTP/2 frames by hand (RFC 9113 section 4.1), for bytes that no library sends.
 * Strings contain bytes (latin1).
 */
export const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

export const types = {
  DATA: 0,
  HEADERS: 1,
  RST_STREAM: 3,
  SETTINGS: 4,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

export const END_STREAM = 0x1;
export const END_HEADERS = 0x4;
export const ACK = 0x1;

export const codes = {
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  ENHANCE_YOUR_CALM: 11,
} as const;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: string;
}

export function frame(type: number, flags: number, stream: number, payload = ""): string {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return head.toString("latin1") + payload;
}

export function uint32(value: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString("latin1");
}

/** Encodes fields as literals without indexing and without Huffman code (RFC 7541 section 6.2.2). */
export function block(fields: readonly (readonly [string, string])[]): string {
  return fields.map(([name, value]) => `\0${text(name)}${text(value)}`).join("");
}

function text(value: string): string {
  const { length } = value;
  if (length < 127) return String.fromCharCode(length) + value;
  let rest = length - 127;
  let prefix = "\x7f";
  for (; rest >= 128; rest = Math.floor(rest / 128)) prefix += String.fromCharCode((rest % 128) | 128);
  return prefix + String.fromCharCode(rest) + value;
}

export const get: readonly (readonly [string, string])[] = [
  [":method", "GET"],
  [":scheme", "http"],
  [":authority", "acme.io"],
  [":path", "/"],
];

export const post: readonly (readonly [string, string])[] = [[":method", "POST"], ...get.slice(1)];

export function headers(stream: number, fields: readonly (readonly [string, string])[], flags = END_STREAM): string {
  return frame(types.HEADERS, flags | END_HEADERS, stream, block(fields));
}

/** A connection on the level of frames, of a client or of a backend. */
export class FrameConnection {
  readonly raw: RawConnection;
  /** The received frames, in order. */
  readonly frames: Frame[] = [];

  /** Called for every frame as it arrives. */
  onFrame: ((frame: Frame) => void) | undefined;
  #preface: number;

  /** @param preface length of the bytes before the first frame: at a backend, the client's preface. */
  constructor(raw: RawConnection, preface = 0) {
    this.raw = raw;
    this.#preface = preface;
    raw.socket.on("data", () => this.#take());
  }

  #take(): void {
    if (this.raw.received.length < this.#preface) return;
    this.raw.received = this.raw.received.slice(this.#preface);
    this.#preface = 0;
    for (;;) {
      const head = Buffer.from(this.raw.received.slice(0, 9), "latin1");
      if (head.length < 9) return;
      const length = head.readUIntBE(0, 3);
      if (this.raw.received.length < 9 + length) return;
      const payload = this.raw.received.slice(9, 9 + length);
      this.raw.received = this.raw.received.slice(9 + length);
      const taken: Frame = {
        type: head[3] ?? 0,
        flags: head[4] ?? 0,
        stream: head.readUInt32BE(5) & 0x7fff_ffff,
        payload,
      };
      this.frames.push(taken);
      this.onFrame?.(taken);
    }
  }

  send(...frames: readonly string[]): void {
    this.raw.send(frames.join(""));
  }

  /** Returns the first frame of a type, on a stream if one is given. */
  frame(type: number, stream?: number): Promise<Frame> {
    const wanted = (each: Frame) => each.type === type && (stream === undefined || each.stream === stream);
    return this.raw.until(() => this.frames.find(wanted), `a frame of type ${type}; got ${this.describe()}`);
  }

  /** Returns the error code with which a stream was reset. */
  async reset(stream: number): Promise<number> {
    return codeAt((await this.frame(types.RST_STREAM, stream)).payload, 0);
  }

  /** Returns the error code with which the connection ends, from the last GOAWAY. */
  async goaway(): Promise<number> {
    await this.raw.end();
    const last = this.frames.filter(({ type }) => type === types.GOAWAY).at(-1);
    return last === undefined ? -1 : codeAt(last.payload, 4);
  }

  /** Returns `:status` of a response, if it is in the static table or a literal. */
  async status(stream: number): Promise<number> {
    const { payload } = await this.frame(types.HEADERS, stream);
    const first = payload.charCodeAt(0);
    const indexed = [200, 204, 206, 304, 400, 404, 500][first - 0x88];
    return indexed ?? 0;
  }

  describe(): string {
    return JSON.stringify(this.frames.map(({ type, flags, stream }) => [type, flags, stream]));
  }

  close(): void {
    this.raw.close();
  }
}

function codeAt(payload: string, at: number): number {
  return Buffer.from(payload, "latin1").readUInt32BE(at);
}

/** Connects, and waits until both sides have acknowledged the settings. */
export async function dialHttp2(port: number, settings = ""): Promise<FrameConnection> {
  const connection = new FrameConnection(await dial(port));
  connection.send(preface, frame(types.SETTINGS, 0, 0, settings));
  await connection.frame(types.SETTINGS);
  connection.send(frame(types.SETTINGS, ACK, 0));
  return connection;
}

/** Concatenates many frames of a kind. */
export function many(count: number, make: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => make(index)).join("");
}
