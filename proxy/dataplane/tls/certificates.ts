import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { HostTable } from "../../../lib/routing/index/hosts.ts";
import type { ListenerIR, PortIR } from "../../../lib/routing/ir.ts";

/** A certificate with its chain, and its key, as PEM. Never logged, printed or counted. */
export interface KeyPair {
  readonly certificates: string;
  readonly key: string;
}

/** By the Secret's `namespace/name`. */
export type KeyPairs = ReadonlyMap<string, KeyPair>;

/** What a handshake presents: one key pair, since a context that is chosen by SNI can hold no more in Node.js. */
export interface Offer extends KeyPair {
  readonly context: SecureContext;
}

interface Parsed extends KeyPair {
  readonly names: readonly string[];
}

/** The certificates of one port, by the server name that a client asks for (RFC 6066 section 3). Never changed. */
export class PortCertificates {
  readonly #listeners: HostTable<ListenerCertificates>;

  constructor(port: PortIR, keyPairs: KeyPairs) {
    const byHostname = new Map<string, ListenerCertificates>();
    for (const listener of port.listeners) {
      const hostname = listener.hostname ?? "*";
      if (!byHostname.has(hostname)) byHostname.set(hostname, new ListenerCertificates(listener, keyPairs));
    }
    this.#listeners = new HostTable(byHostname);
  }

  /** @param serverName lower case; empty when the client sends none, which only a listener without hostname serves. */
  offer(serverName: string): Offer | undefined {
    return this.#listeners.find(serverName)?.offer(serverName);
  }
}

/** Contexts are made when first asked for: it takes a millisecond, and a port may have hundreds. */
class ListenerCertificates {
  readonly #pairs: readonly Parsed[];
  readonly #byName: HostTable<Parsed>;
  readonly #offers = new Map<Parsed, Offer>();

  constructor({ tls }: ListenerIR, keyPairs: KeyPairs) {
    // A listener that wants its clients validated must not be served as if it did not.
    const named = tls?.mode === "Terminate" && tls.clientValidation === undefined ? tls.certificates : [];
    this.#pairs = named.flatMap(({ namespace, name }) => {
      const pair = keyPairs.get(`${namespace}/${name}`);
      return pair === undefined ? [] : parse(pair);
    });
    const byName = new Map<string, Parsed>();
    for (const pair of this.#pairs) {
      for (const name of pair.names) if (!byName.has(name)) byName.set(name, pair);
    }
    this.#byName = new HostTable(byName);
  }

  /** The most specific name of a certificate decides, then the order of `certificateRefs`; the first is for all else. */
  offer(serverName: string): Offer | undefined {
    const chosen = this.#byName.find(serverName) ?? this.#pairs[0];
    if (chosen === undefined) return undefined;
    const known = this.#offers.get(chosen);
    if (known !== undefined) return known;
    const { certificates, key } = chosen;
    const offer = { certificates, key, context: createSecureContext({ cert: certificates, key, ...versions }) };
    this.#offers.set(chosen, offer);
    return offer;
  }
}

/** RFC 9325 section 3.1.1: nothing older than TLS 1.2. */
export const versions = { minVersion: "TLSv1.2", maxVersion: "TLSv1.3" } as const;

/** Attaching has refused what does not parse; should one come all the same, it is as if it were not there. */
function parse(pair: KeyPair): Parsed[] {
  try {
    const leaf = new X509Certificate(pair.certificates);
    createSecureContext({ cert: pair.certificates, key: pair.key });
    return [{ ...pair, names: namesOf(leaf) }];
  } catch {
    return [];
  }
}

/** RFC 9525 section 6.3: the DNS names alone; the common name counts no more. */
function namesOf({ subjectAltName = "" }: X509Certificate): string[] {
  const names = [...subjectAltName.matchAll(/(?:^|, )DNS:([^,"]+)/g)].map(([, name = ""]) => name.toLowerCase());
  return [...new Set(names)].filter((name) => name !== "*");
}
