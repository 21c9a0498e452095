import type { Condition } from "../../../../lib/routing/attach/condition.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Conditions whose truth is the bad news. */
const bad: ReadonlySet<string> = new Set([
  "Conflicted",
  "InsecureFrontendValidationMode",
  "OverlappingTLSConfig",
  "PartiallyInvalid",
]);

/**
 * The conditions of ours that say no in `now` and did not, or for another reason, in `before`: of the object, of its
 * listeners, of its parents or ancestors. For Events.
 */
export function refusals(before: unknown, now: unknown, controllerNames: ReadonlySet<string>): readonly Condition[] {
  const known = new Set(conditionsIn(before, controllerNames).map(identity));
  return conditionsIn(now, controllerNames).filter((condition) => saysNo(condition) && !known.has(identity(condition)));
}

function conditionsIn(status: unknown, controllerNames: ReadonlySet<string>): readonly Condition[] {
  const { conditions, listeners, parents, ancestors } = fieldsOf(status);
  const entries = [...listOf(parents), ...listOf(ancestors)].filter(({ controllerName }) =>
    controllerNames.has(String(controllerName)),
  );
  const nested = [...listOf(listeners), ...entries].flatMap((entry) => listOf(entry.conditions));
  return [...listOf(conditions), ...nested] as unknown as readonly Condition[];
}

function saysNo({ type, status }: Condition): boolean {
  return status === (bad.has(type) ? "True" : "False");
}

function identity({ type, status, reason, message }: Condition): string {
  return [type, status, reason, message].join("\n");
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "object" && each !== null) : [];
}
