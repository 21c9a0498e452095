import { routingCodes } from "../../lib/findings/catalog/routing.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import type { BoundSocket } from "../dataplane/routing/snapshot.ts";

/** Returns a finding for each Gateway port that could not be bound on this machine. */
export function unboundSockets(sockets: readonly BoundSocket[]): Finding[] {
  return sockets.flatMap(({ gateway, port, host, localPort, error }) => {
    if (error === undefined) return [];
    const { namespace, name } = gateway;
    return [
      {
        code: "GW2202" as const,
        severity: "error" as const,
        message: `Port ${port} cannot be opened here: ${reasons[error.code ?? ""] ?? error.message}.`,
        object: { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", namespace, name },
        field: "spec.listeners",
        given: `${host}:${localPort}`,
        fix: `Free the address, or choose another one with --listen ${namespace}/${name}:${port}=HOST:PORT.`,
        reason: routingCodes.GW2202.reason,
      },
    ];
  });
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process has the address",
  EACCES: "this user may not bind the address",
  EADDRNOTAVAIL: "the address is not one of this machine's",
};
