import type { Socket } from "node:net";
import type { Shared } from "../exchange/shared.ts";
import type { MessageRefusal } from "../http1/rules.ts";
import { type Peer, peerOf } from "../message/forwarded.ts";
import type { ObservedClient } from "../observe/request-record.ts";
import type { PortRouting } from "../routing/gateway.ts";
import { clientAddress } from "../sockets/sockets.ts";
import type { HandshakeError, ProxyHeaderError } from "../stats/stats.ts";

/** Counts and logs the response to a request that did not reach an exchange. The caller sends the response. */
export function tellRefused(shared: Shared, port: PortRouting, client: ObservedClient, refusal: MessageRefusal): void {
  const { stats } = port.gateway;
  stats.countAnswer(refusal.reason);
  stats.responses.count(refusal.status);
  shared.observer?.refused(port, client, refusal);
}

/** Counts and logs a failed TLS handshake. */
export function tellHandshakeFailed(shared: Shared, port: PortRouting, socket: Socket, error: HandshakeError): void {
  shared.stats.handshakeErrors[error]++;
  if (shared.observer !== undefined) shared.observer.notOpened(port, peer(socket, port), "TLSHandshakeFailed", error);
}

/** Counts and logs a connection that lacked the required PROXY header. */
export function tellNoProxyHeader(shared: Shared, port: PortRouting, socket: Socket, error: ProxyHeaderError): void {
  shared.stats.proxyHeaderErrors[error]++;
  if (shared.observer !== undefined) shared.observer.notOpened(port, peer(socket, port), "NoProxyHeader", error);
}

/** Returns the peer of a connection. The address is unknown if the client has closed the connection. */
function peer(socket: Socket, { number }: PortRouting): Peer {
  return peerOf(clientAddress(socket), number);
}
