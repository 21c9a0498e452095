import type { AnyObject, Declared } from "../api/declared.ts";
import type { ExtensionKind } from "../api/extension.ts";
import type { Finding, ObjectReference } from "../api/finding.ts";
import { type PlacedIgnoreRule, withIgnored } from "../api/ignoring.ts";
import { type Channel, kindDefinition, validate } from "../api/index.ts";
import { load } from "../api/load.ts";
import { check } from "./check.ts";
import { namesStandIn, type WithStandIns, withStandIns } from "./stand-ins.ts";

export interface CheckKnownOptions {
  readonly channel: Channel;
  /** The filters whose objects the program declares. */
  readonly filters: readonly ExtensionKind[];
  /** Rules for findings to ignore, besides those of annotations. Default: none. */
  readonly ignores?: readonly PlacedIgnoreRule[];
}

/**
 * Checks a program whose values are partly known only later: schema and handshake, as far as they do not depend on such
 * a value. What does is a note (GW1110) and is checked once the value is known. Advice is left out.
 */
export function checkKnown(
  declared: readonly Declared[],
  { channel, filters, ignores = [] }: CheckKnownOptions,
): Finding[] {
  const standing = withStandIns(declared);
  const source = { name: "program", declared: standing.declared, findings: [], ignores };
  const loaded = load([{ ...source, filters: { path: "", version: "", kinds: filters } }], { channel });
  const { fields } = standing;
  const attachment = check(loaded, { only: "attachment" });
  if (fields.size === 0) return withoutRepetition([...check(loaded, { only: "schema" }), ...attachment]);

  const late = new Map(declared.filter(({ object }) => fields.has(object)).map((one) => [placeOf(one), one.object]));
  const objectOf = ({ origin }: Finding) => (origin === undefined ? undefined : late.get(placeOf({ origin })));
  // The schema says itself what a late value keeps it from telling; it reads the objects as they are.
  const schema = check(loaded, { only: "schema" }).filter((one) => !isOfSchema(one) || objectOf(one) === undefined);
  const ofLate = declared.filter(({ object }) => fields.has(object)).flatMap((one) => checkSchema(one, channel));
  const handshake = attachment
    .filter(({ code }) => !code.startsWith("GW1"))
    .map((finding) => {
      const object = objectOf(finding);
      const named = object === undefined ? finding : { ...finding, object: referenceTo(object) };
      return depends(finding, object, standing) || namesStandIn(JSON.stringify(named)) ? unchecked(named) : named;
    });
  return withoutRepetition(withIgnored([...schema, ...ofLate, ...handshake], loaded.ignores));
}

/** A construct declares one object: its path tells which one a finding is about. */
function placeOf({ origin }: Pick<Declared, "origin">): string {
  return JSON.stringify(origin);
}

/** Of the structure or the rules of one object. */
function isOfSchema({ code }: Finding): boolean {
  return code.startsWith("GW11") || code.startsWith("GW12");
}

function checkSchema({ object, origin }: Declared, channel: Channel): Finding[] {
  if (kindDefinition(object.apiVersion, object.kind) === undefined) return [];
  return validate(object, { channel }).findings.map((finding) => ({ ...finding, object: referenceTo(object), origin }));
}

/** Whether a finding might not be there if the late values were known. */
function depends(finding: Finding, object: AnyObject | undefined, { fields }: WithStandIns): boolean {
  if (finding.severity !== "error") return false;
  const { field, reason } = finding;
  const own = (object === undefined ? undefined : fields.get(object)) ?? [];
  if (field === undefined && own.length > 0) return true;
  if (own.some((late) => late.startsWith("metadata.") || within(late, field) || within(field, late))) return true;
  const all = [...fields.values()].flat();
  if (reason === "NoMatchingListenerHostname") return all.some((late) => /\bhostnames?\b/.test(late));
  return reason === "RefNotPermitted" && [...fields.keys()].some(({ kind }) => kind === "ReferenceGrant");
}

/** Whether a field is the other one or below it. */
function within(field = "", above = ""): boolean {
  return field === above || field.startsWith(`${above}.`) || field.startsWith(`${above}[`);
}

function unchecked({ field, origin, object }: Finding): Finding {
  return {
    code: "GW1110",
    severity: "note",
    message: "This cannot be checked yet: it depends on a value that becomes known only later.",
    ...(object !== undefined && !namesStandIn(JSON.stringify(object)) && { object }),
    ...(origin !== undefined && { origin }),
    ...(field !== undefined && { field }),
  };
}

/** A name that is not known yet shows as `(late)`. */
function referenceTo({ apiVersion, kind, metadata }: AnyObject): ObjectReference {
  const shown = (value: unknown): string => (typeof value === "string" ? value : "(late)");
  const { name, namespace } = metadata;
  return { apiVersion, kind, ...(namespace !== undefined && { namespace: shown(namespace) }), name: shown(name) };
}

function withoutRepetition(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
