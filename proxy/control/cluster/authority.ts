// What the library injects its parts by.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { KeyPair } from "../../dataplane/tls/certificates.ts";

cryptoProvider.set(webcrypto as never);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
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
export async function renewed(authorities: Authorities | undefined, now: number): Promise<Authorities> {
  if (authorities === undefined) return { signing: await makeAuthority(now) };
  const { signing, next, previous } = authorities;
  if (next !== undefined && now - bornAt(next.certificates) >= publishing) {
    return { signing: next, previous: signing.certificates };
  }
  if (next === undefined && now - bornAt(signing.certificates) >= (authorityLifetime * 2) / 3) {
    return { ...authorities, next: await makeAuthority(now) };
  }
  return previous !== undefined && endOf(previous) <= now ? { signing, ...(next && { next }) } : authorities;
}

/** PEM of all that a proxy has to trust. */
export function trusted({ signing, next, previous }: Authorities): string {
  return [signing.certificates, next?.certificates, previous].filter((pem) => pem !== undefined).join("");
}

/** A certificate for the controller, under the names by which proxies reach it. */
export async function issue({ signing }: Authorities, names: readonly string[], now: number): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const authority = new X509Certificate(signing.certificates);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    issuer: authority.subject,
    subject: "CN=gatewright-controller",
    notBefore: new Date(now - skew),
    notAfter: new Date(Math.min(now + certificateLifetime, endOf(signing.certificates))),
    publicKey: keys.publicKey as webcrypto.CryptoKey,
    signingKey: await keyOf(signing),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value }))),
    ],
  });
  return { certificates: pemOf(certificate), key: await exported(keys.privateKey as webcrypto.CryptoKey) };
}

/** When a certificate that was issued at `now` is to be replaced: two thirds into its life. */
export function renewalOf(pair: KeyPair): number {
  const born = bornAt(pair.certificates);
  return born + ((endOf(pair.certificates) - born) * 2) / 3;
}

/** Clocks of nodes may differ by so much. */
const skew = 5 * 60_000;

async function makeAuthority(now: number): Promise<KeyPair> {
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: `CN=gatewright authority ${new Date(now).toISOString().slice(0, 10)}`,
    notBefore: new Date(now - skew),
    notAfter: new Date(now + authorityLifetime),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificates: pemOf(certificate), key: await exported(keys.privateKey) };
}

/** RFC 5280 section 4.1.2.2: positive, unpredictable, at most 20 octets. */
function serialNumber(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] as number) & 0x7f) | 0x40;
  return Buffer.from(bytes).toString("hex");
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

async function exported(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY")}\n`;
}

async function keyOf({ key }: KeyPair): Promise<webcrypto.CryptoKey> {
  const [der] = PemConverter.decode(key) as [ArrayBuffer];
  return (await webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"])) as webcrypto.CryptoKey;
}

function bornAt(pem: string): number {
  return new X509Certificate(pem).notBefore.getTime() + skew;
}

function endOf(pem: string): number {
  return new X509Certificate(pem).notAfter.getTime();
}
