import type { Socket } from "node:net";
import {
  checkServerIdentity,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import type { BackendTlsIR } from "../../../lib/routing/ir.ts";
import { dial, dialSecured, type OnRead } from "../sockets/sockets.ts";
import { contentHash, type ParsedKeyPair } from "../tls/key-pairs.ts";
import type { TlsMaterial } from "../tls/listener-tls.ts";

/** The protocol inside TLS, by its ALPN name (RFC 7301). The proxy chooses it, and endpoints must accept it. */
export type SecuredProtocol = "http/1.1" | "h2";

/** The address of an endpoint, and its TLS. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** TLS of the connections. Absent: clear text. */
  readonly tls: BackendTls | undefined;
}

/** Connects for HTTP/1.1. The connection is ready at the event `tls.established`, or at `connect` without TLS. */
export function dialEndpoint({ address, port, tls }: Endpoint, read: OnRead): Socket {
  return tls === undefined ? dial(address, port, read) : tls.dial(address, port, "http/1.1", read);
}

/**
 * TLS to the endpoints of one backend (GEP-1897): trusted authorities, the expected name and the client certificate.
 * The context for handshakes is created with the first connection.
 */
export class BackendTls {
  /** Equal for equal content; only connections with equal identities can be shared. */
  readonly identity: string;
  /** The event at which the endpoint's identity is verified. */
  readonly established = "secureConnect";
  readonly #tls: BackendTlsIR;
  readonly #anchors: readonly string[];
  readonly #shown: ParsedKeyPair | undefined;
  #context: SecureContext | undefined;

  /** @param anchors PEM; empty for the authorities that Node.js trusts. */
  constructor(tls: BackendTlsIR, anchors: readonly string[], shown: ParsedKeyPair | undefined) {
    this.#tls = tls;
    this.#anchors = anchors;
    this.#shown = shown;
    this.identity = contentHash(JSON.stringify(tls), shown?.hash ?? "", ...anchors);
  }

  /**
   * Connects. Nothing is sent before `established`.
   *
   * @param read receives the bytes. Absent: the caller reads by events.
   */
  dial(host: string, port: number, protocol: SecuredProtocol, read?: OnRead): TLSSocket {
    const { hostname } = this.#tls;
    const options = {
      servername: hostname,
      secureContext: this.#secureContext(),
      ALPNProtocols: [protocol],
      rejectUnauthorized: true,
      checkServerIdentity: (_host: string, certificate: PeerCertificate) => identityFault(certificate, this.#tls),
    };
    return dialSecured(host, port, options, read);
  }

  #secureContext(): SecureContext {
    this.#context ??= createSecureContext({
      // TLS 1.2 is the oldest version allowed (RFC 9325 section 3.1.1).
      minVersion: "TLSv1.2",
      ...(this.#anchors.length > 0 && { ca: [...this.#anchors] }),
      ...(this.#shown !== undefined && { cert: this.#shown.certificates, key: this.#shown.key }),
    });
    return this.#context;
  }
}

/** Returns the TLS of a backend; or what is missing for it, in which case nothing may be sent (GEP-1897). */
export function backendTls(
  tls: BackendTlsIR,
  { trustAnchors, keyPairs }: Pick<TlsMaterial, "trustAnchors" | "keyPairs">,
): BackendTls | { readonly missing: string } {
  const { trust, clientCertificate: shown } = tls;
  const named = trust === "System" ? [] : trust;
  const anchors = named.flatMap(
    (source) => trustAnchors.get(`${source.kind}/${source.namespace}/${source.name}`) ?? [],
  );
  if (trust !== "System" && anchors.length === 0) return { missing: "a CA certificate to verify the backend with" };
  const pair = shown === undefined ? undefined : keyPairs.get(`${shown.namespace}/${shown.name}`);
  if (shown !== undefined && pair === undefined) {
    return { missing: `the certificate to show to the backend, of Secret ${shown.namespace}/${shown.name}` };
  }
  return new BackendTls(tls, anchors, pair);
}

/**
 * Returns why a certificate is not the backend's, or undefined if it is. The certificate must be for the hostname; or,
 * if the policy has alternatives, for one of these, and the hostname is used for SNI only
 * (BackendTLSPolicyValidation.subjectAltNames).
 */
export function identityFault(
  certificate: PeerCertificate,
  { hostname, subjectAltNames }: Pick<BackendTlsIR, "hostname" | "subjectAltNames">,
): Error | undefined {
  // Only the subjectAltName counts; the common name is no longer used (RFC 9525 section 6.3).
  const named = { ...certificate, subject: {} as PeerCertificate["subject"] };
  if (subjectAltNames.length === 0) return checkServerIdentity(hostname, named);
  const uris = urisOf(certificate);
  const isMeant = subjectAltNames.some(({ type, value }) =>
    type === "URI" ? uris.includes(value) : checkServerIdentity(value, named) === undefined,
  );
  return isMeant ? undefined : new Error("none of the policy's subjectAltNames is in the certificate");
}

/** Matches one name of a subjectAltName in the format of Node.js; a value with separators is quoted, as in JSON. */
const alternative = /([^:"]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;

/** Returns the URIs of a certificate, compared as a whole (RFC 5280 section 7.4 is about constraints only). */
function urisOf({ subjectaltname = "" }: PeerCertificate): readonly string[] {
  const uris: string[] = [];
  alternative.lastIndex = 0;
  while (alternative.lastIndex < subjectaltname.length) {
    const found = alternative.exec(subjectaltname);
    // A subjectAltName that cannot be parsed has no names.
    if (found === null) return [];
    const [, type, value = ""] = found;
    if (type === "URI") uris.push(value.startsWith('"') ? String(JSON.parse(value)) : value);
  }
  return uris;
}
