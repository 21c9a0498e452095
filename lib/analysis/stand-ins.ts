import type { AnyObject, Declared } from "../api/declared.ts";
import { isLate } from "../api/late.ts";

/** Objects in which other values stand for the late ones, so that what reads names and ports can read them. */
export interface WithStandIns {
  readonly declared: readonly Declared[];
  /** Where late values stood, by the object as it was given: paths such as `spec.rules[0].backendRefs[1].port`. */
  readonly fields: ReadonlyMap<AnyObject, readonly string[]>;
}

/** A name that nobody gives; one for each late value, so that two places with the same value still agree. */
const name = (index: number): string => `known-later-${index}`;

/** Whether a text speaks of a value that stands for a late one. */
export function namesStandIn(text: string): boolean {
  return /\bknown-later-\d/.test(text);
}

/** Late values by identity: an Output that is given twice is one value. */
export function withStandIns(declared: readonly Declared[]): WithStandIns {
  const known = new Map<unknown, number>();
  const fields = new Map<AnyObject, readonly string[]>();
  const standing = declared.map(({ object, origin }) => {
    const late: string[] = [];
    const standIn = replaced(object, "", late, known) as AnyObject;
    if (late.length === 0) return { object, origin };
    fields.set(object, late);
    return { object: standIn, origin };
  });
  return { declared: standing, fields };
}

function replaced(value: unknown, field: string, late: string[], known: Map<unknown, number>): unknown {
  if (isLate(value)) {
    late.push(field);
    const index = known.get(value) ?? known.size + 1;
    known.set(value, index);
    return standInAt(field, index);
  }
  if (Array.isArray(value)) return value.map((item, index) => replaced(item, `${field}[${index}]`, late, known));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      replaced(member, field === "" ? key : `${field}.${key}`, late, known),
    ]),
  );
}

/** A valid value for the field. Ports stand as far from those that people choose as there is room. */
function standInAt(field: string, index: number): string | number {
  if (field.endsWith(".weight")) return 1;
  return /\.(port|targetPort)$/.test(field) ? Math.max(65_535 - index, 1) : name(index);
}
