import type { Finding } from "../../api/finding.ts";
import type { BackendKey, FilterIR, RuleIR } from "../../routing/ir.ts";
import { type AdviceInput, adviseRule, rulesOf } from "./input.ts";

/** GW3002: backends, but none that takes traffic. */
export function zeroWeights(input: AdviceInput): Finding[] {
  return rulesOf(input.gateways)
    .filter(({ backends, filters }) => backends.length > 0 && !filters.some(({ type }) => type === "RequestRedirect"))
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

/** GW3003: a mirror to a backend that serves the requests itself; GW3009: a mirror of no request. */
export function idleMirrors(input: AdviceInput): Finding[] {
  return rulesOf(input.gateways).flatMap((rule) => {
    const serving = rule.backends.flatMap(({ weight, target }) =>
      weight > 0 && "backend" in target ? [target.backend] : [],
    );
    return [
      ...mirrors(input, rule, rule.filters, "", serving),
      ...rule.backends.flatMap(({ filters, target }, index) =>
        mirrors(input, rule, filters, `.backendRefs[${index}]`, "backend" in target ? [target.backend] : []),
      ),
    ];
  });
}

function mirrors(
  input: AdviceInput,
  rule: RuleIR,
  filters: readonly FilterIR[],
  under: string,
  serving: readonly BackendKey[],
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
    if (!("backend" in filter.target) || !serving.includes(filter.target.backend)) return [];
    const { backend } = filter.target;
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

/** GW3007: one backend, several entries. */
export function repeatedBackends(input: AdviceInput): Finding[] {
  return rulesOf(input.gateways).flatMap((rule) => {
    const first = new Map<BackendKey, number>();
    return rule.backends.flatMap(({ target }, index) => {
      if (!("backend" in target)) return [];
      const before = first.get(target.backend);
      if (before === undefined) {
        first.set(target.backend, index);
        return [];
      }
      return [
        adviseRule(input, rule, {
          code: "GW3007",
          field: `.backendRefs[${index}]`,
          message: `${target.backend} already stands at backendRefs[${before}]; its share is the sum of both weights.`,
          given: target.backend,
        }),
      ];
    });
  });
}
