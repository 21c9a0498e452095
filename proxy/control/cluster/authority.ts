import { X509Certificate } from "node:crypto";
import type { KeyPair } from "../../dataplane/tls/key-pairs.ts";
import { issueCertificate } from "../issue-certificate.ts";

const day = 86_400_000;

/** Lifetimes of an authority and of the certificates that it signs, in milliseconds. */
const authorityLifetime = 365 * day;
const certificateLifetime = 30 * day;

/** Milliseconds for which the next authority is only published before it signs. By then every proxy trusts it. */
const publishing = day;

/**
 * The certificate authorities of an installation, as its Secret stores them. One of them signs. After two thirds of its
 * lifetime, the next one is made and published beside it, and begins to sign a day later. The previous authority stays
 * trusted until it expires.
 */
export interface Authorities {
  readonly signing: KeyPair;
  readonly next?: KeyPair;
  /** The certificate alone, without the key. */
  readonly previous?: string;
}

/** Returns the authorities as they should be at `now` (milliseconds since 1970): the same object if nothing is due. */
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

/** Returns the PEM certificates of all authorities that a proxy has to trust. */
export function trusted({ signing, next, previous }: Authorities): string {
  return [signing.certificates, next?.certificates, previous].filter((pem) => pem !== undefined).join("");
}

/** Issues a certificate for the controller, for the names by which proxies reach it. */
export function issue({ signing }: Authorities, names: readonly string[], now: number): KeyPair {
  return issueCertificate({
    commonName: "gatewright-controller",
    names,
    issuer: signing,
    notBefore: now - skew,
    notAfter: Math.min(now + certificateLifetime, endOf(signing.certificates)),
  });
}

/** Returns when a certificate has to be replaced: after two thirds of its lifetime. */
export function renewalOf(pair: KeyPair): number {
  const born = bornAt(pair.certificates);
  return born + ((endOf(pair.certificates) - born) * 2) / 3;
}

/** Tolerated clock skew between nodes, in milliseconds. */
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
