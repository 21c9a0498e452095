import type { Declared } from "../api/declared/declared.ts";
import { isLate, lateAsText } from "../api/declared/late.ts";
import type { Finding, ObjectReference, Origin } from "../findings/finding.ts";
import { type NotPlain, plain } from "./plain.ts";

/** Returns a finding for each field of an object that is not plain data, with the value and the fix. */
export function notPlainFindings(
  notPlain: readonly NotPlain[],
  where: { readonly object?: ObjectReference; readonly origin?: Origin },
): Finding[] {
  return notPlain.map(({ field, problem, given }) => ({
    ...texts[problem](given),
    severity: "error",
    field,
    ...where,
  }));
}

/**
 * Returns errors (GW1402) for late values that only an engine can resolve. A target that writes manifests calls this
 * first, because {@link emit} and similar functions throw for such values.
 */
export function unresolved(declared: readonly Declared[]): Finding[] {
  return declared.flatMap(({ object, origin }) => {
    const { apiVersion, kind, metadata } = object;
    const { name, namespace } = metadata;
    const reference = {
      apiVersion,
      kind,
      ...(namespace !== undefined && { namespace: lateAsText(namespace) }),
      name: lateAsText(name),
    };
    const late = plain(object, isLate).notPlain.filter(({ problem }) => problem === "late");
    return notPlainFindings(late, { object: reference, origin });
  });
}

const texts: Record<
  NotPlain["problem"],
  (given: string) => Pick<Finding, "code" | "message" | "given" | "allowed" | "fix">
> = {
  late: () => ({
    code: "GW1402",
    message: "This value is known only to the engine that deploys the program, so it cannot be written down.",
    allowed: "a plain value, or a late one that can be produced now",
    fix: "Deploy with the engine the value comes from, or give the program the plain value here.",
  }),
  failed: (given) => ({
    code: "GW1402",
    message: `This late value could not be produced: ${given}.`,
    allowed: "a late value that can be produced now",
    fix: "Look at what the value is made from.",
  }),
  "not data": (given) => ({
    code: "GW1405",
    message: `This is ${given}, which no manifest can hold.`,
    given,
    allowed: "objects, lists, strings, finite numbers, booleans",
    fix: "Give the plain value; objects may stand for their names only where the props' types say so.",
  }),
};
