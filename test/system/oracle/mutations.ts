import fc from "fast-check";

/** A place in an object, and the value there. */
interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string | number;
  /** The fields that lead to it, `*` for each item of a list. */
  readonly field: string;
}

const words = [
  "",
  "a",
  "A_b",
  "*",
  "*.acme.io",
  "acme.io",
  "/",
  "/a",
  "10s",
  "1h",
  "0s",
  "Exact",
  "HTTP",
  "HTTPS",
  "TLS",
];
const more = [
  "None",
  "Same",
  "All",
  "GET",
  "x".repeat(64),
  "x".repeat(254),
  "a b",
  "a\r",
  "1.2.3.4",
  "::1",
  "é",
  "Cookie",
];

/** Values that fields take, nearly take, or never take. */
const values: readonly unknown[] = [
  ...words,
  ...more,
  ...[0, 1, -1, 80, 65_535, 65_536, 1.5, 1_000_001, 2 ** 31, 2 ** 53, true, false, null],
  ...[{}, [], [{}], [null], { a: "b" }, { "a/b": "c" }, ["a", "a"], ["a", "a", "a"]],
];

const fields: readonly string[] = [
  ...["name", "namespace", "group", "kind", "port", "type", "value", "weight", "filters", "matches", "hostname", "tls"],
  ...[
    "surplus",
    "status",
    "labels",
    "annotations",
    "mode",
    "sectionName",
    "backendRefs",
    "timeouts",
    "from",
    "selector",
  ],
];

/**
 * Copies of objects with one to `most` changes each, the same for the same seed. Half of them are changed gently, which
 * most often leaves them valid: a value takes the place of another one of the same field, or a field or an item is left
 * out. The others get any value at any place.
 */
export function mutationsOf(objects: readonly object[], count: number, seed: number, most = 3): object[] {
  const pool = valuesByField(objects);
  const numbers = fc.sample(fc.nat(), { seed, numRuns: 16 * count });
  let next = 0;
  const draw = (below: number) => (numbers[next++ % numbers.length] as number) % below;
  const pick = <T>(items: readonly T[]): T => items[draw(items.length)] as T;
  return Array.from({ length: count }, () => {
    const object = structuredClone(pick(objects));
    const changes = 1 + draw(most);
    const isGentle = draw(2) === 0;
    for (let i = 0; i < changes; i += 1) {
      if (isGentle) exchange(object, pool, draw, pick);
      else change(object, draw, pick);
    }
    return object;
  });
}

type Draw = (below: number) => number;
type Pick = <T>(items: readonly T[]) => T;

/** Gives a field a value that the same field has somewhere, or leaves it out now and then. */
function exchange(object: object, pool: ReadonlyMap<string, readonly unknown[]>, draw: Draw, pick: Pick): void {
  const places = placesIn(object);
  if (places.length === 0) return;
  const { holder, key, field } = pick(places);
  const at = holder as Record<string | number, unknown>;
  if (draw(6) > 0) {
    at[key] = structuredClone(pick(pool.get(field) ?? [at[key]]));
    return;
  }
  if (!Array.isArray(holder)) delete at[key];
  else if (holder.length > 1) holder.splice(Number(key), 1);
}

/** The values of each field in all objects; items of a list are one field. */
function valuesByField(objects: readonly object[]): ReadonlyMap<string, readonly unknown[]> {
  const places = objects.flatMap((object) => placesIn(object));
  const groups = Map.groupBy(places, ({ field }) => field);
  const valueAt = ({ holder, key }: Place) => (holder as Record<string | number, unknown>)[key];
  return new Map(Array.from(groups, ([field, own]) => [field, own.map(valueAt)]));
}

function change(object: object, draw: Draw, pick: Pick): void {
  const places = placesIn(object);
  if (places.length === 0) return;
  const { holder, key } = pick(places);
  const at = holder as Record<string | number, unknown>;
  switch (draw(5)) {
    case 0:
      if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete at[key];
      break;
    case 1:
      if (Array.isArray(holder)) holder.push(structuredClone(holder[Number(key)]));
      else at[pick(fields)] = structuredClone(pick(values));
      break;
    case 2: {
      const other = pick(places);
      at[key] = structuredClone((other.holder as Record<string | number, unknown>)[other.key]);
      break;
    }
    default:
      at[key] = structuredClone(pick(values));
  }
}

/** Every place but apiVersion, kind and name, without which it is another object. */
function placesIn(object: object, path: readonly (string | number)[] = []): Place[] {
  const entries = Array.isArray(object) ? object.map((item, i) => [i, item] as const) : Object.entries(object);
  return entries.flatMap(([key, value]): Place[] => {
    const isIdentity =
      path.length === 0 ? key === "apiVersion" || key === "kind" : path[0] === "metadata" && key === "name";
    const below = value !== null && typeof value === "object" ? placesIn(value, [...path, key]) : [];
    const field = [...path, key].map((step) => (typeof step === "number" ? "*" : step)).join(".");
    return isIdentity ? below : [{ holder: object as Place["holder"], key, field }, ...below];
  });
}
