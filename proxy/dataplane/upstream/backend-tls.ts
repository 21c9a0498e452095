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

/** What is spoken inside TLS, by its name in ALPN (RFC 7301): it is chosen here, and endpoints have to take it. */
export type SecuredProtocol = "http/1.1" | "h2";

/** Where to connect to, and how. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
  /** Absent: in clear text. */
  readonly tls: BackendTls | undefined;
}

/** Connects for HTTP/1.1; the connection is ready with the event `tls.established`, or `connect` without TLS. */
export function dialEndpoint({ address, port, tls }: Endpoint, read: OnRead): Socket {
  return tls === undefined ? dial(address, port, read) : tls.dial(address, port, "http/1.1", read);
}

/**
 * How the endpoints of one backend are spoken to over TLS (GEP-1897): whom to trust, by what name, and what to show.
 * The context for handshakes is made when the first connection is.
 */
export class BackendTls {
  /** Equal for equal content: connections made by it can be shared, and others cannot. */
  readonly identity: string;
  /** The event with which the endpoint is known to be who it has to be. */
  readonly established = "secureConnect";
  readonly #tls: BackendTlsIR;
  readonly #anchors: readonly string[];
  readonly #shown: ParsedKeyPair | undefined;
  #context: SecureContext | undefined;

  /** @param anchors PEM; none for those of Node.js itself. */
  constructor(tls: BackendTlsIR, anchors: readonly string[], shown: ParsedKeyPair | undefined) {
    this.#tls = tls;
    this.#anchors = anchors;
    this.#shown = shown;
    this.identity = contentHash(JSON.stringify(tls), shown?.hash ?? "", ...anchors);
  }

  /**
   * Connects. Nothing is sent before `established`.
   *
   * @param read gets what arrives. Absent: it is read by events.
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
      // RFC 9325 section 3.1.1: nothing older than TLS 1.2.
      minVersion: "TLSv1.2",
      ...(this.#anchors.length > 0 && { ca: [...this.#anchors] }),
      ...(this.#shown !== undefined && { cert: this.#shown.certificates, key: this.#shown.key }),
    });
    return this.#context;
  }
}

/** How a backend is to be spoken to; or what is missing for it, upon which nothing may be sent (GEP-1897). */
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
 * Why a certificate is not the backend's: it has to be for the hostname; or, where the policy names alternatives, for one
 * of these, and the hostname is what is asked for alone (BackendTLSPolicyValidation.subjectAltNames).
 */
export function identityFault(
  certificate: PeerCertificate,
  { hostname, subjectAltNames }: Pick<BackendTlsIR, "hostname" | "subjectAltNames">,
): Error | undefined {
  // RFC 9525 section 6.3: the subjectAltName alone; the common name counts no more.
  const named = { ...certificate, subject: {} as PeerCertificate["subject"] };
  if (subjectAltNames.length === 0) return checkServerIdentity(hostname, named);
  const uris = urisOf(certificate);
  const isMeant = subjectAltNames.some(({ type, value }) =>
    type === "URI" ? uris.includes(value) : checkServerIdentity(value, named) === undefined,
  );
  return isMeant ? undefined : new Error("none of the policy's subjectAltNames is in the certificate");
}

/** One name of a subjectAltName as Node.js writes it; a value with anything that separates is quoted, as in JSON. */
const alternative = /([^:"]+):("(?:[^"\\]|\\.)*"|[^",]*)(?:, |$)/y;

/** URIs are equal or they are not (RFC 5280 section 7.4 is about comparing them for constraints). */
function urisOf({ subjectaltname = "" }: PeerCertificate): readonly string[] {
  const uris: string[] = [];
  alternative.lastIndex = 0;
  while (alternative.lastIndex < subjectaltname.length) {
    const found = alternative.exec(subjectaltname);
    // What cannot be read has no names.
    if (found === null) return [];
    const [, type, value = ""] = found;
    if (type === "URI") uris.push(value.startsWith('"') ? String(JSON.parse(value)) : value);
  }
  return uris;
}
