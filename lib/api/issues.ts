import { z } from "zod";
import type { Finding } from "./finding.ts";
import { schemaAt } from "./introspection.ts";
import type { Violation } from "./schema.ts";
import { closest } from "./spelling.ts";

/** What zod has to say, as far as it is read here. */
type Issue = z.core.$ZodIssue & { readonly params?: IssueParams };

interface IssueParams {
  readonly violation?: Violation;
  readonly code?: Finding["code"];
  readonly unchecked?: boolean;
  readonly duplicate?: unknown;
  readonly experimental?: boolean;
  readonly maxProperties?: number;
}

type Description = Omit<Finding, "severity" | "field">;

/** Turns the issues of one object into findings; `root` is its schema, `object` what was given. */
export function findingsOf(issues: readonly z.core.$ZodIssue[], root: z.ZodType, object: unknown): Finding[] {
  const findings = issues.flatMap((issue) => explain(issue as Issue, root, object));
  const seen = new Set<string>();
  return findings.filter(({ code, field, message }) => {
    const key = `${code} ${field} ${message}`;
    return !seen.has(key) && seen.add(key);
  });
}

function explain(issue: Issue, root: z.ZodType, object: unknown): Finding[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownField(issue.path, key, root));
  const field = fieldOf(issue.path);
  if (issue.code === "custom" && issue.params?.unchecked === true) {
    const message = "This cannot be checked yet: it depends on a value that becomes known only later.";
    return [{ code: "GW1110", severity: "note", field, message }];
  }
  const given = valueAt(object, issue.path);
  return [{ severity: "error", field, ...describe(issue, given, schemaAt(root, issue.path)) }];
}

function describe(issue: Issue, given: unknown, schema: z.ZodType | undefined): Description {
  const value = given === undefined ? {} : { given: show(given) };
  switch (issue.code) {
    case "invalid_type":
      if (given === undefined)
        return { code: "GW1102", message: "This field is required.", allowed: nounOf(issue.expected), fix: "Add it." };
      return {
        code: "GW1103",
        message: `This field takes ${nounOf(issue.expected)}.`,
        ...value,
        allowed: nounOf(issue.expected),
        fix: "Write a value of that type.",
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
      return { code: "GW1105", message: "The value does not have the form of this field.", ...value, ...form(issue) };
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
      return own(issue.params ?? {}, value);
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
  { violation, code = "GW1103", duplicate, experimental, maxProperties }: IssueParams,
  value: { given?: string },
): Description {
  if (violation !== undefined) {
    const { message, given, allowed, fix } = violation;
    return {
      code,
      message,
      ...(given !== undefined && { given: show(given) }),
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
  if (duplicate !== undefined) {
    return {
      code: "GW1108",
      message: "This entry stands in the list already.",
      given: show(duplicate),
      fix: "Remove one of the two.",
    };
  }
  return { code, message: "The value is not allowed here.", ...value };
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

/** The narrowest limits that the checks of a schema set. */
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

/** What fields with a pattern look like, in words; a pattern that is not listed is shown as it is. */
const forms: readonly (readonly [RegExp, string, string])[] = [
  [
    /^\^\(\\\*\\\.\)\?/,
    "a DNS name in lower case, or one behind *.",
    "Use lower-case letters, digits, dashes and dots.",
  ],
  [
    /^\^\[a-z0-9\]\(\[-a-z0-9\]\*\[a-z0-9\]\)\?\$$/,
    "lower-case letters, digits and inner dashes",
    "Use a DNS label, such as store.",
  ],
  [/^\^\[a-z0-9\].*\\\/\[A-Za-z0-9/, "domain/path, such as example.com/controller", "Put a domain in front."],
  [
    /^\^\[a-z0-9\].*\)\*\$$/,
    "a DNS name: lower-case letters, digits, dashes and dots",
    "Use a name such as my-app.example.",
  ],
  [/^\^\$\|/, "an API group, or the empty string for the core group", "Use a DNS name in lower case."],
  [/^\^\[a-zA-Z\]/, "a kind: letters, digits and inner dashes", "Write the kind as in its manifests, such as Service."],
  [
    /\(h\|m\|s\|ms\)/,
    "a duration such as 500ms, 10s or 1m30s (GEP-2257)",
    "Write one to four numbers with the units h, m, s, ms.",
  ],
];

function form(issue: z.core.$ZodIssueInvalidStringFormat): { allowed?: string; fix: string } {
  const pattern = issue.pattern?.replace(/^\/|\/[a-z]*$/g, "") ?? "";
  const known = forms.find(([shape]) => shape.test(pattern));
  if (known !== undefined) return { allowed: known[1], fix: known[2] };
  return pattern === ""
    ? { fix: "Correct the value." }
    : { allowed: `what matches ${pattern}`, fix: "Correct the value." };
}

function unknownField(path: readonly PropertyKey[], key: string, root: z.ZodType): Finding {
  const schema = schemaAt(root, path);
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape as object) : [];
  return {
    code: "GW1101",
    severity: "error",
    field: fieldOf([...path, key]),
    message: `There is no field ${key} here.`,
    ...(known.length > 0 && { allowed: known.join(", ") }),
    fix: suggestion(key, known) ?? "Remove it; the API server would drop it or refuse the object.",
  };
}

function suggestion(given: string, candidates: readonly string[]): string | undefined {
  const close = closest(given, candidates);
  return close === undefined ? undefined : `Did you mean ${close}?`;
}

/** `spec.rules[0].name`; keys that are no identifiers in brackets. */
export function fieldOf(path: readonly PropertyKey[]): string {
  let field = "";
  for (const step of path) {
    if (typeof step === "number") field += `[${step}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(String(step))) field += field === "" ? String(step) : `.${String(step)}`;
    else field += `[${JSON.stringify(String(step))}]`;
  }
  return field;
}

function valueAt(object: unknown, path: readonly PropertyKey[]): unknown {
  let at = object;
  for (const step of path) at = (at as Record<PropertyKey, unknown> | null | undefined)?.[step];
  return at;
}

const longest = 120;

function show(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
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
