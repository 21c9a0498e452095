import { createPrivateKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_subjectAltName,
  id_kp_clientAuth,
  id_kp_serverAuth,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
} from "@peculiar/asn1-x509";
import type { KeyPair } from "../dataplane/tls/key-pairs.ts";

export interface CertificateRequest {
  /** The subject's common name. It is for people: no client verifies a server by it. */
  readonly commonName: string;
  /** The subject's organizations. Kubernetes reads those of a client certificate as its groups. Default: none. */
  readonly organizations?: readonly string[];
  /** DNS names, IP addresses and URIs of the subjectAltName. Default: none. */
  readonly names?: readonly string[];
  /** Default: a key on the curve P-256. */
  readonly keyType?: "ec" | "rsa";
  /** Default: the certificate is signed with its own key. */
  readonly issuer?: KeyPair;
  /** The certificate may sign others. Default: it may not. */
  readonly authority?: boolean;
  /** Milliseconds since 1970. Default: an hour ago, since clocks differ. */
  readonly notBefore?: number;
  /** Milliseconds since 1970. Default: 30 days from now. */
  readonly notAfter?: number;
}

const hour = 3_600_000;

/**
 * Makes a key and an X.509 certificate for it (RFC 5280), for laptops and tests. Nothing is written to a file, and only
 * clients that are configured to do so trust the certificate.
 */
export function issueCertificate(request: CertificateRequest): KeyPair {
  const { issuer, keyType = "ec", notBefore = Date.now() - hour, notAfter = Date.now() + 30 * 24 * hour } = request;
  const { publicKey, privateKey } =
    keyType === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = nameOf(request);
  const signer = issuer === undefined ? privateKey : createPrivateKey(issuer.key);
  const signature = new AlgorithmIdentifier(
    signer.asymmetricKeyType === "rsa"
      ? { algorithm: sha256WithRSA, parameters: asn1Null }
      : { algorithm: sha256ECDSA },
  );
  const body = new TBSCertificate({
    version: 2,
    serialNumber: serialNumber(),
    signature,
    issuer: issuer === undefined ? subject : subjectOf(issuer),
    validity: new Validity({ notBefore: new Date(notBefore), notAfter: new Date(notAfter) }),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(publicKey.export({ type: "spki", format: "der" }), SubjectPublicKeyInfo),
    extensions: new Extensions(extensionsOf(request)),
  });
  const certificate = new Certificate({
    tbsCertificate: body,
    signatureAlgorithm: signature,
    signatureValue: exact(sign("sha256", Buffer.from(AsnConvert.serialize(body)), signer)),
  });
  return {
    certificates: new X509Certificate(Buffer.from(AsnConvert.serialize(certificate))).toString(),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/**
 * The signature algorithms of RFC 5758 section 3.2 and RFC 4055 section 5. The parameters of RSA are NULL, and those of
 * ECDSA are absent.
 */
const sha256ECDSA = "1.2.840.10045.4.3.2";
const sha256WithRSA = "1.2.840.113549.1.1.11";
const asn1Null = exact(Buffer.from([5, 0]));
/** The attribute types of RFC 5280 appendix A.1: id-at-commonName, id-at-organizationName. */
const commonNameType = "2.5.4.3";
const organizationType = "2.5.4.10";

function extensionsOf({ authority = false, names = [] }: CertificateRequest): Extension[] {
  const usages = new ExtendedKeyUsage([id_kp_serverAuth, id_kp_clientAuth]);
  return [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: authority }), true),
    ...(authority ? [] : [extension(id_ce_extKeyUsage, usages)]),
    ...(names.length === 0
      ? []
      : [extension(id_ce_subjectAltName, new SubjectAlternativeName(names.map(alternative)))]),
  ];
}

function extension(id: string, value: object, critical = false): Extension {
  return new Extension({ extnID: id, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

function alternative(name: string): GeneralName {
  if (isIP(name) !== 0) return new GeneralName({ iPAddress: name });
  return new GeneralName(name.includes(":") ? { uniformResourceIdentifier: name } : { dNSName: name });
}

function nameOf({ commonName, organizations = [] }: CertificateRequest): Name {
  const attributes = [...organizations.map((each) => [organizationType, each]), [commonNameType, commonName]];
  return new Name(
    attributes.map(([type = "", text = ""]) => {
      const value = new AttributeValue({ utf8String: text });
      return new RelativeDistinguishedName([new AttributeTypeAndValue({ type, value })]);
    }),
  );
}

function subjectOf({ certificates }: KeyPair): Name {
  return AsnConvert.parse(new X509Certificate(certificates).raw, Certificate).tbsCertificate.subject;
}

/** Makes a serial number: positive, at most 20 octets (RFC 5280 section 4.1.2.2). */
function serialNumber(): ArrayBuffer {
  const serial = randomBytes(16);
  serial[0] = 0x40 | ((serial[0] ?? 0) & 0x3f);
  return exact(serial);
}

/** Copies bytes into an ArrayBuffer of exactly their size. A Buffer may be a view of a larger pool. */
function exact(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
