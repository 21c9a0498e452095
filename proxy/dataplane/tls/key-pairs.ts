import { createHash, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";

/** A certificate with its chain, and its key, as PEM. Never logged, printed or counted. */
export interface KeyPair {
  readonly certificates: string;
  readonly key: string;
}

/** By the Secret's `namespace/name`. */
export type KeyPairs = ReadonlyMap<string, KeyPair>;

/** PEM certificates that signatures are traced back to, by `Kind/namespace/name` of the object that holds them. */
export type TrustAnchors = ReadonlyMap<string, string>;

/** A key pair with what a handshake needs to know of it. */
export interface ParsedKeyPair extends KeyPair {
  /** Of its content. */
  readonly hash: string;
  /** DNS names of its subjectAltName, in lower case; wildcards as they stand. */
  readonly names: readonly string[];
  /** One key pair of each type can be presented, and the client's algorithms choose: `ec`, `rsa`, `ed25519` … */
  readonly keyType: string;
}

/** What can be presented, by the Secret's `namespace/name`. */
export type ParsedKeyPairs = ReadonlyMap<string, ParsedKeyPair>;

/** Parses key pairs, each content once for as long as snapshots have it. */
export class KeyPairParser {
  #known: ReadonlyMap<string, ParsedKeyPair | undefined> = new Map();

  /** The key pairs of one snapshot that can be presented. Contents that it does not have are forgotten. */
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

/** No part can be taken for the beginning of the next. */
export function contentHash(...parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length} `).update(part);
  return hash.digest("hex");
}

/** Attaching has refused what does not parse; should one come all the same, it is as if it were not there. */
function parse(pair: KeyPair, hash: string): ParsedKeyPair | undefined {
  try {
    const leaf = new X509Certificate(pair.certificates);
    createSecureContext({ cert: pair.certificates, key: pair.key });
    return { ...pair, hash, names: namesOf(leaf), keyType: leaf.publicKey.asymmetricKeyType ?? "" };
  } catch {
    return undefined;
  }
}

/** RFC 9525 section 6.3: the DNS names alone; the common name counts no more. */
function namesOf({ subjectAltName = "" }: X509Certificate): string[] {
  const names = [...subjectAltName.matchAll(/(?:^|, )DNS:([^,"]+)/g)].map(([, name = ""]) => name.toLowerCase());
  return [...new Set(names)].filter((name) => name !== "*");
}
