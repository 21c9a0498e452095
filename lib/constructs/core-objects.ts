import type { Late } from "../api/declared/late.ts";

/** A plain reference to an object of the core group. */
export interface CoreObjectReference<Kind extends "Secret" | "ConfigMap"> {
  readonly group: "";
  readonly kind: Kind;
  readonly name: Late<string>;
  readonly namespace?: Late<string>;
}

/** Where an object is. */
export interface CoreObjectOptions {
  /** By default the namespace of whoever refers to it. In another one a ReferenceGrant has to admit the reference. */
  readonly namespace?: Late<string>;
}

/** A plain reference to a Secret: `certificateRefs: [secret("acme-tls")]`, or `to` of a ReferenceGrant. */
export function secret(name: Late<string>, options: CoreObjectOptions = {}): CoreObjectReference<"Secret"> {
  return { group: "", kind: "Secret", name, ...options };
}

/** A plain reference to a ConfigMap: `caCertificateRefs: [configMap("acme-ca")]`. */
export function configMap(name: Late<string>, options: CoreObjectOptions = {}): CoreObjectReference<"ConfigMap"> {
  return { group: "", kind: "ConfigMap", name, ...options };
}
