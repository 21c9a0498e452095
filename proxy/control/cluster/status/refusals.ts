import type { Condition } from "../../../../lib/routing/attach/condition.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * The conditions of ours that are False in `now` and were not, or for another reason, in `before`: of the object, of its
 * listeners, of its parents or ancestors. For Events.
 */
export function refusals(before: unknown, now: unknown, controllerNames: ReadonlySet<string>): readonly Condition[] {
  const known = new Set(conditionsIn(before, controllerNames).map(identity));
  return conditionsIn(now, controllerNames).filter(
    (condition) => condition.status === "False" && !known.has(identity(condition)),
  );
}

function conditionsIn(status: unknown, controllerNames: ReadonlySet<string>): readonly Condition[] {
  const { conditions, listeners, parents, ancestors } = fieldsOf(status);
  const entries = [...listOf(parents), ...listOf(ancestors)].filter(({ controllerName }) =>
    controllerNames.has(String(controllerName)),
  );
  const nested = [...listOf(listeners), ...entries].flatMap((entry) => listOf(entry.conditions));
  // A condition that says True of what is bad, such as Conflicted, has its counterpart that is False.
  return [...listOf(conditions), ...nested] as unknown as readonly Condition[];
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
