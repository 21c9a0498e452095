import fc from "fast-check";

/** A place in an object, and the value there. */
interface Place {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string | number;
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

/** Copies of an object with one to `most` changes each, the same for the same seed. */
export function mutationsOf(objects: readonly object[], count: number, seed: number, most = 3): object[] {
  const numbers = fc.sample(fc.nat(), { seed, numRuns: 16 * count });
  let next = 0;
  const draw = (below: number) => (numbers[next++ % numbers.length] as number) % below;
  const pick = <T>(items: readonly T[]): T => items[draw(items.length)] as T;
  return Array.from({ length: count }, () => {
    const object = structuredClone(pick(objects));
    const changes = 1 + draw(most);
    for (let i = 0; i < changes; i += 1) change(object, draw, pick);
    return object;
  });
}

function change(object: object, draw: (below: number) => number, pick: <T>(items: readonly T[]) => T): void {
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
    return isIdentity ? below : [{ holder: object as Place["holder"], key }, ...below];
  });
}
