import fc from "fast-check";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";

type Step = string | number;

/** A value of some object, and the path to it. */
interface Place {
  readonly path: readonly Step[];
  readonly value: unknown;
}

/** Strange values for any field: around limits, of other types, of other alphabets. */
const strange: readonly unknown[] = [
  "",
  "a",
  "UPPER",
  "a..b",
  "-a",
  "a b",
  "*.example.com",
  "example.com",
  "1.2.3.4",
  "::1",
  "/",
  "/a/../b",
  "//",
  "/%2f",
  "a/b",
  "example.com/a",
  "HTTPS",
  "TLS",
  "Passthrough",
  "RegularExpression",
  "5s",
  "1h1m",
  "100000h",
  "x".repeat(64),
  "x".repeat(254),
  "x".repeat(2000),
  0,
  1,
  -1,
  80,
  65_535,
  65_536,
  1_000_001,
  2_147_483_648,
  1.5,
  true,
  false,
  null,
  [],
  {},
];

/**
 * Generates one change of an object. `from` has the values of other objects: a field gets the value of a field with the
 * same name.
 */
export function mutation(object: AnyObject, from: readonly Place[]): fc.Arbitrary<AnyObject> {
  const places = placesOf(object).filter(({ path }) => path[0] === "spec" && path.length > 1);
  if (places.length === 0) return fc.constant(object);
  return fc.constantFrom(...places).chain((place) => {
    const field = nameOf(place.path);
    const elsewhere = from.filter(({ path }) => nameOf(path) === field).map(({ value }) => value);
    const changes: fc.Arbitrary<AnyObject>[] = [
      fc.constant(removed(object, place.path)),
      fc.constantFrom(...strange).map((value) => replaced(object, place.path, value)),
    ];
    if (elsewhere.length > 0) {
      changes.push(fc.constantFrom(...elsewhere).map((value) => replaced(object, place.path, value)));
    }
    if (Array.isArray(place.value) && place.value.length > 0) {
      const items = place.value as readonly unknown[];
      const lists = [[...items, ...items], Array.from({ length: 70 }, () => items[0]), [...items].reverse()];
      changes.push(fc.constantFrom(...lists).map((value) => replaced(object, place.path, value)));
    }
    if (place.value !== null && typeof place.value === "object" && !Array.isArray(place.value)) {
      const others = from
        .filter(({ path }) => path.length > 2)
        .map(({ path, value }) => [nameOf(path), value] as const);
      const added = fc.constantFrom(["surplus", 1] as const, ...others);
      changes.push(added.map(([name, value]) => replaced(object, [...place.path, name], value)));
    }
    return fc.oneof(...changes);
  });
}

/** Returns every value in an object with its path. */
export function placesOf(value: unknown, path: readonly Step[] = []): Place[] {
  const own: Place = { path, value };
  if (Array.isArray(value)) return [own, ...value.flatMap((item, index) => placesOf(item, [...path, index]))];
  if (value === null || typeof value !== "object") return [own];
  return [own, ...Object.entries(value).flatMap(([name, item]) => placesOf(item, [...path, name]))];
}

const nameOf = (path: readonly Step[]): string => String(path.findLast((step) => typeof step === "string"));

function replaced(object: AnyObject, path: readonly Step[], value: unknown): AnyObject {
  const copy = structuredClone(object);
  const parent = parentIn(copy, path);
  parent[path.at(-1) ?? ""] = structuredClone(value);
  return copy;
}

function removed(object: AnyObject, path: readonly Step[]): AnyObject {
  const copy = structuredClone(object);
  const [parent, last] = [parentIn(copy, path), path.at(-1) ?? ""];
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return copy;
}

function parentIn(object: AnyObject, path: readonly Step[]): Record<Step, unknown> {
  const found = path.slice(0, -1).reduce<unknown>((part, step) => (part as Record<Step, unknown>)[step], object);
  return found as Record<Step, unknown>;
}
