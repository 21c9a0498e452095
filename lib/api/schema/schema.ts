import { z } from "zod";
import { isLate, type Late } from "../declared/late.ts";

/** The channel of the CRDs. `experimental` has more fields and kinds, without stability guarantees. */
export type Channel = "standard" | "experimental";

/**
 * A rule of a CRD (`x-kubernetes-validations`). `violations` implements it. `cel` is the CRD's expression, or `oneOf`
 * with its JSON; a test uses it to find rules of the CRDs that are missing here.
 */
export interface Rule<T> {
  readonly code: `GW${number}`;
  readonly cel: string;
  /** The only channel that has the rule. Absent if both have it. */
  readonly channel?: Channel;
  violations(self: T): readonly Violation[];
}

/**
 * The transition rule of an immutable field. It compares with the stored object, which is unknown here; transitions.ts
 * checks it against a cluster.
 */
export const immutable = (code: `GW${number}`): Rule<string> => ({
  code,
  cel: "self == oldSelf",
  violations: () => [],
});

/** A violation of a rule, with its path below the rule's field. */
export interface Violation {
  readonly path?: readonly (string | number)[];
  readonly message: string;
  readonly given?: unknown;
  readonly allowed?: string;
  readonly fix: string;
}

/** Thrown when a rule reads a late value. `path` is relative to the rule's field. */
export class LateRead extends Error {
  readonly path: readonly (string | number)[];

  constructor(path: readonly (string | number)[]) {
    super("the value is not known yet");
    this.path = path;
  }
}

/**
 * A check for the `maxLength` of a CRD, to be used as `z.string().check(…)`. It counts code points like the API server
 * (RuneCountInString of kube-openapi), while zod's `max` counts UTF-16 units.
 */
export function longest(maximum: number): z.core.$ZodCheck<string> {
  const check = new z.core.$ZodCheckMaxLength({ check: "max_length", maximum });
  check._zod.check = (payload) => {
    const text = payload.value as unknown as string;
    if (text.length <= maximum || codePoints(text) <= maximum) return;
    payload.issues.push({
      origin: "string",
      code: "too_big",
      maximum,
      inclusive: true,
      input: text,
      inst: check,
    } as never);
  };
  return check as unknown as z.core.$ZodCheck<string>;
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

const rulesBySchema = new WeakMap<z.ZodType, readonly Rule<never>[]>();
const experimentalSchemas = new WeakSet<z.ZodType>();
const mapKeys = new WeakMap<z.ZodType, readonly string[]>();

/** Returns the rules of a schema, for the test that compares them with the CRDs. */
export function rulesOf(schema: z.ZodType): readonly Rule<never>[] {
  return rulesBySchema.get(schema) ?? [];
}

/** Returns the keys that identify the items of a list (`x-kubernetes-list-map-keys`). They are empty for a set. */
export function listKeysOf(schema: z.ZodType): readonly string[] | undefined {
  return mapKeys.get(schema);
}

/** Returns true if the schema is the placeholder for a field that the standard channel lacks. */
export function isExperimentalPlaceholder(schema: z.ZodType): boolean {
  return experimentalSchemas.has(schema);
}

/** Adds CRD rules to a schema. As in the API server, they run only if the value is structurally valid. */
export function withRules<S extends z.ZodType>(channel: Channel, schema: S, rules: readonly Rule<z.output<S>>[]): S {
  const active = rules.filter((rule) => rule.channel === undefined || rule.channel === channel);
  const checked = schema.superRefine((value, context) => {
    const self = readable(value);
    for (const rule of active) runRule(rule as Rule<unknown>, self, context as unknown as RuleContext);
  });
  rulesBySchema.set(checked, active as readonly Rule<never>[]);
  const keys = mapKeys.get(schema);
  if (keys !== undefined) mapKeys.set(checked, keys);
  return checked;
}

interface RuleContext {
  addIssue(issue: object): void;
}

function runRule(rule: Rule<unknown>, self: unknown, context: RuleContext): void {
  let violations: readonly Violation[];
  try {
    violations = rule.violations(self);
  } catch (error) {
    if (!(error instanceof LateRead)) throw error;
    if (guard === "note") context.addIssue({ code: "custom", path: [...error.path], params: { unchecked: true } });
    return;
  }
  for (const violation of violations) {
    const path = [...(violation.path ?? [])];
    context.addIssue({ code: "custom", path, message: violation.message, params: { violation, code: rule.code } });
  }
}

/**
 * The reaction to a rule that reads a late value. `off`: there are none. `note`: report it. `ignore`: skip the rule.
 */
type Guard = "off" | "note" | "ignore";

let guard: Guard = "off";

/** Runs a validation in which a rule that reads late values is reported or skipped. */
export function guardLateValues<R>(mode: Guard, validation: () => R): R {
  const before = guard;
  guard = mode;
  try {
    return validation();
  } finally {
    guard = before;
  }
}

/**
 * Wraps a value for rules: reading a late value throws, while testing for a field with `in` does not. Zod passes
 * copies, which are not frozen, so a proxy may return other values.
 */
function readable(value: unknown, path: readonly (string | number)[] = []): unknown {
  if (guard === "off" || value === null || typeof value !== "object") return value;
  return new Proxy(value, {
    get(target, key, receiver) {
      const member: unknown = Reflect.get(target, key, receiver);
      if (typeof key === "symbol" || !Object.hasOwn(target, key)) return member;
      const below = [...path, Array.isArray(target) ? Number(key) : key];
      if (isLate(member)) throw new LateRead(below);
      return readable(member, below);
    },
  });
}

/** The schema of a scalar that may be late. */
export function late<T extends string | number>(schema: z.ZodType<T>): z.ZodType<T, Late<T>> {
  const leaf = z.custom<T>().superRefine((value, context) => {
    if (isLate(value)) return;
    const outcome = schema.safeParse(value);
    if (outcome.success) return;
    // A value of the wrong type ends validation, so that rules do not see it. A value outside its limits does not.
    for (const issue of outcome.error.issues)
      context.addIssue({ ...issue, continue: issue.code !== "invalid_type" } as never);
  });
  innerSchemas.set(leaf, schema);
  return leaf as unknown as z.ZodType<T, Late<T>>;
}

const innerSchemas = new WeakMap<z.ZodType, z.ZodType>();

/** Returns the schema of a late scalar's eventual value, or undefined for other schemas. */
export function knownForm(schema: z.ZodType): z.ZodType | undefined {
  return innerSchemas.get(schema);
}

interface Limits {
  readonly min?: number;
  readonly max?: number;
}

/**
 * The schema of an ordered list (`x-kubernetes-list-type: atomic`). As in the API server, the rules of a list that is
 * too long do not run, because their cost may be quadratic.
 */
export function list<S extends z.ZodType>(item: S, { min, max }: Limits) {
  let schema = z.array(item);
  if (min !== undefined) schema = schema.min(min);
  if (max !== undefined) schema = schema.max(max, { abort: true });
  return schema;
}

/** The schema of a list whose items are identified by `keys` (`x-kubernetes-list-map-keys`). */
export function listMap<S extends z.ZodType>(item: S, keys: readonly [string, ...string[]], limits: Limits) {
  const [first, ...more] = keys;
  const memberOf = (one: unknown, key: string) => (one as Readonly<Record<string, unknown>>)[key];
  const keyOf = (one: unknown) =>
    more.length === 0 ? memberOf(one, first) : keys.map((key) => JSON.stringify(memberOf(one, key))).join(" ");
  return distinct(list(item, limits), keys, keyOf);
}

/** The schema of a list of distinct items (`x-kubernetes-list-type: set`). */
export function listSet<S extends z.ZodType>(item: S, limits: Limits) {
  return distinct(list(item, limits), [], (one) => one);
}

function distinct<S extends z.ZodArray>(schema: S, keys: readonly string[], keyOf: (item: unknown) => unknown): S {
  const checked = schema.superRefine((items, context) => {
    const times = new Map<unknown, number>();
    for (const [i, item] of items.entries()) {
      const key = keyOf(item);
      const before = times.get(key) ?? 0;
      // Like the API server, this reports each duplicate once, however often it occurs.
      if (before === 1) {
        const path = keys.length === 1 ? [i, ...keys] : [i];
        context.addIssue({ code: "custom", path, params: { duplicate: key } });
      }
      times.set(key, before + 1);
    }
  });
  mapKeys.set(checked, keys);
  return checked;
}

/** A field of the experimental channel. In the standard channel, its presence gives a separate finding. */
export function experimental<S extends z.ZodType>(channel: Channel, schema: S): z.ZodOptional<S> {
  if (channel === "experimental") return z.optional(schema);
  const absent = z.unknown().superRefine((value, context) => {
    if (value !== undefined) context.addIssue({ code: "custom", params: { experimental: true } });
  });
  experimentalSchemas.add(absent);
  return z.optional(absent) as unknown as z.ZodOptional<S>;
}
