import { createHash, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";

/** A certificate with its chain, and its private key, as PEM. It is never logged, printed or counted. */
export interface KeyPair {
  readonly certificates: string;
  readonly key: string;
}

/** Key pairs by the Secret's `namespace/name`. */
export type KeyPairs = ReadonlyMap<string, KeyPair>;

/** PEM certificates of trusted authorities, by `Kind/namespace/name` of the object that holds them. */
export type TrustAnchors = ReadonlyMap<string, string>;

/** A key pair with the properties that a handshake needs. */
export interface ParsedKeyPair extends KeyPair {
  /** Hash of the key pair's content. */
  readonly hash: string;
  /** DNS names of its subjectAltName, in lower case; wildcards are kept. */
  readonly names: readonly string[];
  /** Key type: `ec`, `rsa`, `ed25519` … The client's algorithms choose between key pairs of different types. */
  readonly keyType: string;
}

/** Usable key pairs, by the Secret's `namespace/name`. */
export type ParsedKeyPairs = ReadonlyMap<string, ParsedKeyPair>;

/** Parses key pairs, each content once for as long as snapshots have it. */
export class KeyPairParser {
  #known: ReadonlyMap<string, ParsedKeyPair | undefined> = new Map();

  /** Returns the usable key pairs of one snapshot. Contents that the snapshot does not have are dropped. */
  parse(keyPairs: KeyPairs): ParsedKeyPairs {
    const known = new Map<string, ParsedKeyPair | undefined>();
    const parsed = new Map<string, ParsedKeyPair>();
    for (const [name, pair] of keyPairs) {
      const hash = contentHash(pair.certificates, pair.key);
      const one = this.#known.has(hash) ? this.#known.get(hash) : parse(pair, hash);
      known.set(hash, one);
      if (one !== undefined) parsed.set(name, one);
    }
    this.#known = known;
    return parsed;
  }
}

/** Hashes parts with their lengths, so that moving a boundary between them changes the hash. */
export function contentHash(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length} `).update(part);
  return hash.digest("hex");
}

/** Returns undefined for a key pair that does not parse. Attaching refuses those before. */
function parse(pair: KeyPair, hash: string): ParsedKeyPair | undefined {
  try {
    const leaf = new X509Certificate(pair.certificates);
    createSecureContext({ cert: pair.certificates, key: pair.key });
    return { ...pair, hash, names: namesOf(leaf), keyType: leaf.publicKey.asymmetricKeyType ?? "" };
  } catch {
    return undefined;
  }
}

/** Returns the DNS names alone; the common name is no longer used (RFC 9525 section 6.3). */
function namesOf({ subjectAltName = "" }: X509Certificate): string[] {
  const names = [...subjectAltName.matchAll(/(?:^|, )DNS:([^,"]+)/g)].map(([, name = ""]) => name.toLowerCase());
  return [...new Set(names)].filter((name) => name !== "*");
}
