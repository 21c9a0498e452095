import type { Condition } from "../../../../lib/routing/attach/condition.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Types of conditions that report a problem when they are True. */
const bad: ReadonlySet<string> = new Set([
  "Conflicted",
  "InsecureFrontendValidationMode",
  "OverlappingTLSConfig",
  "PartiallyInvalid",
]);

/**
 * Returns our conditions that report a problem in `now` and did not in `before`, or did for another reason: conditions
 * of the object, of its listeners, of its parents and of its ancestors. Each one becomes an Event.
 */
export function refusedConditions(
  before: unknown,
  now: unknown,
  controllerNames: ReadonlySet<string>,
): readonly Condition[] {
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
