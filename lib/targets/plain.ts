import type { AnyObject } from "../api/declared/declared.ts";
import { isLate } from "../api/declared/late.ts";

/** A value that is not plain data, with its path. */
export interface NotPlain {
  readonly field: string;
  /** `late`: only an engine can resolve it. `failed`: producing it threw an error. */
  readonly problem: "late" | "failed" | "not data";
  /** The value, or the error that producing it threw. */
  readonly given: string;
}

/** A value as plain data, and the parts that are not plain data. */
export interface PlainManifest {
  readonly value: unknown;
  readonly notPlain: readonly NotPlain[];
}

/**
 * Copies `value` as plain data. Late values that can be produced are replaced by their result. Undefined members are
 * dropped, as in JSON. Late values that only an engine can resolve are kept and reported. All other values are dropped
 * and reported.
 */
export function plain(value: unknown, isLate: (value: unknown) => boolean): PlainManifest {
  const notPlain: NotPlain[] = [];
  return { value: copy(value, { field: "", above: [], isLate, notPlain }), notPlain };
}

/** Returns an object as plain data. Throws a TypeError if it is not; call `unresolved` first. */
export function plainObject(object: AnyObject): AnyObject {
  const { value, notPlain } = plain(object, isLate);
  const [first] = notPlain;
  if (first === undefined) return value as AnyObject;
  const { kind, metadata } = object;
  throw new TypeError(`${first.field} of ${kind} ${String(metadata?.name)} is ${first.given}: it cannot be written`);
}

interface Place {
  readonly field: string;
  /** The objects that contain this place, to detect cycles. */
  readonly above: readonly object[];
  readonly isLate: (value: unknown) => boolean;
  readonly notPlain: NotPlain[];
}

/** Depth limit, which ends infinite late values. The deepest field of the Gateway API is at level 12. */
const deepest = 200;

function copy(value: unknown, place: Place): unknown {
  if (place.isLate(value)) return copyLate(value, place);
  if (value === null || value === undefined || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : report(place, "not data", String(value));
  if (typeof value !== "object") return report(place, "not data", `a ${typeof value}`);
  if (place.above.includes(value)) return report(place, "not data", "data that contains itself");
  if (place.above.length >= deepest) return report(place, "not data", `nested more than ${deepest} levels deep`);
  if (Array.isArray(value)) {
    return value.map((item, index) => {
      const at = below(place, value, `[${index}]`);
      return item === undefined ? report(at, "not data", "undefined") : copy(item, at);
    });
  }
  if (!isPlainObject(value)) return report(place, "not data", `a ${value.constructor?.name ?? "class instance"}`);
  const members = Object.entries(value).map(([key, member]) => [key, copy(member, below(place, value, key))] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined));
}

function copyLate(value: unknown, place: Place): unknown {
  const { produce } = value as { produce?: unknown };
  if (typeof produce !== "function") {
    report(place, "late", "a value that is known later");
    return value;
  }
  if (place.above.length >= deepest) return report(place, "failed", "it produces late values without end");
  let produced: unknown;
  try {
    produced = produce.call(value);
  } catch (error) {
    return report(place, "failed", error instanceof Error ? error.message : String(error));
  }
  return copy(produced, { ...place, above: [...place.above, value as object] });
}

function report(place: Place, problem: NotPlain["problem"], given: string): undefined {
  place.notPlain.push({ field: place.field, problem, given });
  return undefined;
}

function below(place: Place, parent: object, key: string): Place {
  const field = place.field === "" || key.startsWith("[") ? place.field + key : `${place.field}.${key}`;
  return { ...place, field, above: [...place.above, parent] };
}

/** Also recognises plain objects of another realm, such as the one that Jest runs tests in. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
