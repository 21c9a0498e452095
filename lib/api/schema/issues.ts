import type { z } from "zod";
import type { Finding } from "../../findings/finding.ts";
import { isLate } from "../declared/late.ts";
import { notShown } from "../kinds/credentials.ts";
import { fieldOf, isCredentialAt, shorten, show, valueAt } from "./field-path.ts";
import type { Path } from "./input.ts";
import { bare, fieldsOf, isLateLeaf, isStrict, schemaAt } from "./introspection.ts";
import { form } from "./patterns.ts";
import { isExperimentalPlaceholder, type Violation } from "./schema.ts";
import { closest } from "./spelling.ts";

/** The part of a zod issue that this module reads. */
type Issue = z.core.$ZodIssue & { readonly params?: IssueParams };

interface IssueParams {
  readonly violation?: Violation;
  readonly code?: Finding["code"];
  readonly unchecked?: boolean;
  readonly duplicate?: unknown;
  readonly experimental?: boolean;
  readonly maxProperties?: number;
  readonly minProperties?: number;
}

type Description = Omit<Finding, "severity" | "field">;

/** Returns the paths of late values at which the schema does not allow late values. */
export function misplacedLateValues(late: readonly Path[], root: z.ZodType): readonly Path[] {
  return late.filter((path) => !isLateLeaf(root, path));
}

/** Returns issues for null fields that the schema does not have, since the API server rejects these too. */
export function unknownNulls(nulls: readonly Path[], root: z.ZodType): readonly z.core.$ZodIssue[] {
  return nulls.flatMap((path): z.core.$ZodIssue[] => {
    const key = String(path.at(-1));
    const above = path.slice(0, -1);
    const parent = schemaAt(root, above);
    if (!isStrict(parent)) return [];
    const field = Object.hasOwn(parent.shape, key) ? (parent.shape[key] as z.ZodType) : undefined;
    if (field === undefined) return [{ code: "unrecognized_keys", keys: [key], path: [...above], message: "" }];
    if (!isExperimentalPlaceholder(bare(field))) return [];
    return [{ code: "custom", path: [...path], message: "", params: { experimental: true } }];
  });
}

/**
 * Converts the issues of an object to findings. `root` is the object's schema, and `object` the given value.
 * `misplaced` lists late values where they are not allowed, about which only that is reported.
 */
export function findingsOf(
  issues: readonly z.core.$ZodIssue[],
  root: z.ZodType,
  object: unknown,
  misplaced: readonly Path[] = [],
): Finding[] {
  const within = (path: readonly PropertyKey[]) =>
    misplaced.some((late) => late.length <= path.length && late.every((step, i) => step === path[i]));
  const findings = [
    ...misplaced.map(misplacedLateValue),
    ...issues.filter(({ path }) => !within(path)).flatMap((issue) => explain(issue as Issue, root, object)),
  ];
  const ruled = new Set(findings.filter(({ code }) => code.startsWith("GW12")).map(({ field }) => field));
  const mistyped = new Set(findings.filter(({ code }) => code === "GW1103").map(({ field }) => field));
  const seen = new Set<string>();
  return findings.filter(({ code, field, message }) => {
    // A rule's message is more specific than the message about the same field's pattern or list key.
    if ((code === "GW1105" || code === "GW1108") && ruled.has(field)) return false;
    // zod checks the length of any value that has one, such as a list instead of a string.
    if (code === "GW1107" && mistyped.has(field)) return false;
    const key = `${code} ${field} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

function misplacedLateValue(path: Path): Finding {
  return {
    code: "GW1103",
    severity: "error",
    field: fieldOf(path),
    message: "This field cannot take a value that becomes known only later.",
    allowed: "late values for names, namespaces, ports, hostnames and weights",
    fix: "Write a value that is known when the program runs.",
  };
}

function explain(issue: Issue, root: z.ZodType, object: unknown): Finding[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownField(issue.path, key, root));
  const field = fieldOf(issue.path);
  if (issue.code === "custom" && issue.params?.unchecked === true) {
    const message = "This cannot be checked yet: it depends on a value that becomes known only later.";
    return [{ code: "GW1110", severity: "note", field, message }];
  }
  const given = valueAt(object, issue.path);
  const description = describe(issue, given, schemaAt(root, issue.path));
  const hidden = description.given !== undefined && isCredentialAt(object, issue.path) ? { given: notShown } : {};
  return [{ severity: "error", field, ...description, ...hidden }];
}

function describe(issue: Issue, given: unknown, schema: z.ZodType | undefined): Description {
  const shown = show(given);
  const value = shown === undefined ? {} : { given: shown };
  switch (issue.code) {
    case "invalid_type":
      if (given === undefined)
        return { code: "GW1102", message: "This field is required.", allowed: nounOf(issue.expected), fix: "Add it." };
      return {
        code: "GW1103",
        message: `This field takes ${nounOf(issue.expected)}.`,
        ...value,
        allowed: nounOf(issue.expected),
        fix: quotes(issue.expected, given) ?? "Write a value of that type.",
      };
    case "invalid_value": {
      const allowed = issue.values.map(String).join(", ");
      if (given === undefined) return { code: "GW1102", message: "This field is required.", allowed, fix: "Add it." };
      return {
        code: "GW1104",
        message: "The value is none of those allowed.",
        ...value,
        allowed,
        fix: suggestion(String(given), issue.values.map(String)) ?? "Use one of those.",
      };
    }
    case "invalid_format":
      return {
        code: "GW1105",
        message: "The value does not have the form of this field.",
        ...value,
        ...form(issue, given),
      };
    case "too_small":
    case "too_big":
      return outOfRange(issue, value, schema);
    case "invalid_key":
      return {
        code: "GW1105",
        message: "The key does not have the form of this map's keys.",
        ...value,
        fix: "Rename the key.",
      };
    case "custom":
      return own(issue.params ?? {}, given);
    default:
      return {
        code: "GW1103",
        message: "The value has none of the types that this field takes.",
        ...value,
        fix: "Write a value of another type.",
      };
  }
}

function own(
  { violation, code = "GW1103", duplicate, experimental, maxProperties, minProperties }: IssueParams,
  value: unknown,
): Description {
  if (violation !== undefined) {
    const {
      message,
      given = typeof value === "object" && !isLate(value) ? undefined : value,
      allowed,
      fix,
    } = violation;
    const shown = show(given);
    return {
      code,
      message,
      ...(shown !== undefined && { given: shown }),
      ...(allowed !== undefined && { allowed }),
      fix,
    };
  }
  if (experimental === true) {
    return {
      code: "GW1109",
      message: "This field is of the experimental channel.",
      fix: "Ask for it with --channel experimental where the cluster has those CRDs, or remove it.",
    };
  }
  if (maxProperties !== undefined) {
    return {
      code: "GW1107",
      message: "The map has too many entries.",
      allowed: `at most ${maxProperties}`,
      fix: "Remove some.",
    };
  }
  if (minProperties !== undefined) {
    return {
      code: "GW1107",
      message: "The mapping has too few entries.",
      allowed: `at least ${minProperties}`,
      fix: "Add one.",
    };
  }
  if (duplicate !== undefined) {
    return {
      code: "GW1108",
      message: "This entry stands in the list already.",
      given: show(duplicate) ?? "",
      fix: "Remove one of the two.",
    };
  }
  return { code, message: "The value is not allowed here.", fix: "Correct the value." };
}

function outOfRange(
  issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall,
  value: { given?: string },
  schema: z.ZodType | undefined,
): Description {
  const limits = limitsOf(schema, issue);
  if (issue.origin === "array" || issue.origin === "set") {
    const what = issue.code === "too_big" ? "many" : "few";
    return {
      code: "GW1107",
      message: `The list has too ${what} items.`,
      allowed: `${limits} items`,
      fix: issue.code === "too_big" ? "Remove some, or spread them over several objects." : "Add some.",
    };
  }
  if (issue.origin === "string") {
    const what = issue.code === "too_big" ? "long" : "short";
    return {
      code: "GW1107",
      message: `The value is too ${what}.`,
      ...value,
      allowed: `${limits} characters`,
      fix: issue.code === "too_big" ? "Shorten it." : "Write a longer one.",
    };
  }
  return {
    code: "GW1106",
    message: "The number is out of range.",
    ...value,
    allowed: limits,
    fix: "Use a number in that range.",
  };
}

function limitsOf(schema: z.ZodType | undefined, issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  const { minimum, maximum } = boundsOf(schema);
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return issue.code === "too_big" ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
}

interface Bounds {
  minimum?: number;
  maximum?: number;
}

/** Returns the narrowest limits among a schema's checks. */
function boundsOf(schema: z.ZodType | undefined): Bounds {
  const bounds: Bounds = {};
  for (const check of schema?.def.checks ?? []) {
    const { def } = check._zod as { def: { check: string; value?: number; minimum?: number; maximum?: number } };
    if (def.check === "greater_than") bounds.minimum = def.value;
    else if (def.check === "less_than") bounds.maximum = def.value;
    else if (def.check === "min_length") bounds.minimum = def.minimum;
    else if (def.check === "max_length") bounds.maximum = def.maximum;
  }
  return bounds;
}

function unknownField(path: readonly PropertyKey[], key: string, root: z.ZodType): Finding {
  const known = fieldsOf(schemaAt(root, path));
  return {
    code: "GW1101",
    severity: "error",
    field: fieldOf([...path, key]),
    message: `There is no field ${shorten(key)} here.`,
    ...(known.length > 0 && { allowed: known.join(", ") }),
    fix: suggestion(key, known) ?? "Remove it; the API server would drop it or refuse the object.",
  };
}

/** This exceeds all names in the API. A longer text resembles none of them, and comparing it would take time. */
const longestName = 64;

function suggestion(given: string, candidates: readonly string[]): string | undefined {
  const close = given.length > longestName ? undefined : closest(given, candidates);
  return close === undefined ? undefined : `Did you mean ${close}?`;
}

/** Suggests quotes if the value is right except for them. The text omits the value, which may belong to a Secret. */
function quotes(expected: string, given: unknown): string | undefined {
  if (expected === "string" && (typeof given === "number" || typeof given === "boolean")) return "Write it in quotes.";
  if (typeof given !== "string" || given.trim() === "") return undefined;
  const isMeant = expected === "boolean" ? /^(true|false)$/.test(given) : Number.isFinite(Number(given));
  return isMeant && expected !== "array" && expected !== "object" ? "Write it without quotes." : undefined;
}

const nouns: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  int32: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
  record: "a mapping",
};

function nounOf(expected: string): string {
  return nouns[expected] ?? expected;
}
