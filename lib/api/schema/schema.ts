import { z } from "zod";
import { isLate, type Late } from "../declared/late.ts";

/** The channel of the CRDs: `experimental` has more fields and kinds, without a promise of stability. */
export type Channel = "standard" | "experimental";

/**
 * One `x-kubernetes-validations` rule of the CRDs. `cel` is the CRD's expression, or `oneOf` and its JSON, by which a
 * test finds rules that have no counterpart here; `violations` has its meaning.
 */
export interface Rule<T> {
  readonly code: `GW${number}`;
  readonly cel: string;
  /** Present where only one channel has the rule. */
  readonly channel?: Channel;
  violations(self: T): readonly Violation[];
}

/**
 * The transition rule of a field that nothing may change once the object exists. It compares with the object in the
 * cluster, which a declaration alone does not have: see transitions.ts.
 */
export const immutable = (code: `GW${number}`): Rule<string> => ({
  code,
  cel: "self == oldSelf",
  violations: () => [],
});

/** Where below the rule's own field, and what to say about it. */
export interface Violation {
  readonly path?: readonly (string | number)[];
  readonly message: string;
  readonly given?: unknown;
  readonly allowed?: string;
  readonly fix: string;
}

/** A rule read a value that becomes known later; `path` leads to it from the rule's own field. */
export class LateRead extends Error {
  readonly path: readonly (string | number)[];

  constructor(path: readonly (string | number)[]) {
    super("the value is not known yet");
    this.path = path;
  }
}

/**
 * The `maxLength` of a CRD, for `z.string().check(…)`. The API server counts code points (RuneCountInString of
 * kube-openapi), where `max` of zod counts UTF-16 units.
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

/** The rules registered on a schema, for the test that compares them with the CRDs. */
export function rulesOf(schema: z.ZodType): readonly Rule<never>[] {
  return rulesBySchema.get(schema) ?? [];
}

/** The keys that make the items of a list unique (`x-kubernetes-list-map-keys`); empty for a set. */
export function listKeysOf(schema: z.ZodType): readonly string[] | undefined {
  return mapKeys.get(schema);
}

/** Whether the schema stands for a field that the standard channel does not have. */
export function isExperimentalPlaceholder(schema: z.ZodType): boolean {
  return experimentalSchemas.has(schema);
}

/** Adds the CRD's rules to a schema. They run only where the value itself is structurally valid, as in the API server. */
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

/** What happens when a rule reads a late value: nothing is late, a note, or nothing. */
type Guard = "off" | "note" | "ignore";

let guard: Guard = "off";

/** Runs a validation in which rules that read late values are noted, or left out without a word. */
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
 * The value as rules see it: to read a late value throws, to ask with `in` whether a field is there does not. Zod hands
 * over copies of its own, which are not frozen, so that a proxy may answer with another value.
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

/** A leaf at which a value may be known only later. */
export function late<T extends string | number>(schema: z.ZodType<T>): z.ZodType<T, Late<T>> {
  const leaf = z.custom<T>().superRefine((value, context) => {
    if (isLate(value)) return;
    const outcome = schema.safeParse(value);
    if (outcome.success) return;
    // A value of the wrong type ends its checks, so that no rule above meets it; one out of its limits does not.
    for (const issue of outcome.error.issues)
      context.addIssue({ ...issue, continue: issue.code !== "invalid_type" } as never);
  });
  innerSchemas.set(leaf, schema);
  return leaf as unknown as z.ZodType<T, Late<T>>;
}

const innerSchemas = new WeakMap<z.ZodType, z.ZodType>();

/** The schema of the value that a late leaf has once it is known; undefined for other schemas. */
export function knownForm(schema: z.ZodType): z.ZodType | undefined {
  return innerSchemas.get(schema);
}

interface Limits {
  readonly min?: number;
  readonly max?: number;
}

/**
 * A list in which order counts (`x-kubernetes-list-type: atomic`). The rules on a list that is too long are not run, as
 * in the API server: they may cost the square of its length.
 */
export function list<S extends z.ZodType>(item: S, { min, max }: Limits) {
  let schema = z.array(item);
  if (min !== undefined) schema = schema.min(min);
  if (max !== undefined) schema = schema.max(max, { abort: true });
  return schema;
}

/** A list whose items differ by `keys` (`x-kubernetes-list-map-keys`). */
export function listMap<S extends z.ZodType>(item: S, keys: readonly [string, ...string[]], limits: Limits) {
  const [first, ...more] = keys;
  const memberOf = (one: unknown, key: string) => (one as Readonly<Record<string, unknown>>)[key];
  const keyOf = (one: unknown) =>
    more.length === 0 ? memberOf(one, first) : keys.map((key) => JSON.stringify(memberOf(one, key))).join(" ");
  return distinct(list(item, limits), keys, keyOf);
}

/** A list whose items differ (`x-kubernetes-list-type: set`). */
export function listSet<S extends z.ZodType>(item: S, limits: Limits) {
  return distinct(list(item, limits), [], (one) => one);
}

function distinct<S extends z.ZodArray>(schema: S, keys: readonly string[], keyOf: (item: unknown) => unknown): S {
  const checked = schema.superRefine((items, context) => {
    const times = new Map<unknown, number>();
    for (const [i, item] of items.entries()) {
      const key = keyOf(item);
      const before = times.get(key) ?? 0;
      // The API server names each duplicate once, however often it stands in the list.
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

/** A field that only the experimental channel has; in the standard one its presence is a finding of its own. */
export function experimental<S extends z.ZodType>(channel: Channel, schema: S): z.ZodOptional<S> {
  if (channel === "experimental") return z.optional(schema);
  const absent = z.unknown().superRefine((value, context) => {
    if (value !== undefined) context.addIssue({ code: "custom", params: { experimental: true } });
  });
  experimentalSchemas.add(absent);
  return z.optional(absent) as unknown as z.ZodOptional<S>;
}
