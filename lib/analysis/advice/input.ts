import { adviceCodes } from "../../findings/catalog/advice.ts";
import type { Finding } from "../../findings/finding.ts";
import type { RuleIR } from "../../routing/ir.ts";
import type { RoutingObjects } from "../../routing/objects.ts";
import type { RoutedGateway } from "../traffic/model.ts";

/** Advice looks at the Gateways as they are enforced, and at the objects that declare them. */
export interface AdviceInput {
  readonly gateways: readonly RoutedGateway[];
  readonly objects: RoutingObjects;
}

/** Lists every rule once, even if several Gateways enforce it. */
export function rulesOf(gateways: readonly RoutedGateway[]): RuleIR[] {
  const rules = gateways.flatMap(({ ir }) => Object.values(ir.rules));
  return [...new Map(rules.map((rule) => [rule.id, rule])).values()];
}

/** Advice about a field of a rule. */
export interface RuleAdvice {
  readonly code: `GW${number}`;
  /** The rest of the field path, after `spec.rules[n]`. */
  readonly field: string;
  readonly message: string;
  readonly given?: string;
  /** Default: the fix of the code in the catalog. */
  readonly fix?: string;
}

/** Creates a finding about a field of the rule's route. `field` continues the path after `spec.rules[n]`. */
export function adviseRule({ objects }: AdviceInput, rule: RuleIR, advice: RuleAdvice): Finding {
  const { kind, namespace, name } = rule.route;
  const declared = objects.routes.get(`${kind}/${namespace}/${name}`);
  const { code, field, message, given, fix } = advice;
  return {
    code,
    severity: "advice",
    message,
    object: { apiVersion: declared?.object.apiVersion ?? "gateway.networking.k8s.io/v1", kind, namespace, name },
    ...(declared === undefined ? {} : { origin: declared.origin }),
    field: `spec.rules[${rule.index}]${field}`,
    ...(given === undefined ? {} : { given }),
    ...(fix === undefined ? fixOf(code) : { fix }),
  };
}

export function fixOf(code: `GW${number}`): { readonly fix?: string } {
  const fix = adviceCodes[code]?.fix;
  return fix === undefined ? {} : { fix };
}
