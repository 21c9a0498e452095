import { limitedMessage } from "../../../../lib/printing/limited.ts";
import type { Condition } from "../../../../lib/routing/attach/condition.ts";

/** In bytes. The API server refuses a status with a `message` of more than 32,768 characters (meta/v1). */
const longestMessage = 32_768;

/** As the API server has it. */
export interface StoredCondition extends Condition {
  /** RFC 3339; when `status` last changed. */
  readonly lastTransitionTime: string;
}

/**
 * Conditions as they are to be stored: each of ours with the time at which its status last changed, and those of types
 * that we never write as they stand.
 *
 * @param own types that we may write: one that is absent now is taken away.
 */
export function mergeConditions(
  stored: readonly StoredCondition[],
  wanted: readonly Condition[],
  own: ReadonlySet<string>,
  now: string,
): readonly StoredCondition[] {
  const before = new Map(stored.map((condition) => [condition.type, condition]));
  const merged = wanted.map((condition): StoredCondition => {
    const known = before.get(condition.type);
    const lastTransitionTime = known?.status === condition.status ? known.lastTransitionTime : now;
    const message = limitedMessage(condition.message, longestMessage);
    return { ...condition, message, lastTransitionTime };
  });
  const written = new Set(wanted.map(({ type }) => type));
  return [...merged, ...stored.filter(({ type }) => !own.has(type) && !written.has(type))];
}

/** Every type that this project writes on any object. */
export const ownConditions: ReadonlySet<string> = new Set([
  "Accepted",
  "AddressesAssigned",
  "Conflicted",
  "InsecureFrontendValidationMode",
  "OverlappingTLSConfig",
  "PartiallyInvalid",
  "Programmed",
  "ResolvedRefs",
  "SupportedVersion",
]);
