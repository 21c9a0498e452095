import type { Gateway } from "../kinds/gateway.ts";
import type { DeclaredContract } from "./contract.ts";

/**
 * The Gateway that a contract stands for, so that the handshake is shaken by the code that shakes all others. A
 * listener with TLS names a Secret that nobody declares: which one it is, is none of the contract's business.
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
