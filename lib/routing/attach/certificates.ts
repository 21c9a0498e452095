import type { ConfigMap, Secret } from "../../api/index.ts";
import type { RoutingCode } from "../../findings/catalog/routing.ts";
import type { CertificateSourceIR, NamespacedName } from "../ir.ts";
import type { ConditionProblem } from "./condition.ts";
import { isOpen } from "./controller-profile.ts";
import { opaqueNote } from "./opaque.ts";
import { certificatesFault, keyPairFault } from "./pem.ts";
import { grantThatWouldHelp, type Referent, type Referrer } from "./reference-grants.ts";
import type { References } from "./references.ts";

/** The type of Secrets that hold a certificate and its key. The controller lists Secrets of a cluster by type. */
export const keyPairType = "kubernetes.io/tls";

/** The types of Secrets that may hold trust anchors. cert-manager writes `ca.crt` beside the key pair. */
export const anchorTypes = [keyPairType, "Opaque"] as const;

/** A reference to an object with a certificate, after the API's defaults are filled in. */
export interface CertificateReference {
  readonly group?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
}

/** The codes of the findings that each kind of referrer reports for certificate references. */
export interface CertificateCodes {
  readonly invalid: RoutingCode;
  readonly kind: RoutingCode;
  readonly notPermitted: RoutingCode;
  /** Code of the note for an object that only the controller of the class can read. */
  readonly opaque: "GW2120" | "GW2220" | "GW2520";
}

/** The result of a reference. `found` and `problem` are both set while the last good version is in force. */
export interface Resolved<T> {
  readonly found?: T;
  readonly problem?: ConditionProblem;
  /** A note that only the controller of the class can read the object. The reference is assumed to be valid. */
  readonly note?: ConditionProblem;
}

/** Resolves a reference to a Secret with a certificate and key (`tls.crt` and `tls.key`, type `kubernetes.io/tls`). */
export function keyPair(
  references: References,
  reference: CertificateReference,
  from: Referrer,
  field: string,
  codes: CertificateCodes,
): Resolved<NamespacedName> {
  const { group = "", kind = "Secret", name } = reference;
  const place = { namespace: reference.namespace ?? from.namespace, name };
  if (group !== "" || kind !== "Secret") {
    if (!isOpen(references.profile)) return wrongKind(codes.kind, field, group, kind, "Secret");
    return ofUnknownKind(references, { group, kind, ...place }, from, field, codes);
  }
  const refused = notPermitted(references, { group, kind, ...place }, from, field, codes);
  if (refused !== undefined) return refused;
  const secret = references.objects.secrets.get(`${place.namespace}/${name}`)?.object;
  if (secret !== undefined && isOpen(references.profile) && secret.type !== keyPairType) {
    return { note: unknownContent(secret, field, codes) };
  }
  if (secret === undefined) {
    const undeclaredIs = references.undeclaredKeyPairs ?? references.undeclared;
    return undeclared({ ...references, undeclared: undeclaredIs }, "Secret", place, field, codes, [keyPairType]);
  }
  return judged(references, "Secret", place, faultOfKeyPair(secret), field, codes);
}

/**
 * Resolves a reference to a ConfigMap or Secret with trust anchors under `ca.crt`. Unlike a key pair, an earlier
 * version of the object is never kept in force: removing a CA certificate withdraws trust at once. Without a valid
 * reference the listener is not accepted (FrontendTLSValidation.caCertificateRefs).
 */
export function trustAnchors(
  references: References,
  reference: CertificateReference,
  from: Referrer,
  field: string,
  codes: CertificateCodes,
): Resolved<CertificateSourceIR> {
  const { group = "", kind = "ConfigMap", name } = reference;
  const namespace = reference.namespace ?? from.namespace;
  if (group !== "" || (kind !== "ConfigMap" && kind !== "Secret")) {
    if (!isOpen(references.profile)) return wrongKind(codes.kind, field, group, kind, "ConfigMap or Secret");
    return ofUnknownKind(references, { group, kind, namespace, name }, from, field, codes);
  }
  const place = { kind, namespace, name } as const;
  const refused = notPermitted(references, { group, ...place }, from, field, codes);
  if (refused !== undefined) return refused;
  const { configMaps, secrets } = references.objects;
  const holder = (kind === "ConfigMap" ? configMaps : secrets).get(`${place.namespace}/${name}`)?.object;
  if (holder === undefined) {
    const undeclaredIs = references.undeclaredTrustAnchors ?? references.undeclared;
    return undeclared({ ...references, undeclared: undeclaredIs }, kind, place, field, codes, anchorTypes);
  }
  const fault = faultOfAnchors(holder);
  if (fault !== undefined && holder.kind === "Secret" && isOpen(references.profile)) {
    return { note: unknownContent(holder, field, codes) };
  }
  return judged({}, kind, place, fault, field, codes);
}

/** Caches verdicts per object. Parsing certificates is the slowest part of attaching, and objects are immutable. */
const checked = new WeakMap<
  Secret | ConfigMap,
  { readonly keyPair?: string | null; readonly anchors?: string | null }
>();

/** Returns a Secret's certificates and key as PEM, or undefined unless they form a valid server key pair. */
export function keyPairOf(secret: Secret): { readonly certificates: string; readonly key: string } | undefined {
  if (faultOfKeyPair(secret) !== undefined) return undefined;
  return { certificates: text(secret, "tls.crt") ?? "", key: text(secret, "tls.key") ?? "" };
}

/** Returns an object's CA certificates as PEM, or undefined if it holds none. */
export function trustAnchorsOf(holder: Secret | ConfigMap): string | undefined {
  return faultOfAnchors(holder) === undefined ? text(holder, "ca.crt") : undefined;
}

function faultOfKeyPair(secret: Secret): string | undefined {
  const known = checked.get(secret)?.keyPair;
  if (known !== undefined) return known ?? undefined;
  const [crt, key] = [text(secret, "tls.crt"), text(secret, "tls.key")];
  const missing = [crt === undefined ? "tls.crt" : "", key === undefined ? "tls.key" : ""].filter(
    (name) => name !== "",
  );
  const fault =
    faultOfType(secret, [keyPairType]) ??
    (crt === undefined || key === undefined ? `it has no ${missing.join(" and no ")}` : keyPairFault(crt, key));
  checked.set(secret, { ...checked.get(secret), keyPair: fault ?? null });
  return fault;
}

function faultOfAnchors(holder: Secret | ConfigMap): string | undefined {
  const known = checked.get(holder)?.anchors;
  if (known !== undefined) return known ?? undefined;
  const fault = (holder.kind === "Secret" ? faultOfType(holder, anchorTypes) : undefined) ?? faultOfAuthority(holder);
  checked.set(holder, { ...checked.get(holder), anchors: fault ?? null });
  return fault;
}

function faultOfAuthority(holder: Secret | ConfigMap): string | undefined {
  const crt = text(holder, "ca.crt");
  if (crt === undefined) return "it has no ca.crt";
  const fault = certificatesFault(crt);
  return fault === undefined ? undefined : `ca.crt is no certificate: ${fault}`;
}

function faultOfType({ type }: Secret, allowed: readonly string[]): string | undefined {
  return allowed.includes(type) ? undefined : `it is of type ${type}, not of ${allowed.join(" or ")}`;
}

/** Reads a key of an object. A Secret's `stringData` wins over its `data`, as when the API server merges them. */
function text(object: Secret | ConfigMap, key: string): string | undefined {
  if (object.kind === "ConfigMap") return object.data?.[key] ?? decoded(object.binaryData?.[key]);
  return object.stringData?.[key] ?? decoded(object.data?.[key]);
}

function decoded(base64: string | undefined): string | undefined {
  return base64 === undefined ? undefined : Buffer.from(base64, "base64").toString("utf8");
}

function wrongKind<T>(code: RoutingCode, field: string, group: string, kind: string, allowed: string): Resolved<T> {
  const given = group === "" ? kind : `${group}/${kind}`;
  return {
    problem: {
      code,
      field: `${field}.kind`,
      message: `${given} holds no certificates that can be read.`,
      given,
      allowed,
    },
  };
}

/** Resolves a reference to a kind that the API leaves to implementations. It needs a ReferenceGrant as usual. */
function ofUnknownKind<T>(
  references: References,
  to: Referent,
  from: Referrer,
  field: string,
  codes: CertificateCodes,
): Resolved<T> {
  const refused = notPermitted(references, to, from, field, codes);
  if (refused !== undefined) return refused;
  const given = to.group === "" ? to.kind : `${to.group}/${to.kind}`;
  const message = `Only the controller of the class knows what ${given} ${to.namespace}/${to.name} holds.`;
  return { note: opaqueNote(codes.opaque, field, given, message) };
}

/** Notes a Secret of another type than `kubernetes.io/tls`, whose contents the API does not define. */
function unknownContent({ type, metadata }: Secret, field: string, codes: CertificateCodes): ConditionProblem {
  const message = `Only the controller of the class knows how it reads Secret ${metadata.name} of type ${type}.`;
  return opaqueNote(codes.opaque, field, type, message);
}

function notPermitted(
  references: References,
  referent: Referent,
  from: Referrer,
  field: string,
  codes: CertificateCodes,
): { readonly problem: ConditionProblem } | undefined {
  const { kind, namespace, name } = referent;
  if (references.grants.permits(from, referent)) return undefined;
  return {
    problem: {
      code: codes.notPermitted,
      field: `${field}.namespace`,
      message: `No ReferenceGrant lets ${from.kind}s in namespace ${from.namespace} use ${kind} ${namespace}/${name}.`,
      given: namespace,
      fix: grantThatWouldHelp(from, referent),
    },
  };
}

function undeclared<T extends NamespacedName>(
  references: References,
  kind: string,
  place: T,
  field: string,
  codes: CertificateCodes,
  types: readonly string[],
): Resolved<T> {
  if (references.undeclared === "exists") return { found: place };
  const given = `${place.namespace}/${place.name}`;
  // In a cluster, a Secret of this name may exist with a type that the controller does not read.
  const wanted = kind === "Secret" ? `${given} of type ${types.join(" or ")}` : given;
  const message = `${kind} ${wanted} does not exist.`;
  const undeclared = { kind, name: given };
  return { problem: { code: codes.invalid, field: `${field}.name`, message, given, undeclared } };
}

function judged<T extends NamespacedName>(
  { standing = [] }: Partial<Pick<References, "standing">>,
  kind: string,
  place: T,
  fault: string | undefined,
  field: string,
  codes: CertificateCodes,
): Resolved<T> {
  if (fault === undefined) return { found: place };
  const given = `${place.namespace}/${place.name}`;
  const stands = standing.includes(`${kind}/${given}`);
  const message = `${kind} ${given} cannot be used${stands ? ", and its last good version stays in force" : ""}: ${fault}.`;
  const problem = { code: codes.invalid, field: `${field}.name`, message, given };
  return stands ? { found: place, problem } : { problem };
}
