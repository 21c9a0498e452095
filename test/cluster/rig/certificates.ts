// What the library injects its parts by.
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import { network } from "./network.ts";

cryptoProvider.set(webcrypto as never);

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const day = 86_400_000;

/** PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Whom a certificate is for: a server has addresses, a client a user name and its groups. */
export interface Subject {
  readonly name: string;
  readonly groups?: readonly string[];
  readonly addresses?: readonly string[];
  readonly hostnames?: readonly string[];
}

/** Signs what the parts of one cluster know each other by. Good for a month; made anew with every cluster. */
export class CertificateAuthority {
  readonly certificate: string;
  readonly #issuer: X509Certificate;
  readonly #key: webcrypto.CryptoKey;

  private constructor(issuer: X509Certificate, key: webcrypto.CryptoKey) {
    this.#issuer = issuer;
    this.#key = key;
    this.certificate = issuer.toString("pem");
  }

  static async make(): Promise<CertificateAuthority> {
    const keys = await keyPair();
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: "CN=cluster",
      ...validity(),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature, true),
      ],
    });
    return new CertificateAuthority(certificate, keys.privateKey);
  }

  /** A certificate for servers and clients alike, signed by this authority. */
  async issue({ name, groups = [], addresses = [], hostnames = [] }: Subject): Promise<KeyPair> {
    const keys = await keyPair();
    const names: JsonGeneralName[] = [
      ...addresses.map((value) => ({ type: "ip" as const, value })),
      ...hostnames.map((value) => ({ type: "dns" as const, value })),
    ];
    const certificate = await X509CertificateGenerator.create({
      subject: [...groups.map((group) => ({ O: [group] })), { CN: [name] }],
      issuer: this.#issuer.subject,
      ...validity(),
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: algorithm,
      extensions: [
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        ...(names.length > 0 ? [new SubjectAlternativeNameExtension(names)] : []),
      ],
    });
    return { certificate: certificate.toString("pem"), key: await privatePem(keys.privateKey) };
  }
}

/** The names by which clients reach the API server: from the node, from pods, and from outside through the forwarder. */
export const apiServerSubject: Subject = {
  name: "kube-apiserver",
  addresses: [network.node, network.apiService, "127.0.0.1"],
  hostnames: ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"],
};

async function keyPair(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  return PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
}

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - day), notAfter: new Date(now + 30 * day) };
}
