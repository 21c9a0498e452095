import { type ParsedNode, visit } from "yaml";
import type { Finding } from "../../findings/finding.ts";
import { type GatewayParametersSpec, gatewayParametersSpec } from "../kinds/gateway-parameters.ts";
import { compose } from "../parse/compose.ts";
import { toPlain } from "../parse/plain.ts";
import type { ParseProblem } from "../parse/problem.ts";
import { splitStream } from "../parse/split.ts";
import { validateBy } from "./validate.ts";

/** The key of a ConfigMap that holds settings of proxies: the spec of a GatewayParameters, as YAML. */
export const parametersKey = "parameters.yaml";

/**
 * Characters that settings may have. All fields together need a tenth of it, and the text is read on the thread of a
 * cluster's controller, for every tenant that may write a ConfigMap.
 */
export const parametersLength = 16 * 1024;

/** Reads the spec of a GatewayParameters from YAML or JSON, or says what is wrong with the text. Never throws. */
export function readParameters(text: string): {
  readonly spec?: GatewayParametersSpec;
  readonly findings: readonly Finding[];
} {
  const read = settingsOf(text);
  if ("problem" in read) {
    const { offset: _, ...problem } = read.problem;
    return { findings: [{ ...problem, severity: "error" }] };
  }
  const { value: spec, findings } = validateBy(read.value ?? {}, gatewayParametersSpec());
  return { ...(spec !== undefined && { spec: spec as GatewayParametersSpec }), findings };
}

function settingsOf(text: string): { readonly value: unknown } | { readonly problem: ParseProblem } {
  if (text.length > parametersLength) return { problem: tooLong(text) };
  if ([...splitStream(text)].length > 1) return { problem: unsuitable("The settings are more than one document") };
  const composed = compose(text);
  if ("problem" in composed) return composed;
  if (hasAlias(composed.root)) return { problem: unsuitable("The settings hold an alias") };
  const { value, problems } = toPlain(composed.root);
  const [problem] = problems;
  return problem === undefined ? { value } : { problem };
}

/** Settings have no use for aliases, which can make little text into much. */
function hasAlias(root: ParsedNode | null): boolean {
  let found = false;
  visit(root, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function unsuitable(message: string): ParseProblem {
  return { code: "GW1001", message, offset: 0, allowed: "one YAML or JSON document with values written out" };
}

function tooLong({ length }: string): ParseProblem {
  return {
    code: "GW1002",
    message: "The settings are too long to be read",
    offset: 0,
    given: `${length} characters`,
    allowed: `at most ${parametersLength} characters`,
    fix: "Keep settings of proxies alone under this key.",
  };
}

/** Settings of a class with those of a Gateway over them, field by field; a list is one value. */
export function mergeParameters(
  ofClass: GatewayParametersSpec | undefined,
  ofGateway: GatewayParametersSpec | undefined,
): GatewayParametersSpec {
  return merged(ofClass ?? {}, ofGateway ?? {}) as GatewayParametersSpec;
}

function merged(under: unknown, over: unknown): unknown {
  if (over === undefined) return under;
  if (!isMapping(under) || !isMapping(over)) return over;
  const names = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries([...names].map((name) => [name, merged(under[name], over[name])]));
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
