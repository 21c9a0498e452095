import type { Gateway } from "../kinds/gateway.ts";
import type { DeclaredContract } from "./contract.ts";

/**
 * Builds a Gateway that stands in for a contract, so that the ordinary attachment code handles it. A listener with TLS
 * refers to a Secret that no source declares, since contracts do not name the real one.
 */
export function standInFor({ metadata, spec }: DeclaredContract): Gateway {
  const { gatewayClassName, listeners, allowedListeners } = spec;
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name: metadata.name, namespace: metadata.namespace },
    spec: {
      gatewayClassName,
      listeners: listeners.map((listener) => listenerOf(listener, `${metadata.name}-certificate`)),
      ...(allowedListeners === undefined ? {} : { allowedListeners }),
    },
  } as Gateway;
}

function listenerOf(
  { kinds, namespaces, tlsMode, ...listener }: DeclaredContract["spec"]["listeners"][number],
  certificate: string,
) {
  const passes = tlsMode === "Passthrough";
  const secured = listener.protocol === "HTTPS" || listener.protocol === "TLS";
  const tls = { mode: tlsMode ?? "Terminate", ...(passes ? {} : { certificateRefs: [{ name: certificate }] }) };
  return {
    ...listener,
    ...(secured && { tls }),
    allowedRoutes: { namespaces, kinds: kinds.map((kind) => ({ kind })) },
  };
}
