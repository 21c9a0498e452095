/**
 * The facts that a schema states about one field: each has a name (`type`, `maxLength`, `rule self.a == 1`) and a value
 * as JSON. The facts of a CRD and of our schema are equal where the two mean the same.
 */
export type Facts = ReadonlyMap<string, string>;

/** The facts of each field below a root, by path: `spec.rules[].name`, `spec.options{}` for the values of a map. */
export type FieldFacts = ReadonlyMap<string, Facts>;

/** Returns the path of a field below `path`. */
export function join(path: string, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}

/** Collects the facts of one field. */
export class FactSheet {
  readonly facts = new Map<string, string>();

  /** Adds a fact; an undefined value is ignored. */
  add(name: string, value: unknown): void {
    if (value !== undefined) this.facts.set(name, canonical(value));
  }

  /** Adds a regular expression. Slashes and backticks are normalized, since languages escape them in different ways. */
  addPattern(source: unknown): void {
    if (typeof source === "string") this.add("pattern", source.replaceAll("\\/", "/").replaceAll("\\x60", "`"));
  }

  /** Adds a rule with normalized white space. A `oneOf` counts as a rule, as JSON. */
  addRule(expression: string): void {
    const oneOf = /^oneOf (.*)$/s.exec(expression)?.[1];
    const text = oneOf === undefined ? expression.replace(/\s+/g, " ").trim() : `oneOf ${canonical(JSON.parse(oneOf))}`;
    this.add(`rule ${text}`, true);
  }
}

/** Returns JSON with sorted keys and without descriptions, which do not change the meaning of a schema. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || typeof part !== "object" || Array.isArray(part)) return part;
    const entries = Object.entries(part).filter(([key, inner]) => key !== "description" || typeof inner !== "string");
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** One fact that differs between two descriptions; undefined on the side that lacks it. */
export interface Difference {
  readonly path: string;
  readonly fact: string;
  readonly crd: string | undefined;
  readonly ours: string | undefined;
}

/** Returns every fact that differs. A field that one side lacks is a single difference. */
export function differences(crd: FieldFacts, ours: FieldFacts): Difference[] {
  const paths = [...new Set([...crd.keys(), ...ours.keys()])].sort();
  const found: Difference[] = [];
  for (const path of paths) {
    const [theirs, own] = [crd.get(path), ours.get(path)];
    if (theirs !== undefined && own !== undefined) found.push(...differencesAt(path, theirs, own));
    else if (!paths.some((parent) => isBelow(path, parent) && (!crd.has(parent) || !ours.has(parent)))) {
      found.push({ path, fact: "field", crd: theirs?.get("type"), ours: own?.get("type") });
    }
  }
  return found;
}

function differencesAt(path: string, crd: Facts, ours: Facts): Difference[] {
  return [...new Set([...crd.keys(), ...ours.keys()])]
    .filter((fact) => crd.get(fact) !== ours.get(fact))
    .map((fact) => ({ path, fact, crd: crd.get(fact), ours: ours.get(fact) }));
}

function isBelow(path: string, parent: string): boolean {
  return path.startsWith(parent) && /^(\.|\[\]|\{\})/.test(path.slice(parent.length));
}

/** Formats a difference as one line. */
export function describe({ path, fact, crd, ours }: Difference): string {
  const where = path === "" ? "the object" : path;
  if (crd === undefined) return `${where}: the CRD has no ${fact}${ours === "true" ? "" : `; ours is ${ours}`}`;
  if (ours === undefined) return `${where}: ours has no ${fact}${crd === "true" ? "" : `; the CRD's is ${crd}`}`;
  return `${where}: ${fact} is ${crd} in the CRD, and ours is ${ours}`;
}
