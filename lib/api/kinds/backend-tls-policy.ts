import { z } from "zod";
import type { Late } from "../declared/late.ts";
import { type Channel, list, longest, type Rule, withRules } from "../schema/schema.ts";
import { group, kind, objectName, preciseHostname, sectionName, wildcardHostname } from "./fields.ts";
import { tlsOptions } from "./listener.ts";
import { kindSchema } from "./object.ts";
import { type LocalObjectReference, localObjectReference } from "./references.ts";
import { eachEarlier } from "./route.ts";
import { policyStatus } from "./status.ts";

/** Configures TLS connections to the backends of a Service. */
export interface BackendTLSPolicySpec {
  /** The targets of the policy, 1 to 16, in its own namespace. */
  readonly targetRefs: readonly LocalPolicyTargetReferenceWithSectionName[];
  /** The requirements for the backend's certificate. */
  readonly validation: BackendTLSPolicyValidation;
  /** Implementation-specific settings, at most 16. */
  readonly options?: Readonly<Record<string, string>>;
}

/** A Service, or one port of it, to which the policy applies. */
export interface LocalPolicyTargetReferenceWithSectionName extends LocalObjectReference {
  /** The name of a port of the Service. Default: all ports. */
  readonly sectionName?: string;
}

/** The requirements for a certificate. Exactly one of `caCertificateRefs` and `wellKnownCACertificates` must be set. */
export interface BackendTLSPolicyValidation {
  /** ConfigMaps with CA certificates, at most 8. */
  readonly caCertificateRefs?: readonly LocalObjectReference[];
  /** `System` for the CA certificates of the proxy's system, or an implementation-specific `domain/name`. */
  readonly wellKnownCACertificates?: string;
  /** The SNI server name. The certificate must be valid for it, unless `subjectAltNames` is set. */
  readonly hostname: Late<string>;
  /** Names of which the certificate must have at least one. At most 5. */
  readonly subjectAltNames?: readonly SubjectAltName[];
}

/** A subject alternative name of a certificate. */
export interface SubjectAltName {
  /** The type of name. The field of that type must be set, and the other must not. */
  readonly type: "Hostname" | "URI";
  /** A DNS name, or `*.` followed by a DNS name. For type `Hostname`. */
  readonly hostname?: string;
  /** A URI with a scheme, such as `spiffe://acme.io/store`. For type `URI`. */
  readonly uri?: string;
}

type Target = { group: string; kind: string; name: string; sectionName?: string };

const sameTarget = (a: Target, b: Target) => a.group === b.group && a.kind === b.kind && a.name === b.name;

const targetRules: readonly Rule<readonly Target[]>[] = [
  {
    code: "GW1250",
    cel: "self.all(p1, self.all(p2, p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name ? ((!has(p1.sectionName) || p1.sectionName == '') == (!has(p2.sectionName) || p2.sectionName == '')) : true))",
    violations: (self) =>
      eachEarlier(
        self,
        (a, b) => sameTarget(a, b) && !a.sectionName !== !b.sectionName,
        (i) => ({
          path: [i, "sectionName"],
          message: "Two references to one target must both name a sectionName, or neither.",
          fix: "Add sectionName to each, or merge the references.",
        }),
      ),
  },
  {
    code: "GW1250",
    cel: "self.all(p1, self.exists_one(p2, p1.group == p2.group && p1.kind == p2.kind && p1.name == p2.name && (((!has(p1.sectionName) || p1.sectionName == '') && (!has(p2.sectionName) || p2.sectionName == '')) || (has(p1.sectionName) && has(p2.sectionName) && p1.sectionName == p2.sectionName))))",
    violations: (self) =>
      eachEarlier(
        self,
        (a, b) => sameTarget(a, b) && (a.sectionName ?? "") === (b.sectionName ?? ""),
        (i) => ({
          path: [i],
          message: "The same target is referred to twice.",
          fix: "Remove one reference, or tell them apart by sectionName.",
        }),
      ),
  },
];

type Authorities = { caCertificateRefs?: readonly unknown[]; wellKnownCACertificates?: string };

const both = [
  {
    path: ["wellKnownCACertificates"],
    message: "caCertificateRefs and wellKnownCACertificates both name authorities.",
    fix: "Keep one of the two.",
  },
];
const neither = [
  {
    path: ["caCertificateRefs"],
    message: "Nothing says which authorities are trusted.",
    fix: "Add caCertificateRefs, or wellKnownCACertificates: System.",
  },
];
const isSet = ({ caCertificateRefs }: Authorities) => (caCertificateRefs?.length ?? 0) > 0;

const validationRules: readonly Rule<Authorities>[] = [
  {
    code: "GW1251",
    channel: "standard",
    cel: '!(has(self.caCertificateRefs) && size(self.caCertificateRefs) > 0 && has(self.wellKnownCACertificates) && self.wellKnownCACertificates != "")',
    violations: (self) => (isSet(self) && self.wellKnownCACertificates ? both : []),
  },
  {
    code: "GW1251",
    channel: "standard",
    cel: '(has(self.caCertificateRefs) && size(self.caCertificateRefs) > 0 || has(self.wellKnownCACertificates) && self.wellKnownCACertificates != "")',
    violations: (self) => (isSet(self) || self.wellKnownCACertificates ? [] : neither),
  },
  {
    code: "GW1251",
    channel: "experimental",
    cel: "(has(self.caCertificateRefs)?1:0)+(has(self.wellKnownCACertificates)?1:0) == 1",
    violations: ({ caCertificateRefs, wellKnownCACertificates }) => {
      if (caCertificateRefs === undefined) return wellKnownCACertificates === undefined ? neither : [];
      return wellKnownCACertificates === undefined ? [] : both;
    },
  },
];

type AltName = { type: string; hostname?: string; uri?: string };

const subjectAltNameRules: readonly Rule<AltName>[] = (["Hostname", "URI"] as const).flatMap(
  (type): Rule<AltName>[] => {
    const field = type === "Hostname" ? "hostname" : "uri";
    return [
      {
        code: "GW1252",
        cel: `!(self.type == "${type}" && (!has(self.${field}) || self.${field} == ""))`,
        violations: (self) =>
          self.type === type && !self[field]
            ? [
                {
                  path: [field],
                  message: `A subject alternative name of type ${type} needs ${field}.`,
                  fix: `Add ${field}.`,
                },
              ]
            : [],
      },
      {
        code: "GW1252",
        cel: `!(self.type != "${type}" && has(self.${field}) && self.${field} != "")`,
        violations: (self) =>
          self.type !== type && self[field]
            ? [
                {
                  path: [field],
                  message: `${field} goes with the type ${type} only.`,
                  given: self.type,
                  allowed: type,
                  fix: `Set type to ${type}, or remove ${field}.`,
                },
              ]
            : [],
      },
    ];
  },
);

const wellKnown =
  /^(System|([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]))$/;
const uri = /^(([^:/?#]+):)(\/\/([^/?#]*))([^?#]*)(\?([^#]*))?(#(.*))?/;

/** The CA certificates by which a proxy verifies a backend, and the name in the backend's certificate. */
export const backendTLSValidation = (channel: Channel) =>
  withRules(
    channel,
    z.strictObject({
      caCertificateRefs: list(
        localObjectReference(),
        channel === "experimental" ? { min: 1, max: 8 } : { max: 8 },
      ).optional(),
      wellKnownCACertificates: z.string().min(1).check(longest(253)).regex(wellKnown).optional(),
      hostname: preciseHostname(),
      subjectAltNames: list(
        withRules(
          channel,
          z.strictObject({
            type: z.enum(["Hostname", "URI"]),
            hostname: z.string().min(1).check(longest(253)).regex(wildcardHostname).optional(),
            uri: z.string().min(1).check(longest(253)).regex(uri).optional(),
          }),
          subjectAltNameRules,
        ),
        { max: 5 },
      ).optional(),
    }),
    validationRules,
  );

export const backendTLSPolicy = (channel: Channel) =>
  kindSchema(
    "gateway.networking.k8s.io/v1",
    "BackendTLSPolicy",
    z.strictObject({
      targetRefs: withRules(
        channel,
        list(
          z.strictObject({ group: group(), kind: kind(), name: objectName(), sectionName: sectionName().optional() }),
          { min: 1, max: 16 },
        ),
        targetRules,
      ),
      validation: backendTLSValidation(channel),
      options: tlsOptions().optional(),
    }),
    policyStatus(),
  );

/** A valid BackendTLSPolicy. */
export type BackendTLSPolicy = z.output<ReturnType<typeof backendTLSPolicy>>;
