import type { Finding } from "../../findings/finding.ts";
import type { FilterIR, RuleIR, TargetIR } from "../../routing/ir.ts";
import { isOpaqueFilter, reachedBy } from "../../routing/opaque-values.ts";
import { type AdviceInput, adviseRule, rulesOf } from "./input.ts";

/** GW3002: every backend of a rule has weight 0. Rules with a filter that may answer by itself are exempt. */
export function zeroWeights(input: AdviceInput): Finding[] {
  const answers = (filter: FilterIR) => filter.type === "RequestRedirect" || isOpaqueFilter(filter);
  return rulesOf(input.gateways)
    .filter(({ backends, filters }) => backends.length > 0 && !filters.some(answers))
    .filter(({ backends }) => backends.every(({ weight }) => weight === 0))
    .map((rule) =>
      adviseRule(input, rule, {
        code: "GW3002",
        field: ".backendRefs",
        message: "The weights of all backends are 0, so every request that matches is answered 500.",
        given: rule.backends.map(({ weight }) => `weight: ${weight}`).join(", "),
      }),
    );
}

/** GW3003: a mirror to a backend that also serves the requests. GW3009: a mirror with a share of 0. */
export function idleMirrors(input: AdviceInput): Finding[] {
  return rulesOf(input.gateways).flatMap((rule) => {
    const serving = rule.backends.flatMap(({ weight, target }) => (weight > 0 ? namesOf(target) : []));
    return [
      ...mirrors(input, rule, rule.filters, "", serving),
      ...rule.backends.flatMap(({ filters, target }, index) =>
        mirrors(input, rule, filters, `.backendRefs[${index}]`, namesOf(target)),
      ),
    ];
  });
}

function namesOf(target: TargetIR): readonly string[] {
  const name = reachedBy(target);
  return name === undefined ? [] : [name];
}

function mirrors(
  input: AdviceInput,
  rule: RuleIR,
  filters: readonly FilterIR[],
  under: string,
  serving: readonly string[],
): Finding[] {
  return filters.flatMap((filter, index) => {
    if (filter.type !== "RequestMirror") return [];
    const field = `${under}.filters[${index}].requestMirror`;
    if (filter.numerator === 0) {
      return [
        adviseRule(input, rule, {
          code: "GW3009",
          field,
          message: "The share to mirror is 0, so no request is mirrored.",
        }),
      ];
    }
    const backend = reachedBy(filter.target);
    if (backend === undefined || !serving.includes(backend)) return [];
    return [
      adviseRule(input, rule, {
        code: "GW3003",
        field: `${field}.backendRef`,
        message: `Requests are mirrored to ${backend}, which serves the same requests and so gets some of them twice.`,
        given: backend,
      }),
    ];
  });
}

/** GW3007: one backend appears in several entries of `backendRefs`. */
export function repeatedBackends(input: AdviceInput): Finding[] {
  return rulesOf(input.gateways).flatMap((rule) => {
    const first = new Map<string, number>();
    return rule.backends.flatMap(({ target }, index) => {
      const backend = reachedBy(target);
      if (backend === undefined) return [];
      const before = first.get(backend);
      if (before === undefined) {
        first.set(backend, index);
        return [];
      }
      return [
        adviseRule(input, rule, {
          code: "GW3007",
          field: `.backendRefs[${index}]`,
          message: `${backend} already stands at backendRefs[${before}]; its share is the sum of both weights.`,
          given: backend,
        }),
      ];
    });
  });
}
