import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { createServer, type ServerOptions } from "node:https";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { TLSSocket } from "node:tls";
import type { KeyPair } from "../../../../proxy/dataplane/tls/key-pairs.ts";

/** An established connection, as the server sees it. */
export interface SecuredConnection {
  readonly serverName: string;
  readonly protocol: string | undefined;
  /** The common name of the certificate that the client presented. */
  readonly shown: string | undefined;
  readonly socket: TLSSocket;
}

export interface TlsBackend {
  readonly port: number;
  readonly connections: readonly SecuredConnection[];
  readonly requests: readonly string[];
  /** Holds responses back until `letGo`. */
  hold(): void;
  letGo(): void;
  /** Sets the certificate that the server presents from now on. */
  show(pair: KeyPair): void;
}

/** Starts a Node.js server of HTTP/1.1 over TLS that ends with its test. */
export async function startTlsBackend(
  context: TestContext,
  pair: KeyPair,
  options: ServerOptions = {},
): Promise<TlsBackend> {
  const connections: SecuredConnection[] = [];
  const requests: string[] = [];
  const held: (() => void)[] = [];
  let holding = false;
  const secure = ({ certificates: cert, key }: KeyPair) => ({ cert, key });
  const server = createServer({ ...secure(pair), ...options }, (request: IncomingMessage, response) => {
    requests.push(`${request.method} ${request.url}`);
    const answer = () => response.end(`secured ${request.headers.host}`);
    request.resume().on("end", () => (holding ? held.push(answer) : answer()));
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    const { subject } = socket.getPeerCertificate();
    const { servername, alpnProtocol } = socket;
    const protocol = alpnProtocol === false || alpnProtocol === null ? undefined : alpnProtocol;
    connections.push({ serverName: String(servername), protocol, shown: subject?.CN as string | undefined, socket });
    socket.on("error", () => {});
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    requests,
    hold() {
      holding = true;
    },
    letGo() {
      holding = false;
      for (const answer of held.splice(0)) answer();
    },
    show: (next) => server.setSecureContext({ ...secure(next), ...(options.ca !== undefined && { ca: options.ca }) }),
  };
}
