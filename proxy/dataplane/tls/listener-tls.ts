import { constants } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";
import { HostTable } from "../../../lib/routing/index/hosts.ts";
import type { ClientValidationIR, ListenerIR, ListenerTlsIR } from "../../../lib/routing/ir.ts";
import { cipherSuites } from "./cipher-suites.ts";
import { contentHash, type ParsedKeyPair, type ParsedKeyPairs, type TrustAnchors } from "./key-pairs.ts";
import { sessionLifetime, type TicketKeys } from "./ticket-keys.ts";

/** Key pairs and trust anchors of the listeners of a snapshot. */
export interface TlsMaterial {
  readonly keyPairs: ParsedKeyPairs;
  readonly trustAnchors: TrustAnchors;
  readonly ticketKeys: TicketKeys;
}

/** Parameters of a handshake. */
export interface HandshakeTerms {
  readonly context: SecureContext;
  /** `required` refuses clients without a valid certificate; `asked` accepts any certificate, or none. */
  readonly clientCertificate: "none" | "asked" | "required";
}

/** Key pairs of different types for the same names, the first of each type. */
type Choice = readonly ParsedKeyPair[];

/**
 * The TLS configuration of one listener. It stays, with its contexts, until that configuration changes; changes of
 * routes do not touch it. Contexts are created on first use: one takes a millisecond, and a listener may have hundreds.
 */
export class ListenerTls {
  /** Equal for listeners with equal content. */
  readonly identity: string;
  readonly #tls: ListenerTlsIR;
  readonly #anchors: readonly string[];
  readonly #ticketKeys: TicketKeys;
  readonly #purpose: string;
  readonly #byName: HostTable<Choice>;
  readonly #default: Choice;
  #contexts = new Map<Choice, SecureContext>();
  #epoch: number;

  constructor(parts: ListenerParts) {
    const { tls, pairs, anchors, ticketKeys, identity, purpose } = parts;
    this.identity = identity;
    this.#tls = tls;
    this.#anchors = anchors;
    this.#ticketKeys = ticketKeys;
    this.#purpose = purpose;
    this.#epoch = ticketKeys.epoch;
    this.#byName = byName(pairs);
    this.#default = oneOfEachType(pairs);
  }

  /**
   * Returns the parameters for a server name. The most specific name of a certificate decides, then the order of
   * `certificateRefs`; a name that no certificate has gets the first. Returns undefined if there is no certificate, or
   * if clients are to be validated without any trust anchor.
   */
  terms(serverName: string): HandshakeTerms | undefined {
    const { clientValidation } = this.#tls;
    const choice = this.#byName.find(serverName) ?? this.#default;
    if (choice.length === 0 || (clientValidation !== undefined && this.#anchors.length === 0)) return undefined;
    return { context: this.#context(choice), clientCertificate: demand(clientValidation) };
  }

  #context(choice: Choice): SecureContext {
    const { epoch } = this.#ticketKeys;
    if (epoch !== this.#epoch) this.#contexts = new Map();
    this.#epoch = epoch;
    const known = this.#contexts.get(choice);
    if (known !== undefined) return known;
    const { options = {} } = this.#tls;
    const context = createSecureContext({
      cert: choice.map(({ certificates }) => certificates),
      key: choice.map(({ key }) => key),
      ...(this.#anchors.length > 0 && { ca: [...this.#anchors] }),
      // TLS 1.2 is the oldest version allowed (RFC 9325 section 3.1.1).
      minVersion: options.minVersion ?? "TLSv1.2",
      maxVersion: options.maxVersion ?? "TLSv1.3",
      ciphers: cipherSuites(options),
      // RFC 9113 section 9.2.1 forbids renegotiation, and HTTP/1.1 does not need it.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
      // A session includes the validation of its client: it is resumed only where validation is the same.
      sessionIdContext: this.#purpose.slice(0, 32),
      ticketKeys: this.#ticketKeys.key(epoch, this.#purpose),
      sessionTimeout: sessionLifetime,
    });
    this.#contexts.set(choice, context);
    return context;
  }
}

interface ListenerParts {
  readonly tls: ListenerTlsIR;
  readonly pairs: readonly ParsedKeyPair[];
  readonly anchors: readonly string[];
  readonly ticketKeys: TicketKeys;
  readonly identity: string;
  /** Purpose of its tickets: sessions are resumed only where it is equal. */
  readonly purpose: string;
}

/** Returns the listener's TLS: that of the previous snapshot if nothing has changed. */
export function listenerTls(
  { name, parent, tls }: ListenerIR,
  { keyPairs, trustAnchors, ticketKeys }: TlsMaterial,
  before: ReadonlyMap<string, ListenerTls>,
): ListenerTls | undefined {
  if (tls?.mode !== "Terminate") return undefined;
  const pairs = tls.certificates.flatMap((secret) => keyPairs.get(`${secret.namespace}/${secret.name}`) ?? []);
  const anchors = (tls.clientValidation?.caCertificates ?? []).flatMap(
    (source) => trustAnchors.get(`${source.kind}/${source.namespace}/${source.name}`) ?? [],
  );
  const place = [parent.kind, parent.namespace, parent.name, name];
  const purpose = contentHash(...place, tls.clientValidation?.mode ?? "", ...anchors);
  const identity = contentHash(purpose, JSON.stringify(tls), ...pairs.map(({ hash }) => hash));
  return before.get(identity) ?? new ListenerTls({ tls, pairs, anchors, ticketKeys, identity, purpose });
}

function byName(pairs: readonly ParsedKeyPair[]): HostTable<Choice> {
  const filed = new Map<string, ParsedKeyPair[]>();
  for (const pair of pairs) {
    for (const name of pair.names) {
      const same = filed.get(name);
      if (same === undefined) filed.set(name, [pair]);
      else same.push(pair);
    }
  }
  // Names with the same certificates share a context.
  const choices = new Map<string, Choice>();
  return new HostTable(
    [...filed].map(([name, same]) => {
      const choice = oneOfEachType(same);
      const key = choice.map(({ hash }) => hash).join(" ");
      const known = choices.get(key) ?? choice;
      choices.set(key, known);
      return [name, known];
    }),
  );
}

function oneOfEachType(pairs: readonly ParsedKeyPair[]): Choice {
  return pairs.filter(({ keyType }, index) => pairs.findIndex((other) => other.keyType === keyType) === index);
}

function demand(validation: ClientValidationIR | undefined): HandshakeTerms["clientCertificate"] {
  if (validation === undefined) return "none";
  return validation.mode === "AllowValidOnly" ? "required" : "asked";
}
