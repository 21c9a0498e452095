import { type ParsedNode, visit } from "yaml";
import type { Finding } from "../../findings/finding.ts";
import { type GatewayParametersSpec, gatewayParametersSpec } from "../kinds/gateway-parameters.ts";
import { compose } from "../parse/compose.ts";
import { toPlain } from "../parse/plain.ts";
import type { ParseProblem } from "../parse/problem.ts";
import { splitStream } from "../parse/split.ts";
import { validateBy } from "./validate.ts";

/** The key in a ConfigMap whose value is the spec of a GatewayParameters as YAML. */
export const parametersKey = "parameters.yaml";

/**
 * The maximum length of the YAML text in characters. All fields together need a tenth of it. The limit matters because
 * a controller parses this text on its own thread, for any tenant who may write a ConfigMap.
 */
export const parametersLength = 16 * 1024;

/** Parses and validates the spec of a GatewayParameters from YAML or JSON. Never throws. */
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

/** Settings do not need aliases, with which a short text can expand to a huge value. */
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

/** Merges settings of a class and a Gateway by field. The Gateway's fields win, and a list is one value. */
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
