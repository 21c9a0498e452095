import type { Gateway } from "../../api/index.ts";
import type { CertificateSourceIR } from "../ir.ts";
import { namespaceOf } from "../objects.ts";
import { type CertificateCodes, trustAnchors } from "./certificates.ts";
import type { ConditionProblem } from "./condition.ts";
import type { References } from "./references.ts";

/** Validation of the client certificates on a Gateway's HTTPS listeners (GEP-91), for one port or as the default. */
export interface ClientValidation {
  readonly mode: "AllowValidOnly" | "AllowInsecureFallback";
  readonly caCertificates: readonly CertificateSourceIR[];
  /** Problems in `spec.tls.frontend` of the Gateway. */
  readonly problems: readonly ConditionProblem[];
  /** Notes on CA certificates that only the controller of the class can read. */
  readonly notes: readonly ConditionProblem[];
}

const codes: CertificateCodes = { invalid: "GW2208", kind: "GW2209", notPermitted: "GW2207", opaque: "GW2120" };

/**
 * Resolves `spec.tls.frontend` of a Gateway to a function of the port. The function returns the entry of `perPort`,
 * else the default, else undefined, in which case the listener requests no client certificate.
 */
export function clientValidations(
  gateway: Gateway,
  references: References,
): (port: number) => ClientValidation | undefined {
  const frontend = gateway.spec.tls?.frontend;
  if (frontend === undefined) return () => undefined;
  const place = "spec.tls.frontend";
  const standard = resolve(gateway, frontend.default.validation, references, `${place}.default.validation`);
  const byPort = new Map(
    (frontend.perPort ?? []).map(({ port, tls }, index) => [
      port,
      resolve(gateway, tls.validation, references, `${place}.perPort[${index}].tls.validation`),
    ]),
  );
  return (port) => (byPort.has(port) ? byPort.get(port) : standard);
}

type FrontendValidation = {
  readonly mode?: string;
  readonly caCertificateRefs: readonly {
    readonly group: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
  }[];
};

function resolve(
  gateway: Gateway,
  validation: FrontendValidation | undefined,
  references: References,
  field: string,
): ClientValidation | undefined {
  if (validation === undefined) return undefined;
  const from = { kind: "Gateway", namespace: namespaceOf(gateway) };
  const resolved = validation.caCertificateRefs.map((ref, index) =>
    trustAnchors(references, ref, from, `${field}.caCertificateRefs[${index}]`, codes),
  );
  return {
    mode: validation.mode === "AllowInsecureFallback" ? validation.mode : "AllowValidOnly",
    caCertificates: resolved.flatMap(({ found }) => (found === undefined ? [] : [found])),
    problems: resolved.flatMap(({ problem }) => (problem === undefined ? [] : [problem])),
    notes: resolved.flatMap(({ note }) => (note === undefined ? [] : [note])),
  };
}
