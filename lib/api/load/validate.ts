import type { z } from "zod";
import type { Finding } from "../../findings/finding.ts";
import type { AnyObject } from "../declared/declared.ts";
import { asRequested } from "../kinds/as-requested.ts";
import { type ApiObject, apiVersionOf, type KindDefinition, kindDefinition, schemaOf } from "../kinds/kinds.ts";
import { fieldOf, shorten } from "../schema/field-path.ts";
import { prepare, type SchemaInput, type SchemaProblem } from "../schema/input.ts";
import { findingsOf, misplacedLateValues, unknownNulls } from "../schema/issues.ts";
import { findingsNamed, named } from "../schema/prototype-keys.ts";
import { type Channel, guardLateValues } from "../schema/schema.ts";
import { unknownKind } from "./known-kinds.ts";

export interface Validation {
  /** The object in today's version, with the defaults of its schema. Absent if there is an error. */
  readonly object?: ApiObject;
  /** Findings without origin, including notes about parts that cannot be checked yet. */
  readonly findings: Finding[];
}

export interface ValidateOptions {
  readonly channel: Channel;
  /**
   * If true, the object comes from a cluster and its status is not validated: the cluster's CRDs, which accepted it,
   * may be newer than these. Default: false.
   */
  readonly stored?: boolean;
}

/**
 * Validates an object as an API server with the CRDs of `channel` does: structure and limits first, then the CEL rules
 * of all parts with a valid structure. Unknown fields are errors, as in kubectl's strict validation. Never throws, for
 * any object.
 */
export function validate(object: AnyObject, { channel, stored = false }: ValidateOptions): Validation {
  const input = prepare(object);
  const findings = input.problems.map(problemFinding);
  if (findings.length === 0) findings.push(...unidentified(input.value));
  if (findings.length > 0) return { findings: withoutSecrets(findings, input.value) };
  const identified = input.value as AnyObject;
  const definition = kindDefinition(identified.apiVersion, identified.kind);
  if (definition === undefined) return { findings: [strangerFinding(identified)] };
  const unserved = notServed(definition, identified, channel);
  if (unserved !== undefined) return { findings: [unserved] };
  const version = identified.apiVersion.slice(identified.apiVersion.lastIndexOf("/") + 1);
  const current = { ...identified, apiVersion: apiVersionOf(definition.group, definition.versions[0]?.name ?? "v1") };
  const { status, ...unwritten } = current;
  const given = asRequested(stored ? unwritten : current, input.nulls, definition);
  const outcome = check({ ...input, value: given }, schemaOf(definition, channel, version));
  const { object: valid, findings: found } = outcome;
  return {
    ...(valid !== undefined && { object: status === undefined ? valid : { ...valid, status } }),
    findings: withoutSecrets(found, current),
  };
}

/** Validates a value against a schema that belongs to no Kubernetes kind, with the same findings. Never throws. */
export function validateBy(
  value: unknown,
  schema: z.ZodType,
): { readonly value?: unknown; readonly findings: Finding[] } {
  const input = prepare(value);
  if (input.problems.length > 0) return { findings: input.problems.map(problemFinding) };
  const { object, findings } = check(input, schema);
  return object === undefined ? { findings } : { value: object, findings };
}

function check(input: SchemaInput, schema: z.ZodType): Validation {
  try {
    const misplaced = misplacedLateValues(input.late, schema);
    const unknown = unknownNulls(input.nulls, schema);
    const outcome = guardLateValues(input.late.length > 0 ? "note" : "off", () => schema.safeParse(input.value));
    if (outcome.success && misplaced.length === 0 && unknown.length === 0) {
      return { object: named(outcome.data, input.prototypeKeys) as ApiObject, findings: [] };
    }
    const issues = [...(outcome.error?.issues ?? []), ...unknown];
    const findings = findingsNamed(findingsOf(issues, schema, input.value, misplaced), input.prototypeKeys);
    if (findings.some(({ severity }) => severity === "error")) return { findings };
    // All rules passed except those that read late values, which were skipped. The object counts as valid.
    const known = guardLateValues("ignore", () => schema.safeParse(input.value));
    return { ...(known.success && { object: named(known.data, input.prototypeKeys) as ApiObject }), findings };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // The list of issues exceeds the call stack.
    const message = "The object has too many mistakes to list.";
    return { findings: [{ code: "GW1107", severity: "error", message, fix: "Spread it over several objects." }] };
  }
}

function problemFinding({ path, given, ...problem }: SchemaProblem): Finding {
  return { ...problem, severity: "error", field: fieldOf(path), ...(given !== undefined && { given: shorten(given) }) };
}

/** Findings never show the content of a Secret. */
function withoutSecrets(findings: Finding[], object: unknown): Finding[] {
  if ((object as Partial<AnyObject> | undefined)?.kind !== "Secret") return findings;
  return findings.map(({ given: _, ...finding }) => finding);
}

/** Reports an object without apiVersion or kind. */
function unidentified(object: unknown): Finding[] {
  if (object === null || typeof object !== "object" || Array.isArray(object)) {
    const message = "This is no Kubernetes object.";
    return [
      {
        code: "GW1004",
        severity: "error",
        message,
        allowed: "a mapping with apiVersion and kind",
        fix: "Write a manifest.",
      },
    ];
  }
  return ["apiVersion", "kind"].flatMap((field): Finding[] => {
    const value = (object as Readonly<Record<string, unknown>>)[field];
    if (typeof value === "string") return [];
    if (value === undefined) {
      const message = "This field is required.";
      return [{ code: "GW1102", severity: "error", field, message, allowed: "a string", fix: "Add it." }];
    }
    const fix = "Write a value of that type.";
    return [
      { code: "GW1103", severity: "error", field, message: "This field takes a string.", allowed: "a string", fix },
    ];
  });
}

/** An unknown kind is an error in the Gateway API's groups, and a note in others, as for the command's sources. */
function strangerFinding({ apiVersion, kind }: AnyObject): Finding {
  // The rest of the object is unvalidated and not needed here.
  const named = { object: { apiVersion, kind, metadata: { name: "" } }, origin: { construct: "" } };
  const { code, severity, message, field, given, allowed, fix } = unknownKind(named) ?? {
    code: "GW1005",
    severity: "note",
    field: "kind",
    message: `Gatewright does not know the kind ${shorten(kind)} of ${shorten(apiVersion)}, and does not check it.`,
    given: shorten(`${apiVersion} ${kind}`),
    fix: "Nothing needs to be done if the object is meant for another controller.",
  };
  return {
    code,
    severity,
    ...(field !== undefined && { field }),
    message,
    ...(given !== undefined && { given }),
    ...(allowed !== undefined && { allowed }),
    ...(fix !== undefined && { fix }),
  };
}

function notServed(
  { group, versions }: KindDefinition,
  { apiVersion, kind }: AnyObject,
  channel: Channel,
): Finding | undefined {
  const version = versions.find(({ name }) => apiVersionOf(group, name) === apiVersion);
  if (version === undefined || version.channels.includes(channel)) return undefined;
  return {
    code: "GW1109",
    severity: "error",
    field: "apiVersion",
    message: `${kind} of ${apiVersion} is served by the experimental channel only.`,
    given: apiVersion,
    allowed: apiVersionOf(group, versions[0]?.name ?? "v1"),
    fix: "Write the current apiVersion, or ask for --channel experimental.",
  };
}
