import type { Socket } from "node:net";
import type { Shared } from "../exchange/shared.ts";
import type { Refusal } from "../http1/rules.ts";
import { type Peer, peerOf } from "../message/forwarded.ts";
import type { ObservedClient } from "../observe/request-record.ts";
import type { PortRouting } from "../routing/gateway.ts";
import { clientAddress } from "../sockets/sockets.ts";
import type { HandshakeError, ProxyHeaderError } from "../stats/stats.ts";

/** Counts and tells the answer to a request that came to no exchange. Whoever calls sends it. */
export function tellRefused(shared: Shared, port: PortRouting, client: ObservedClient, refusal: Refusal): void {
  const { stats } = port.gateway;
  stats.countAnswer(refusal.reason);
  stats.responses.count(refusal.status);
  shared.observer?.refused(port, client, refusal);
}

/** Counts and tells a TLS handshake that came to nothing. */
export function tellHandshakeFailed(shared: Shared, port: PortRouting, socket: Socket, error: HandshakeError): void {
  shared.stats.handshakeErrors[error]++;
  if (shared.observer !== undefined) shared.observer.notOpened(port, peer(socket, port), "TLSHandshakeFailed", error);
}

/** Counts and tells a connection that had to begin with a PROXY header and did not. */
export function tellNoProxyHeader(shared: Shared, port: PortRouting, socket: Socket, error: ProxyHeaderError): void {
  shared.stats.proxyHeaderErrors[error]++;
  if (shared.observer !== undefined) shared.observer.notOpened(port, peer(socket, port), "NoProxyHeader", error);
}

/** The address is lost with the connection if the client has closed it. */
function peer(socket: Socket, { number }: PortRouting): Peer {
  return peerOf(clientAddress(socket), number);
}
