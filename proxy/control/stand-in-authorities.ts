import { standInCodes } from "../../lib/findings/catalog/stand-ins.ts";
import type { Finding } from "../../lib/findings/finding.ts";
import type { Attachment } from "../../lib/routing/attach/attachment.ts";
import { referenceOf } from "../../lib/routing/attach/findings.ts";
import type { CertificateSourceIR, GatewayIR } from "../../lib/routing/ir.ts";
import type { TrustAnchors } from "../dataplane/tls/key-pairs.ts";

/** CA certificates in place of ConfigMaps and Secrets that no source declares, so that what refers to them is served. */
export class StandInAuthorities {
  #made: TrustAnchors = new Map();

  /**
   * A self-signed CA, in memory alone, for each that the Gateways name and `declared` does not have. Its key is thrown
   * away: it vouches for nobody. One stays for as long as it is named.
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
  // What it takes is loaded by those alone who need it.
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

/** Tells which CA certificates are not what the sources ask for, once for each object that names one. */
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
