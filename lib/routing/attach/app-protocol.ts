import type { RouteKind } from "../objects.ts";
import type { ResolvedBackend } from "./attachment.ts";

/** The protocol-related fields of a port of a Service or ServiceImport. */
export interface BackendPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

/** The protocol to use towards a port, or the reason why no protocol is possible. */
export type SpokenProtocol =
  | { readonly protocol: ResolvedBackend["protocol"] }
  | { readonly fault: string; readonly fix?: string };

/**
 * Derives the protocol for a port from its `appProtocol`, for routes of one kind. A fault becomes the reason
 * UnsupportedProtocol. KEP-3726 defines the names: IANA service names, `kubernetes.io/…`, and names prefixed with
 * another domain. Gatewright does not know the latter and treats them like an absent `appProtocol` (GEP-1911). TLS
 * needs a BackendTLSPolicy.
 */
export function backendProtocol(
  { appProtocol, port }: BackendPort,
  routeKind: RouteKind,
  hasTlsPolicy: boolean,
): SpokenProtocol {
  if (routeKind !== "HTTPRoute" && routeKind !== "GRPCRoute") return { protocol: "http1" };
  const name = appProtocol?.toLowerCase();
  switch (name) {
    case undefined:
    case "":
    case "http":
      return { protocol: "http1" };
    case "kubernetes.io/h2c":
    case "h2c":
    case "http2":
    case "grpc":
      return { protocol: "h2c" };
    case "https":
      return hasTlsPolicy ? { protocol: "http1" } : needsPolicy(port, appProtocol);
    case "kubernetes.io/ws":
    case "ws":
      return webSocket(port, routeKind);
    case "kubernetes.io/wss":
    case "wss":
      return hasTlsPolicy ? webSocket(port, routeKind) : needsPolicy(port, appProtocol);
    default:
      return name.includes("/") && !name.startsWith("kubernetes.io/")
        ? { protocol: "http1" }
        : { fault: `Port ${port} speaks ${appProtocol}, which a route of kind ${routeKind} cannot use.` };
  }
}

function webSocket(port: number, routeKind: RouteKind): SpokenProtocol {
  return routeKind === "HTTPRoute"
    ? { protocol: "ws" }
    : { fault: `Port ${port} speaks WebSocket, which a GRPCRoute cannot use.` };
}

function needsPolicy(port: number, appProtocol: string | undefined): SpokenProtocol {
  return {
    fault: `Port ${port} speaks ${appProtocol}, and no BackendTLSPolicy says how to verify it.`,
    fix: "Add a BackendTLSPolicy for the Service.",
  };
}
