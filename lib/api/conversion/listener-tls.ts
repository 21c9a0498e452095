import { at, isFields, isList, present } from "./fields.ts";
import type { Ledger } from "./ledger.ts";
import { currentReference } from "./references.ts";

/**
 * Converts a listener's TLS settings of v1alpha1. The single `certificateRef` becomes a list. Certificates from routes
 * (`routeOverride`) no longer exist. On a protocol without TLS, settings were ignored and are now invalid.
 */
export function convertListenerTls(tls: unknown, protocol: unknown, field: string, ledger: Ledger): unknown {
  if (!isFields(tls)) return tls;
  if (protocol === "HTTP" || protocol === "TCP" || protocol === "UDP") {
    ledger.settled(field, `TLS settings were ignored by a listener of protocol ${protocol}`, { given: tls });
    return undefined;
  }
  const { certificateRef, routeOverride, certificateRefs, ...rest } = tls;
  settleOverride(routeOverride, at(field, "routeOverride"), ledger);
  const refs = certificateRef === undefined ? [] : [currentReference(certificateRef)];
  const all = [...(isList(certificateRefs) ? certificateRefs : []), ...refs];
  return present({ ...rest, certificateRefs: all.length === 0 ? certificateRefs : all });
}

function settleOverride(override: unknown, field: string, ledger: Ledger): void {
  if (override === undefined) return;
  const certificate = isFields(override) ? override.certificate : override;
  if (certificate === "Allow") {
    ledger.lost(at(field, "certificate"), "Routes can no longer bring certificates of their own", {
      given: certificate,
      fix: "Give each certificate to a listener: tls.certificateRefs takes several, or add a listener for the hostname.",
    });
  } else if (certificate === "Deny" || (isFields(override) && Object.keys(override).length === 0)) {
    ledger.settled(field, "That routes bring no certificates of their own is the only behaviour now", {
      given: override,
    });
  } else {
    ledger.malformed(field, override, "certificate: Allow or Deny");
  }
}

/** Reports the certificate with which an HTTPRoute of v1alpha1 could override that of a listener. */
export function convertRouteTls(tls: unknown, field: string, ledger: Ledger): void {
  if (tls === undefined) return;
  const reference = isFields(tls) ? tls.certificateRef : undefined;
  const name = isFields(reference) && typeof reference.name === "string" ? reference.name : undefined;
  ledger.lost(field, "A route can no longer bring a certificate of its own", {
    given: tls,
    fix: `Name ${name === undefined ? "the certificate" : `the Secret ${name}`} in tls.certificateRefs of the listener that serves the route's hostnames; a Secret of another namespace needs a ReferenceGrant.`,
  });
}
