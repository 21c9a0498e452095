import { standInCodes } from "../../lib/findings/catalog/stand-ins.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import type { Attachment } from "../../lib/routing/attach/attachment.ts";
import { referenceOf } from "../../lib/routing/attach/findings.ts";
import type { CertificateSourceIR, GatewayIR } from "../../lib/routing/ir.ts";
import type { TrustAnchors } from "../dataplane/tls/key-pairs.ts";

/** Makes CA certificates in place of undeclared ConfigMaps and Secrets, so that references to them are served. */
export class StandInAuthorities {
  #made: TrustAnchors = new Map();

  /**
   * Makes a self-signed CA, in memory only, for each reference of the Gateways that `declared` does not contain. Its
   * key is discarded, so that it can sign nothing. A CA stays as long as it is referenced.
   */
  async of(gateways: readonly GatewayIR[], declared: TrustAnchors): Promise<TrustAnchors> {
    const wanted = new Set(
      authoritiesOf(gateways)
        .map(keyOf)
        .filter((key) => !declared.has(key)),
    );
    const made = new Map<string, string>();
    for (const key of wanted) made.set(key, this.#made.get(key) ?? (await authority()));
    this.#made = made;
    return made;
  }
}

async function authority(): Promise<string> {
  // The module is loaded lazily: few configurations need it.
  const { issueCertificate } = await import("./issue-certificate.ts");
  return issueCertificate({ commonName: "Gatewright, stand-in", authority: true }).certificates;
}

function authoritiesOf(gateways: readonly GatewayIR[]): CertificateSourceIR[] {
  return gateways.flatMap(({ ports, backends }) => [
    ...ports.flatMap(({ listeners }) => listeners.flatMap(({ tls }) => tls?.clientValidation?.caCertificates ?? [])),
    ...Object.values(backends).flatMap(({ tls }) => (tls === undefined || tls.trust === "System" ? [] : tls.trust)),
  ]);
}

function keyOf({ kind, namespace, name }: CertificateSourceIR): string {
  return `${kind}/${namespace}/${name}`;
}

/** Returns a finding for each object and each undeclared CA certificate that it references. */
export function authorityNotes({ gateways, listenerSets, policies }: Attachment, standIns: TrustAnchors): Finding[] {
  const missing = (references: readonly CertificateSourceIR[]) => [
    ...new Set(references.map(keyOf).filter((key) => standIns.has(key))),
  ];
  return [
    ...[...gateways.values(), ...listenerSets.values()].flatMap(({ declared, listeners }) => {
      const named = listeners.flatMap(({ clientValidation }) => clientValidation?.caCertificates ?? []);
      return missing(named).map((key) => note("GW2235", declared, key, "spec"));
    }),
    ...[...policies.values()].flatMap(({ declared, trust }) =>
      missing(trust === "System" ? [] : trust).map((key) =>
        note("GW2535", declared, key, "spec.validation.caCertificateRefs"),
      ),
    ),
  ];
}

function note(
  code: "GW2235" | "GW2535",
  {
    object,
    origin,
  }: { readonly object: Parameters<typeof referenceOf>[0]; readonly origin: NonNullable<Finding["origin"]> },
  authorityKey: string,
  field: string,
): Finding {
  const { title, fix } = standInCodes[code];
  const name = authorityKey.replace("/", " ");
  return { code, severity: "note", message: `${title}: ${name}.`, object: referenceOf(object), origin, field, fix };
}
