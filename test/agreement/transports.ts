import { once } from "node:events";
import { request as plainRequest } from "node:http";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { request as secureRequest } from "node:https";

/** A request on the wire. The target is sent unchanged. */
export interface WireRequest {
  readonly method: string;
  readonly target: string;
  readonly authority: string;
  /** The server name of the TLS handshake (SNI). */
  readonly serverName: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

export interface WireResponse {
  readonly status: number;
  /** Values by lower-case name; several values are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** HTTP/2 connections that several requests share. HTTP/1.1 connections end with refused requests, and are not kept. */
export class Connections {
  readonly sessions = new Map<string, ClientHttp2Session>();

  close(): void {
    for (const session of this.sessions.values()) session.destroy();
    this.sessions.clear();
  }
}

/** A transport for requests to the proxy, each on a connection of its own or on kept connections. */
export interface Transport {
  readonly name: string;
  readonly tls: boolean;
  readonly http2: boolean;
  /** Sends a request. `refused`: the TLS handshake failed. */
  send(port: number, request: WireRequest, kept?: Connections): Promise<WireResponse | "refused">;
}

function http1(name: string, tls: boolean): Transport {
  return {
    name,
    tls,
    http2: false,
    send: (port, { method, target, authority, serverName, headers, body }) =>
      new Promise((resolve, reject) => {
        const address = { host: "127.0.0.1", port, agent: false } as const;
        // The fields are a list, since Node.js would join Cookie fields.
        const fields = ["host", authority];
        for (const [field, values] of Object.entries(headers)) {
          for (const value of [values].flat()) fields.push(field, value);
        }
        if (body !== "") fields.push("content-length", String(body.length));
        const options = { ...address, method, path: target, headers: fields, setHost: false };
        const secure = { ...options, servername: serverName, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] };
        const sent = tls ? secureRequest(secure) : plainRequest(options);
        let secured = false;
        sent.on("socket", (socket) => {
          socket.once("secureConnect", () => {
            secured = true;
          });
        });
        sent.on("response", (response) => {
          let text = "";
          response.setEncoding("latin1").on("data", (chunk: string) => {
            text += chunk;
          });
          response.on("error", reject);
          response.on("end", () => {
            const { statusCode = 0, headersDistinct } = response;
            const all = Object.entries(headersDistinct).map(([field, values = []]) => [field, values.join(", ")]);
            resolve({ status: statusCode, headers: Object.fromEntries(all), body: text });
          });
        });
        sent.on("error", (error) => {
          if (tls && !secured) resolve("refused");
          else reject(error);
        });
        sent.end(body);
      }),
  };
}

function http2(name: string, tls: boolean): Transport {
  return {
    name,
    tls,
    http2: true,
    async send(port, request, kept) {
      const scheme = tls ? "https" : "http";
      const key = `${port} ${request.serverName}`;
      const session = kept?.sessions.get(key) ?? (await connect(scheme, port, request.serverName));
      if (session === undefined) return "refused";
      kept?.sessions.set(key, session);
      try {
        return await exchange(session, scheme, request);
      } finally {
        if (kept === undefined) session.close();
      }
    },
  };
}

/** Connects. Undefined: the TLS handshake failed. */
async function connect(
  scheme: "http" | "https",
  port: number,
  servername: string,
): Promise<ClientHttp2Session | undefined> {
  const options = scheme === "https" ? { servername, rejectUnauthorized: false } : {};
  const session = connectHttp2(`${scheme}://127.0.0.1:${port}`, options);
  // Errors of a session also appear in its stream.
  session.on("error", () => {});
  try {
    await once(session, "connect");
    return session;
  } catch (error) {
    if (scheme === "https") return undefined;
    throw error;
  }
}

async function exchange(
  session: ClientHttp2Session,
  scheme: string,
  { method, target, authority, headers, body }: WireRequest,
): Promise<WireResponse> {
  const fieldsToSend = {
    ...{ ":method": method, ":path": target, ":authority": authority, ":scheme": scheme },
    ...Object.fromEntries(Object.entries(headers).map(([field, value]) => [field.toLowerCase(), value])),
  };
  // TRACE has no content, so its head ends the stream. Other requests without a body end with an empty frame.
  const stream = session.request(fieldsToSend, { endStream: method === "TRACE" });
  if (body === "") stream.end();
  else stream.end(body);
  const [fields] = (await once(stream, "response")) as [Record<string, string | string[] | number>];
  let text = "";
  stream.setEncoding("latin1");
  for await (const chunk of stream) text += chunk;
  const all = Object.entries(fields).map(([field, value]) => [field, [value].flat().join(", ")]);
  return { status: Number(fields[":status"]), headers: Object.fromEntries(all), body: text };
}

/** HTTP/2 is negotiated by prior knowledge, or by ALPN. */
const known = {
  h1: http1("HTTP/1.1", false),
  tlsH1: http1("HTTP/1.1 over TLS", true),
  h2c: http2("HTTP/2", false),
  tlsH2: http2("HTTP/2 over TLS", true),
} satisfies Record<string, Transport>;

/** The transports that the proxy serves. Every case is sent over each of them. */
export const transports: readonly Transport[] = [known.h1, known.tlsH1, known.h2c, known.tlsH2];
