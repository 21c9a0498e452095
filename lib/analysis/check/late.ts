import { speaksOfLate } from "../../api/load/late-placeholder.ts";
import type { Loaded } from "../../api/load/load.ts";
import type { Finding } from "../../findings/finding.ts";

/**
 * Replaces the attachment findings that depend on late values. Such a finding might disappear once the values are
 * known, so a note (GW1110) takes its place.
 */
export function withoutLate(loaded: Loaded, findings: readonly Finding[]): readonly Finding[] {
  if (loaded.late.fields.length === 0) return findings;
  const seen = new Set<string>();
  return findings
    .map((finding) => (dependsOnLate(loaded, finding) ? unchecked(finding) : finding))
    .filter((finding) => {
      const key = JSON.stringify(finding);
      return !seen.has(key) && seen.add(key);
    });
}

/** Returns one note (GW1170) that lists the late values and their places, or no note if there is none. */
export function lateValues({ late }: Pick<Loaded, "late">): readonly Finding[] {
  const { size } = late.places;
  if (size === 0) return [];
  const shown = [...late.places].slice(0, mostNamed).map(([text, place]) => `${text} is ${place}`);
  const rest = size > mostNamed ? `; ${size - mostNamed} more` : "";
  return [
    {
      code: "GW1170",
      severity: "note",
      message: `${size === 1 ? "One value becomes" : `${size} values become`} known only later: ${shown.join("; ")}${rest}.`,
      fix: "Nothing. What depends on a late value is checked when the engine that knows the value deploys the program; until then it gets no advice, and the shares of a rule with a late weight are not told. `dev` serves a late weight as 1.",
    },
  ];
}

const mostNamed = 20;

/** Returns true if the finding might disappear once the late values of the sources are known. */
export function dependsOnLate({ late }: Pick<Loaded, "late">, finding: Finding): boolean {
  const { object, origin, field, reason, severity } = finding;
  if (speaksOfLate(JSON.stringify({ ...finding, object: undefined }))) return true;
  if (severity !== "error") return false;
  const own =
    object === undefined || origin === undefined
      ? []
      : late.fieldsOf({ origin, object: { kind: object.kind, metadata: object } });
  if (field === undefined && own.length > 0) return true;
  if (own.some((one) => one.startsWith("metadata.") || within(one, field) || within(field, one))) return true;
  if (reason === "NoMatchingListenerHostname") return late.fields.some((one) => /\bhostnames?\b/.test(one.field));
  return reason === "RefNotPermitted" && late.fields.some(({ kind }) => kind === "ReferenceGrant");
}

/** Returns true if a field equals the other field or lies below it. */
function within(field = "", above = ""): boolean {
  return field === above || field.startsWith(`${above}.`) || field.startsWith(`${above}[`);
}

function unchecked({ field, origin, object }: Finding): Finding {
  return {
    code: "GW1110",
    severity: "note",
    message: "This cannot be checked yet: it depends on a value that becomes known only later.",
    ...(object !== undefined && { object }),
    ...(origin !== undefined && { origin }),
    ...(field !== undefined && { field }),
  };
}
