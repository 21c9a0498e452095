import { X509Certificate } from "node:crypto";
import type { KeyPair } from "../../dataplane/tls/key-pairs.ts";
import { issueCertificate } from "../issue-certificate.ts";

const day = 86_400_000;

/** For how long an authority is good, and a certificate that it signs. Milliseconds. */
const authorityLifetime = 365 * day;
const certificateLifetime = 30 * day;

/** For how long the next authority is only published before it signs: every proxy then trusts it. */
const publishing = day;

/**
 * The authorities of an installation, as its Secret keeps them. One signs. When two thirds of its life are over the next
 * is made and published beside it, and signs a day later; the one before is trusted until it ends.
 */
export interface Authorities {
  readonly signing: KeyPair;
  readonly next?: KeyPair;
  /** Certificate alone. */
  readonly previous?: string;
}

/** What the authorities should be at `now` (milliseconds since 1970): the same object if nothing is due. */
export function renewed(authorities: Authorities | undefined, now: number): Authorities {
  if (authorities === undefined) return { signing: makeAuthority(now) };
  const { signing, next, previous } = authorities;
  if (next !== undefined && now - bornAt(next.certificates) >= publishing) {
    return { signing: next, previous: signing.certificates };
  }
  if (next === undefined && now - bornAt(signing.certificates) >= (authorityLifetime * 2) / 3) {
    return { ...authorities, next: makeAuthority(now) };
  }
  return previous !== undefined && endOf(previous) <= now ? { signing, ...(next && { next }) } : authorities;
}

/** PEM of all that a proxy has to trust. */
export function trusted({ signing, next, previous }: Authorities): string {
  return [signing.certificates, next?.certificates, previous].filter((pem) => pem !== undefined).join("");
}

/** A certificate for the controller, under the names by which proxies reach it. */
export function issue({ signing }: Authorities, names: readonly string[], now: number): KeyPair {
  return issueCertificate({
    commonName: "gatewright-controller",
    names,
    issuer: signing,
    notBefore: now - skew,
    notAfter: Math.min(now + certificateLifetime, endOf(signing.certificates)),
  });
}

/** When a certificate that was issued at `now` is to be replaced: two thirds into its life. */
export function renewalOf(pair: KeyPair): number {
  const born = bornAt(pair.certificates);
  return born + ((endOf(pair.certificates) - born) * 2) / 3;
}

/** Clocks of nodes may differ by so much. */
const skew = 5 * 60_000;

function makeAuthority(now: number): KeyPair {
  const commonName = `gatewright authority ${new Date(now).toISOString().slice(0, 10)}`;
  return issueCertificate({ commonName, authority: true, notBefore: now - skew, notAfter: now + authorityLifetime });
}

function bornAt(pem: string): number {
  return new X509Certificate(pem).validFromDate.getTime() + skew;
}

function endOf(pem: string): number {
  return new X509Certificate(pem).validToDate.getTime();
}
