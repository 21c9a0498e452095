import { methods } from "../http1/llhttp.ts";
import { checkFields, type MessageRefusal, messageRefusals } from "../http1/rules.ts";
import type { Limits } from "../limits/limits.ts";
import { Head } from "../message/head.ts";
import { bit, CONTENT_LENGTH } from "../message/header-names.ts";
import type { RequestMessage } from "../message/message.ts";

/**
 * The head of an HTTP/2 request, written as an HTTP/1.1 head, so that it is matched, changed and forwarded like any
 * other. It is reused for each request, since one is processed before the next is read.
 *
 * nghttp2, the library in Node.js, has checked it already (RFC 9113 sections 8.1 to 8.3): pseudo-header fields are
 * complete, unique and first, names are tokens in lower case, values have no control characters, no field belongs to a
 * connection, and Content-Length is unique, a number, and the length of the data. The checks here are those that it
 * leaves to its caller, and those that keep one request from becoming two in HTTP/1.1.
 */
export class Http2RequestHead implements RequestMessage {
  method = "";
  readonly isHttp11 = true;
  readonly head: Head;
  #text = "";
  #bytes: Buffer = Buffer.allocUnsafeSlow(4 * 1024);

  constructor(fields: number) {
    this.head = new Head(fields);
  }

  /**
   * @param raw alternating names and values.
   * @param ended there is no body.
   * @returns why the request is refused.
   */
  read(raw: readonly string[], ended: boolean, limits: Limits): MessageRefusal | undefined {
    this.head.clear();
    const pseudo = readPseudo(raw);
    this.method = pseudo.method;
    const refusal = checkPseudo(pseudo);
    if (refusal !== undefined) return refusal;
    const { method, path, authority } = pseudo;
    this.#text = `${method} ${path} HTTP/1.1\r\n`;
    this.head.addTarget(method.length + 1, path.length);
    if (authority !== undefined) this.#add("host", authority);
    return this.#addFields(raw, authority, ended) ?? this.#complete(limits);
  }

  #addFields(raw: readonly string[], authority: string | undefined, ended: boolean): MessageRefusal | undefined {
    let cookies = "";
    let framed = ended;
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i] as string;
      const value = raw[i + 1] as string;
      if (name.charCodeAt(0) === COLON) continue;
      if (name === "cookie") cookies = cookies === "" ? value : `${cookies}; ${value}`;
      else if (name === "host" && authority !== undefined) {
        if (value.toLowerCase() !== authority.toLowerCase()) return messageRefusals.authority;
      } else if (connectionFields.has(name) || (name === "te" && value.toLowerCase() !== "trailers")) {
        return messageRefusals.fieldOfConnection;
      } else {
        if (name === "content-length") framed = true;
        this.#add(name, value);
      }
    }
    // Divided Cookie fields are joined again (RFC 9113 section 8.2.3).
    if (cookies !== "") this.#add("cookie", cookies);
    if (!framed) this.#add("transfer-encoding", "chunked");
    return undefined;
  }

  #add(name: string, value: string): void {
    const at = this.#text.length;
    this.head.addName(at, name.length);
    this.head.addValue(at + name.length + 2, value.length);
    this.#text += `${name}: ${value}\r\n`;
  }

  #complete(limits: Limits): MessageRefusal | undefined {
    const text = `${this.#text}\r\n`;
    this.#text = "";
    if (text.length > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(text.length * 2);
    this.#bytes.write(text, "latin1");
    this.head.complete(this.#bytes, 0, text.length);
    if ((this.head.repeated & bit(CONTENT_LENGTH)) !== 0) return messageRefusals.lengthMismatch;
    return checkFields(this.head, limits, true);
  }
}

const COLON = 0x3a;

interface Pseudo {
  method: string;
  scheme: string;
  path: string;
  authority: string | undefined;
}

function readPseudo(raw: readonly string[]): Pseudo {
  const pseudo: Pseudo = { method: "", scheme: "", path: "", authority: undefined };
  for (let i = 0; i < raw.length && raw[i]?.charCodeAt(0) === COLON; i += 2) {
    const value = raw[i + 1] as string;
    if (raw[i] === ":method") pseudo.method = value;
    else if (raw[i] === ":scheme") pseudo.scheme = value;
    else if (raw[i] === ":path") pseudo.path = value;
    else if (raw[i] === ":authority") pseudo.authority = value;
  }
  return pseudo;
}

/**
 * Checks pseudo-header fields (RFC 9113 section 8.3.1). A client without TLS may send https, if TLS ended in front of
 * it. Other forms of a target than a path are refused, since they could name another host.
 */
function checkPseudo({ method, scheme, path }: Pseudo): MessageRefusal | undefined {
  if (method === "CONNECT") return messageRefusals.connect;
  if (!known.has(method)) return messageRefusals.method;
  const name = scheme.toLowerCase();
  if (name !== "http" && name !== "https") return messageRefusals.scheme;
  if (path.startsWith("/") || (path === "*" && method === "OPTIONS")) return undefined;
  return messageRefusals.path;
}

/** The HTTP methods of llhttp, without those of RTSP and of the preface. */
const known: ReadonlySet<string> = new Set(
  methods.filter(
    (method) =>
      !["PRI", "DESCRIBE", "ANNOUNCE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "RECORD", "FLUSH", "REDIRECT"].includes(
        method,
      ) && !method.endsWith("_PARAMETER"),
  ),
);

/** Connection-specific fields (RFC 9113 section 8.2.2), and that of an upgrade to HTTP/2 (RFC 7540 section 3.2.1). */
export const connectionFields: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "http2-settings"],
]);
