import type { ListenerAttachment } from "./attachment.ts";
import type { ConditionProblem, ConditionWriter } from "./condition.ts";
import { intersectHostnames } from "./hostnames.ts";

/**
 * Marks HTTPS listeners of one Gateway and its ListenerSets whose hostnames overlap on one port (condition
 * OverlappingTLSConfig, GEP-3567). The condition is set only where it is True.
 */
export function markOverlaps(
  listeners: readonly ListenerAttachment[],
  all: readonly ListenerAttachment[],
  conditions: ConditionWriter,
): readonly ListenerAttachment[] {
  return listeners.map((listener) => {
    const others = all.filter((other) => overlap(listener, other));
    if (others.length === 0) return listener;
    const problem = overlapping(listener, others);
    return {
      ...listener,
      conditions: [...listener.conditions, conditions.bad("OverlappingTLSConfig", [problem])],
      problems: [...listener.problems, problem],
    };
  });
}

function overlap(a: ListenerAttachment, b: ListenerAttachment): boolean {
  if (a.key === b.key || !a.accepted || !b.accepted) return false;
  if (a.spec.protocol !== "HTTPS" || b.spec.protocol !== "HTTPS" || a.spec.port !== b.spec.port) return false;
  return intersectHostnames(a.spec.hostname || "*", b.spec.hostname || "*") !== undefined;
}

function overlapping(listener: ListenerAttachment, others: readonly ListenerAttachment[]): ConditionProblem {
  // The owner of a ListenerSet must not learn the listener names of other owners.
  const near = others.filter(({ parent }) => parent === listener.parent);
  const names = near.map(({ spec }) => `listener ${spec.name}`);
  const rest = others.length - near.length;
  if (rest > 0) names.push(`${rest} of other objects`);
  return {
    code: "GW2212",
    field: `spec.listeners[${listener.index}].hostname`,
    message: `On port ${listener.spec.port} the hostname overlaps with that of ${names.join(", ")}.`,
    given: listener.spec.hostname || "every hostname",
    severity: "advice",
  };
}
