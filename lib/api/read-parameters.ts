import { parse } from "yaml";
import type { Finding } from "./finding.ts";
import { type GatewayParametersSpec, gatewayParametersSpec } from "./gateway-parameters.ts";
import { validateBy } from "./validate.ts";

/** The key of a ConfigMap that holds settings of proxies: the spec of a GatewayParameters, as YAML. */
export const parametersKey = "parameters.yaml";

/** The spec of a GatewayParameters from YAML or JSON, or what is wrong with it. Never throws. */
export function readParameters(text: string): {
  readonly spec?: GatewayParametersSpec;
  readonly findings: readonly Finding[];
} {
  let value: unknown;
  try {
    // Settings have no use for aliases, which can make little text into much.
    value = parse(text, { maxAliasCount: 0, prettyErrors: false, logLevel: "error" });
  } catch (error) {
    const message = `It is not YAML: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
    return { findings: [{ code: "GW1001", severity: "error", message }] };
  }
  const { value: spec, findings } = validateBy(value ?? {}, gatewayParametersSpec());
  return { ...(spec !== undefined && { spec: spec as GatewayParametersSpec }), findings };
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
