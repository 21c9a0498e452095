import type { Late } from "../api/declared/late.ts";

/** A plain reference to an object of the core group. */
export interface CoreObjectReference<Kind extends "Secret" | "ConfigMap"> {
  readonly group: "";
  readonly kind: Kind;
  readonly name: Late<string>;
  readonly namespace?: Late<string>;
}

/** Options of a reference to a Secret or ConfigMap. */
export interface CoreObjectOptions {
  /** Namespace of the object. Default: that of the referring object. Another namespace needs a ReferenceGrant. */
  readonly namespace?: Late<string>;
}

/** Returns a plain reference to a Secret: `certificateRefs: [secret("acme-tls")]`, or `to` of a ReferenceGrant. */
export function secret(name: Late<string>, options: CoreObjectOptions = {}): CoreObjectReference<"Secret"> {
  return { group: "", kind: "Secret", name, ...options };
}

/** Returns a plain reference to a ConfigMap: `caCertificateRefs: [configMap("acme-ca")]`. */
export function configMap(name: Late<string>, options: CoreObjectOptions = {}): CoreObjectReference<"ConfigMap"> {
  return { group: "", kind: "ConfigMap", name, ...options };
}
