import type { GatewayAttachment, PolicyVerdict, ResolvedBackend } from "../attach/attachment.ts";
import type { BackendIR, BackendTlsIR } from "../ir.ts";
import type { RoutingObjects } from "../objects.ts";
import { endpointsOf } from "./endpoints.ts";

/** Lowers a backend for the proxies of one Gateway, with that Gateway's client certificate. */
export function lowerBackend(
  backend: ResolvedBackend,
  { clientCertificate }: GatewayAttachment,
  objects: RoutingObjects,
): BackendIR {
  const { kind, namespace, name, port, protocol, policy } = backend;
  const endpoints = endpointsOf(backend, objects);
  return {
    kind,
    namespace,
    name,
    port,
    protocol,
    ...(policy === undefined
      ? {}
      : { tls: { ...lowerPolicy(policy), ...(clientCertificate && { clientCertificate }) } }),
    ...(endpoints === undefined ? {} : { endpoints }),
  };
}

function lowerPolicy({ declared, trust, opaqueTrust }: PolicyVerdict): BackendTlsIR {
  const { hostname, subjectAltNames = [] } = declared.object.spec.validation;
  return {
    hostname,
    subjectAltNames: subjectAltNames.map(({ type, hostname: name, uri }) =>
      type === "URI" ? { type, value: uri ?? "" } : { type: "Hostname", value: name ?? "" },
    ),
    trust,
    ...(opaqueTrust.length > 0 && { opaqueTrust }),
  };
}
