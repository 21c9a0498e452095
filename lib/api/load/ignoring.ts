import type { Finding, ObjectReference, Origin } from "../../findings/finding.ts";
import type { Declared } from "../declared/declared.ts";

/** A rule that accepts findings with a certain code. */
export interface IgnoreRule {
  /** The code of the findings, such as `GW2413`. */
  readonly code: string;
  /**
   * The object of the findings by kind, namespace and name, as in messages: `HTTPRoute store/acme-store` or
   * `GatewayClass external`. `*` matches any text, as in `HTTPRoute store/*`. Absent: findings about any object, or
   * about none.
   */
  readonly object?: string;
  /** The reason why the findings are accepted. Required and not empty. */
  readonly reason: string;
}

/** A rule with the place where it is written. */
export interface PlacedIgnoreRule extends IgnoreRule {
  readonly origin?: Origin;
}

/** The valid rules, and findings about invalid ones (GW1038). */
export interface IgnoreRulesRead {
  readonly ignores: readonly PlacedIgnoreRule[];
  readonly findings: readonly Finding[];
}

/** The annotation that ignores findings about its object: `GW2413: reason`, one rule per line. */
export const ignoreAnnotation = "gatewright.dev/ignore";

/** Unreadable input cannot be checked, and an invalid rule cannot ignore itself. */
const neverIgnored: readonly string[] = [
  "GW1001",
  "GW1002",
  "GW1003",
  "GW1004",
  "GW1007",
  "GW1008",
  "GW1038",
  "GW1039",
];

/** Describes the problem with a rule in a few words. The result is undefined if the rule is valid. */
export function ignoreProblem(rule: unknown): string | undefined {
  if (typeof rule !== "object" || rule === null || Array.isArray(rule)) return "a rule is a mapping";
  const { code, object, reason, ...others } = rule as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(others).filter((key) => key !== "origin");
  if (unknown !== undefined) return `a rule has no field ${unknown}`;
  if (typeof code !== "string" || !/^GW\d{4}$/.test(code))
    return `the code is ${JSON.stringify(code)}, not GW and four digits`;
  if (neverIgnored.includes(code)) return `${code} cannot be ignored: what it is about cannot be read`;
  if (typeof reason !== "string" || reason.trim() === "") return "the reason is missing";
  if (object === undefined) return undefined;
  if (typeof object === "string" && /^\S+ \S+$/.test(object)) return undefined;
  return `the object is ${JSON.stringify(object)}, not KIND NAMESPACE/NAME`;
}

/** Validates rules. Each invalid rule becomes a finding (GW1038). */
export function readIgnores(rules: readonly unknown[], origin: Origin | undefined): IgnoreRulesRead {
  const ignores: PlacedIgnoreRule[] = [];
  const findings: Finding[] = [];
  const placed = origin === undefined ? {} : { origin };
  for (const rule of rules) {
    const problem = ignoreProblem(rule);
    if (problem === undefined) ignores.push({ ...(rule as IgnoreRule), ...placed });
    else findings.push({ ...unusableRule(problem), ...placed });
  }
  return { ignores, findings };
}

export function unusableRule(problem: string): Finding {
  return {
    code: "GW1038",
    severity: "error",
    message: `An ignore rule cannot be used: ${problem}.`,
    allowed: "code: GW and four digits; object (may be left out): KIND NAMESPACE/NAME; reason: a text",
    fix: "Complete the rule.",
  };
}

/** Parses a rule from the text `CODE[@KIND NAMESPACE/NAME]=REASON`. The result is undefined for any other text. */
export function ignoreFromText(text: string): IgnoreRule | undefined {
  const [, code = "", object, reason = ""] = /^([^@=]*)(?:@([^=]*))?=(.*)$/s.exec(text) ?? [];
  const rule = { code: code.trim(), reason: reason.trim(), ...(object === undefined ? {} : { object: object.trim() }) };
  return ignoreProblem(rule) === undefined ? rule : undefined;
}

/** Reads the rules in the annotation {@link ignoreAnnotation} of objects. */
export function annotatedIgnores(declared: readonly Declared[]): IgnoreRulesRead {
  const read = declared.map(({ object, origin }): IgnoreRulesRead => {
    const { kind, apiVersion, metadata } = object;
    const text: unknown = metadata.annotations?.[ignoreAnnotation];
    if (typeof text !== "string") return { ignores: [], findings: [] };
    const { namespace, name } = metadata;
    const own = { kind, ...(namespace === undefined ? {} : { namespace }), name };
    const entries = text.split(/\r?\n|;(?=\s*GW\d)/).filter((entry) => entry.trim() !== "");
    const rules = entries.map((entry) => {
      const [, code = "", reason = ""] = /^([^:]*):(.*)$/s.exec(entry) ?? ["", entry.trim()];
      return { code: code.trim(), reason: reason.trim(), object: nameOf(own) };
    });
    const { ignores, findings } = readIgnores(rules, origin);
    const reference: ObjectReference = { apiVersion, ...own };
    const field = `metadata.annotations["${ignoreAnnotation}"]`;
    return {
      ignores,
      findings: findings.map((finding) => ({ ...finding, object: reference, field, ...annotationTexts })),
    };
  });
  return { ignores: read.flatMap(({ ignores }) => ignores), findings: read.flatMap(({ findings }) => findings) };
}

const annotationTexts = {
  allowed: "GW and four digits, a colon and a reason; one rule a line",
  fix: 'Write the annotation as in "GW2413: The Service is deployed by another team".',
};

/** Applies rules: the severity of a matching finding becomes `ignored`, and it gets the rule's reason. */
export function withIgnored(findings: readonly Finding[], ignores: readonly IgnoreRule[]): Finding[] {
  if (ignores.length === 0) return [...findings];
  const byCode = Map.groupBy(ignores, ({ code }) => code);
  return findings.map((finding) => {
    const rule = byCode.get(finding.code)?.find((candidate) => concerns(candidate, finding));
    if (rule === undefined || finding.severity === "ignored") return finding;
    return { ...finding, severity: "ignored", ignored: { severity: finding.severity, reason: rule.reason } };
  });
}

/**
 * Reports rules that match no finding (GW1039).
 *
 * @param findings all findings, including the ignored ones.
 */
export function unusedIgnores(findings: readonly Finding[], ignores: readonly PlacedIgnoreRule[]): Finding[] {
  return ignores
    .filter((rule) => !findings.some((finding) => finding.severity === "ignored" && concerns(rule, finding)))
    .map(({ code, object, reason, origin }) => ({
      code: "GW1039",
      severity: "note",
      message: `Nothing is found that is to be ignored: ${code}${object === undefined ? "" : ` of ${object}`}.`,
      ...(origin === undefined ? {} : { origin }),
      given: reason,
      fix: "Remove the rule.",
    }));
}

function concerns({ code, object }: IgnoreRule, finding: Finding): boolean {
  if (finding.code !== code) return false;
  if (object === undefined) return true;
  return finding.object !== undefined && matches(object, nameOf(finding.object));
}

/** An object's name such as `HTTPRoute store/acme-store`. The namespace `default` is left out. */
function nameOf({ kind, namespace, name }: Omit<ObjectReference, "apiVersion">): string {
  return `${kind} ${namespace === undefined || namespace === "default" ? "" : `${namespace}/`}${name}`;
}

function matches(pattern: string, name: string): boolean {
  const wanted = pattern.replace(/ default\//, " ");
  if (!wanted.includes("*")) return wanted === name;
  const source = wanted.split("*").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`).test(name);
}
