import { z } from "zod";
import type { ObjectMeta } from "../declared/declared.ts";
import { int64 } from "../schema/integer.ts";
import { late, longest, type Rule, withRules } from "../schema/schema.ts";
import { dnsLabel, dnsSubdomain, labelKey, labelValue } from "./fields.ts";
import { time } from "./time.ts";

/**
 * The schema of `metadata`, as the API server decodes and validates it (ObjectMeta of k8s.io/apimachinery and
 * ValidateObjectMeta). It includes fields that routing does not read, because the server validates them too.
 */
const described = z.strictObject({
  name: late(z.string().min(1).check(longest(253)).regex(dnsSubdomain)),
  generateName: z.string().refine(isNamePrefix, namePrefixForm()).optional(),
  namespace: late(z.string().min(1).check(longest(63)).regex(dnsLabel)).optional(),
  labels: z.record(z.string().refine(isQualifiedName), labelValue()).optional(),
  annotations: withRules("standard", z.record(z.string().refine(isAnnotationKey), z.string()), [
    annotationsSize(),
  ]).optional(),
  generation: int64().optional(),
  uid: z.string().optional(),
  selfLink: z.string().optional(),
  resourceVersion: z.string().optional(),
  creationTimestamp: time().optional(),
  deletionTimestamp: time().optional(),
  deletionGracePeriodSeconds: int64().optional(),
  ownerReferences: withRules("standard", z.array(ownerReference()), [oneController()]).optional(),
  finalizers: withRules("standard", z.array(z.string().refine(isQualifiedName, finalizerForm())), [
    oneDeletion(),
  ]).optional(),
  managedFields: z.array(managedFields().nullable()).optional(),
});

export const metadata = described as unknown as z.ZodType<ObjectMeta, ObjectMeta>;

/** The names of all fields of `metadata`. */
export const metadataFields: ReadonlySet<string> = new Set(Object.keys(described.shape));

/** A qualified name, such as a label key: at most 63 characters, optionally after a DNS subdomain and a slash. */
function isQualifiedName(text: string): boolean {
  return labelKey.test(text) && text.lastIndexOf("/") <= 253;
}

/** Annotation keys are case-insensitive qualified names (ValidateAnnotations), in Go's simple case mapping. */
function isAnnotationKey(key: string): boolean {
  return isQualifiedName(key.replaceAll("\u0130", "i").toLowerCase());
}

/**
 * Returns true if the prefix becomes a DNS subdomain when characters are appended. As the API server does, it first
 * replaces a final dash and the character before it with `a` (maskTrailingDash of k8s.io/apimachinery).
 */
function isNamePrefix(prefix: string): boolean {
  if (prefix === "") return true;
  const masked = prefix.length > 1 && prefix.endsWith("-") ? `${prefix.slice(0, -2)}a` : prefix;
  return masked.length <= 253 && dnsSubdomain.test(masked);
}

function namePrefixForm() {
  const violation = {
    message: "The value cannot be the beginning of a name.",
    allowed: "the beginning of a DNS name: at most 253 lower-case letters, digits, dashes and dots",
    fix: "Use a prefix such as my-app-.",
  };
  return { params: { violation, code: "GW1105" } };
}

function finalizerForm() {
  const violation = {
    message: "The value does not have the form of a finalizer.",
    allowed: "a name of at most 63 characters, or a DNS name, a slash and such a name",
    fix: "Use a finalizer such as example.com/cleanup.",
  };
  return { params: { violation, code: "GW1105" } };
}

/** The maximum total size of annotation keys and values in bytes. */
const annotationBytes = 256 * 1024;

function annotationsSize(): Rule<Readonly<Record<string, string>>> {
  return {
    code: "GW1255",
    cel: "ValidateAnnotationsSize",
    violations: (annotations) => {
      let size = 0;
      for (const [key, value] of Object.entries(annotations)) size += Buffer.byteLength(key) + Buffer.byteLength(value);
      if (size <= annotationBytes) return [];
      return [
        {
          message: "The annotations are too large.",
          given: `${size} bytes`,
          allowed: `${annotationBytes} bytes for all keys and values together`,
          fix: "Move what is long into a ConfigMap.",
        },
      ];
    },
  };
}

interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly controller?: boolean | undefined;
}

function ownerReference() {
  const text = () => late(z.string().min(1));
  const reference = z.strictObject({
    apiVersion: z.string().regex(/^[^/]*\/?[^/]+$/),
    kind: z.string().min(1),
    name: text(),
    uid: text(),
    controller: z.boolean().optional(),
    blockOwnerDeletion: z.boolean().optional(),
  });
  return withRules("standard", reference as unknown as z.ZodType<OwnerReference>, [noEvent()]);
}

function noEvent(): Rule<OwnerReference> {
  return {
    code: "GW1255",
    cel: "BannedOwners",
    violations: ({ apiVersion, kind }) =>
      kind === "Event" && /^\/?v1$/.test(apiVersion)
        ? [{ message: "An Event cannot own an object.", given: kind, fix: "Name another owner, or remove it." }]
        : [],
  };
}

function oneController(): Rule<readonly OwnerReference[]> {
  return {
    code: "GW1255",
    cel: "ValidateOwnerReferences",
    violations: (owners) => {
      const controllers = owners.flatMap(({ controller }, i) => (controller === true ? [i] : []));
      return controllers.slice(1).map((i) => ({
        path: [i, "controller"],
        message: "An object has at most one owner with controller: true.",
        given: true,
        fix: "Set controller to false on all owners but one.",
      }));
    },
  };
}

function oneDeletion(): Rule<readonly string[]> {
  return {
    code: "GW1255",
    cel: "ValidateFinalizers",
    violations: (finalizers) =>
      finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")
        ? [
            {
              message: "The finalizers orphan and foregroundDeletion exclude each other.",
              fix: "Remove one of the two; the garbage collector sets them.",
            },
          ]
        : [],
  };
}

/** The server rewrites these entries with every request, so it checks only their types. */
function managedFields() {
  const text = () => z.string().optional();
  return z.strictObject({
    manager: text(),
    operation: text(),
    apiVersion: text(),
    time: time().optional(),
    fieldsType: text(),
    fieldsV1: z.unknown().optional(),
    subresource: text(),
  });
}
