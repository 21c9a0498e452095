import type { AnyObject } from "./declared.ts";
import type { Finding } from "./finding.ts";
import { prepare } from "./input.ts";
import { findingsOf } from "./issues.ts";
import { type ApiObject, apiVersionOf, type KindDefinition, kindDefinition, schemaOf } from "./kinds.ts";
import { type Channel, guardLateValues } from "./schema.ts";

export interface Validation {
  /** With the defaults of its schema, in today's version; absent if there is an error. */
  readonly object?: ApiObject;
  /** Without origin. Also the notes about what could not be checked yet. */
  readonly findings: Finding[];
}

/**
 * Checks an object as the API server with the CRDs of `channel` does: structure and limits first, then the CEL rules of
 * every part whose structure is valid. Unknown fields are errors, as with kubectl's strict validation. Never throws.
 */
export function validate(object: AnyObject, { channel }: { readonly channel: Channel }): Validation {
  const definition = kindDefinition(object.apiVersion, object.kind);
  if (definition === undefined) return { findings: [unknownKind(object)] };
  const unserved = notServed(definition, object, channel);
  if (unserved !== undefined) return { findings: [unserved] };
  const { value, late } = prepare(object);
  const current = {
    ...(value as AnyObject),
    apiVersion: apiVersionOf(definition.group, definition.versions[0]?.name ?? "v1"),
  };
  const schema = schemaOf(definition, channel, object.apiVersion.slice(object.apiVersion.lastIndexOf("/") + 1));
  const outcome = guardLateValues(late ? "note" : "off", () => schema.safeParse(current));
  if (outcome.success) return { object: outcome.data as ApiObject, findings: [] };
  const findings = findingsOf(outcome.error.issues, schema, current).map((finding) => withoutSecrets(finding, object));
  if (findings.some(({ severity }) => severity === "error")) return { findings };
  // Nothing is wrong, but rules that read late values were left out: the object is as good as can be told.
  const known = guardLateValues("ignore", () => schema.safeParse(current));
  return { ...(known.success && { object: known.data as ApiObject }), findings };
}

/** The content of a Secret stands in no finding. */
function withoutSecrets({ given, ...finding }: Finding, { kind }: AnyObject): Finding {
  return kind === "Secret" || given === undefined ? finding : { ...finding, given };
}

function unknownKind({ apiVersion, kind }: AnyObject): Finding {
  return {
    code: "GW1005",
    severity: "error",
    field: "kind",
    message: `Gatewright does not know a ${kind} of ${apiVersion}.`,
    given: `${apiVersion} ${kind}`,
    fix: "Correct apiVersion or kind.",
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
