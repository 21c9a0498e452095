import { limitedMessage } from "../../../../lib/printing/limited.ts";
import type { Condition } from "../../../../lib/routing/attach/condition.ts";

/** Maximum bytes of a message. The API server refuses a `message` of more than 32,768 characters (meta/v1). */
const longestMessage = 32_768;

/** A condition as the API server stores it. */
export interface StoredCondition extends Condition {
  /** The time at which `status` last changed, in RFC 3339. */
  readonly lastTransitionTime: string;
}

/**
 * Merges our conditions into the stored ones. Each of ours gets the time at which its status last changed. Conditions
 * of types that we never write stay as they are.
 *
 * @param own types that we may write: stored conditions of these types that are not wanted any more are removed.
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

/** Every type of condition that Gatewright writes on any object. */
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
