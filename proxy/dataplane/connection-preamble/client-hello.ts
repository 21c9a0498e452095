/** The contents of a TLS client's first message, which is not encrypted (RFC 8446 section 4.1.2). */
export interface ClientHello {
  /** Server name (RFC 6066 section 3) in lower case, without a trailing dot; empty if the client sends none. */
  readonly serverName: string;
}

/** `incomplete`: the bytes are the beginning of a hello. `foreign`: the bytes are not TLS at all. */
export type ClientHelloReading = ClientHello | "incomplete" | "invalid" | "foreign";

const handshake = 22;
const clientHello = 1;
const recordHeader = 5;
const messageHeader = 4;
/** Maximum length of a record (RFC 8446 section 5.1). */
const longestRecord = 2 ** 14;
/** Maximum number of records of a hello. A split hello has two or three; more are meant to cause work. */
const mostRecords = 32;

/**
 * Reads a ClientHello at the beginning of a connection, from any number of records.
 *
 * @param limit maximum number of bytes, including those of records; a longer hello is invalid.
 */
export function readClientHello(bytes: Buffer, limit: number): ClientHelloReading {
  if (bytes.length === 0) return "incomplete";
  if (bytes[0] !== handshake || (bytes.length > 1 && bytes[1] !== 3)) return "foreign";
  const body = unwrapped(bytes, limit);
  if (typeof body === "string") return body;
  const serverName = serverNameOf(body);
  return serverName === undefined ? "invalid" : { serverName };
}

/** Returns the body of the hello: the joined payloads of records, without the message's header. */
function unwrapped(bytes: Buffer, limit: number): Buffer | "incomplete" | "invalid" {
  const payloads: Buffer[] = [];
  let length = 0;
  for (let at = 0; payloads.length < mostRecords; ) {
    if (bytes.length < at + recordHeader) return missing(bytes, limit);
    const recordLength = bytes.readUInt16BE(at + 3);
    // No other message may be interleaved with the records of one (RFC 8446 section 5.1).
    if (bytes[at] !== handshake || bytes[at + 1] !== 3) return "invalid";
    if (recordLength === 0 || recordLength > longestRecord) return "invalid";
    const payload = bytes.subarray(at + recordHeader, at + recordHeader + recordLength);
    if (length === 0 && payload.length > 0 && payload[0] !== clientHello) return "invalid";
    payloads.push(payload);
    length += payload.length;
    const end = messageHeader + bodyLength(payloads);
    if (end > limit) return "invalid";
    if (length >= end) return Buffer.concat(payloads, length).subarray(messageHeader, end);
    at += recordHeader + recordLength;
    if (at > bytes.length) return missing(bytes, limit);
  }
  return "invalid";
}

/** Returns the length from the message's header, or 0 until the header is complete. */
function bodyLength(payloads: readonly Buffer[]): number {
  const [first] = payloads;
  const start = first !== undefined && first.length >= messageHeader ? first : Buffer.concat(payloads.slice(0, 4));
  return start.length < messageHeader ? 0 : start.readUIntBE(1, 3);
}

function missing(bytes: Buffer, limit: number): "incomplete" | "invalid" {
  return bytes.length < limit ? "incomplete" : "invalid";
}

/**
 * Returns the server name of a hello. The fields are version, random, session id, cipher suites, compression,
 * extensions (RFC 8446 section 4.1.2, as in TLS 1.2).
 */
function serverNameOf(hello: Buffer): string | undefined {
  const fields = new Fields(hello);
  fields.skip(2 + 32);
  fields.skip(fields.number(1));
  fields.skip(fields.number(2));
  fields.skip(fields.number(1));
  // TLS 1.2 clients may send no extensions.
  if (fields.atEnd) return fields.broken ? undefined : "";
  const extensions = fields.vector(2);
  if (fields.broken || !fields.atEnd) return undefined;
  let name: string | undefined;
  while (!extensions.atEnd) {
    const type = extensions.number(2);
    const data = extensions.vector(2);
    if (extensions.broken) return undefined;
    if (type !== 0) continue;
    if (name !== undefined) return undefined;
    name = hostNameOf(data);
    if (name === undefined) return undefined;
  }
  return name ?? "";
}

/**
 * Returns the name in the extension (RFC 6066 section 3): a list of names, for which only the type host_name exists.
 */
function hostNameOf(extension: Fields): string | undefined {
  const list = extension.vector(2);
  if (list.number(1) !== 0) return undefined;
  const name = list.vector(2).rest();
  if (extension.broken || list.broken || !extension.atEnd || !list.atEnd) return undefined;
  if (name.length === 0 || name.length > 255) return undefined;
  const text = name.toString("latin1").toLowerCase();
  return /^[\x21-\x7e]+$/.test(text) ? text.replace(/\.$/, "") : undefined;
}

/** Reads fields one after the other. A missing field reads as empty and marks the whole as broken. */
class Fields {
  broken = false;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.broken || this.#at === this.#bytes.length;
  }

  skip(length: number): void {
    this.#take(length);
  }

  number(width: 1 | 2): number {
    const bytes = this.#take(width);
    return bytes.length < width ? 0 : bytes.readUIntBE(0, width);
  }

  /** Reads a field that starts with its length. */
  vector(width: 1 | 2): Fields {
    const length = this.number(width);
    const fields = new Fields(this.#take(length));
    fields.broken = this.broken;
    return fields;
  }

  rest(): Buffer {
    return this.#take(this.#bytes.length - this.#at);
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) this.broken = true;
    if (this.broken) return Buffer.alloc(0);
    const taken = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }
}
