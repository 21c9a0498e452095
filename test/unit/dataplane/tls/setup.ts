import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { ListenerTlsIR } from "../../../../lib/routing/ir.ts";
import type { Snapshot } from "../../../../proxy/dataplane/routing/snapshot.ts";
import type { KeyPair } from "../../../../proxy/dataplane/tls/key-pairs.ts";
import { snapshot } from "../harness/configuration.ts";
import { get, RawConnection } from "../harness/wire.ts";

export interface ListenerOptions {
  readonly hostname?: string;
  /** Names of key pairs, in the order of `certificateRefs`. */
  readonly secrets: readonly string[];
  /** Names of the trust anchors by which clients are validated. */
  readonly clients?: { readonly mode: "AllowValidOnly" | "AllowInsecureFallback"; readonly anchors: readonly string[] };
  readonly options?: NonNullable<ListenerTlsIR["options"]>;
}

/** Returns one HTTPS port with these listeners, each with a route for every host that it accepts. */
export function tlsSnapshot(
  listeners: readonly ListenerOptions[],
  keyPairs: Readonly<Record<string, KeyPair>>,
  backend: number,
  anchors: Readonly<Record<string, string>> = {},
): Snapshot {
  const base = snapshot({ endpoints: { main: backend }, protocol: "HTTPS" });
  const [ir] = base.gateways;
  const [port] = ir?.ports ?? [];
  const [first] = port?.listeners ?? [];
  if (ir === undefined || port === undefined || first === undefined) throw new Error("no listener");
  const own = listeners.map((listener, index) => ({
    ...first,
    name: `l${index}`,
    ...(listener.hostname === undefined ? {} : { hostname: listener.hostname }),
    tls: tlsOf(listener),
    hosts: first.hosts.map((host) => ({ ...host, hostname: listener.hostname ?? "*" })),
  }));
  return {
    ...base,
    gateways: [{ ...ir, ports: [{ ...port, listeners: own }] }],
    keyPairs: new Map(Object.entries(keyPairs).map(([name, pair]) => [`default/${name}`, pair])),
    trustAnchors: new Map(Object.entries(anchors).map(([name, pem]) => [`ConfigMap/default/${name}`, pem])),
  };
}

function tlsOf({ secrets, clients, options }: ListenerOptions): ListenerTlsIR {
  const kind = "ConfigMap" as const;
  return {
    mode: "Terminate",
    certificates: secrets.map((name) => ({ namespace: "default", name })),
    ...(clients && {
      clientValidation: {
        mode: clients.mode,
        caCertificates: clients.anchors.map((name) => ({ kind, namespace: "default", name })),
      },
    }),
    ...(options && { options }),
  };
}

/** Connects a client and completes its handshake. */
export async function dial(port: number, servername: string, options: ConnectionOptions = {}) {
  const socket = connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  return { socket, wire: new RawConnection(socket) };
}

/** Returns the first bytes that a client sends for a name. */
export async function clientHelloFor(servername: string, options: ConnectionOptions = {}): Promise<Buffer> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false, ...options });
  client.on("error", () => {});
  const [socket] = await once(server, "connection");
  const [bytes] = await once(socket, "data");
  client.destroy();
  socket.destroy();
  server.close();
  return bytes;
}

/** Returns the certificate that the server presented, as PEM. */
export function presented(socket: TLSSocket): string {
  return socket.getPeerX509Certificate()?.toString() ?? "";
}

/** Returns the error code with which a handshake fails on the client's side; "" if it succeeds. */
export async function refusal(port: number, servername: string, options: ConnectionOptions = {}): Promise<string> {
  try {
    const { socket } = await dial(port, servername, options);
    socket.destroy();
    return "";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** Returns the session for which the server has issued a ticket; ends the connection. */
export async function sessionOf(socket: TLSSocket, wire: RawConnection): Promise<Buffer> {
  // In TLS 1.3, tickets follow the handshake.
  const ticket = socket.getProtocol() === "TLSv1.3" ? once(socket, "session") : [socket.getSession()];
  wire.send(get("/", ["Connection: close"]));
  const [session] = (await ticket) as [Buffer | undefined];
  await wire.end();
  if (session === undefined) throw new Error("no session");
  return session;
}
