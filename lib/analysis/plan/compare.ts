import { Assumptions } from "./assumptions.ts";
import type { Entry } from "./predicates.ts";

/** The requests of an area under one configuration: the rules that may take them, in order, and the outcome without a rule. */
export interface Side {
  readonly entries: readonly Entry[];
  /** Equal on both sides for entries that do the same. */
  outcomeOf(entry: Entry | undefined): string;
}

/** Requests that the two sides treat differently. */
export interface Difference {
  readonly assumptions: Assumptions;
  /** Who takes them; undefined: nobody. */
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

/**
 * Walks both lists together, dividing the requests by whether they meet an entry, and only as far as it makes a
 * difference: entries that stand on both sides and do the same are passed over, and whatever follows is the concern of
 * the other requests alone. So the cost follows the change, not the number of conditions.
 */
export function compare(before: Side, after: Side): readonly Difference[] {
  const differences: Difference[] = [];
  const [old, now] = [keysOf(before), keysOf(after)];
  const [lastOld, lastNow] = [lastPlaces(old), lastPlaces(now)];

  // Of what is assumed not to be met, what it wants: for whoever wants the same. Each walk takes back what it added.
  const ruledOut = new Set<string>();

  const walk = (from: number, to: number, given: Assumptions): void => {
    let [i, j, assumptions] = [from, to, given];
    const own: string[] = [];
    const without = (entry: Entry) => {
      assumptions = assumptions.without(entry);
      if (!ruledOut.has(entry.wants)) own.push(entry.wants);
      ruledOut.add(entry.wants);
    };
    const verdict = (entry: Entry) => (ruledOut.has(entry.wants) ? "unmet" : assumptions.verdict(entry));
    for (;;) {
      while (i < old.length && verdict(before.entries[i] as Entry) === "unmet") i++;
      while (j < now.length && verdict(after.entries[j] as Entry) === "unmet") j++;
      const [a, b] = [before.entries[i], after.entries[j]];
      const openA = a !== undefined && verdict(a) === "open";
      const openB = b !== undefined && verdict(b) === "open";
      if (!openA && !openB) {
        if (before.outcomeOf(a) !== after.outcomeOf(b)) differences.push({ assumptions, before: a, after: b });
        break;
      }
      if (a !== undefined && old[i] === now[j]) {
        without(a);
        continue;
      }
      // What the other side does not have, or has no more, is what has changed.
      const isGone = openA && (lastNow.get(old[i] as string) ?? -1) < j;
      const isNew = openB && (lastOld.get(now[j] as string) ?? -1) < i;
      const chosen = (openA && (isGone || !isNew) ? a : b) as Entry;
      const meeting = assumptions.meeting(chosen);
      if (meeting !== undefined) walk(i, j, meeting);
      without(chosen);
    }
    for (const wants of own) ruledOut.delete(wants);
  };

  walk(0, 0, Assumptions.none);
  return differences;
}

function keysOf(side: Side): readonly string[] {
  return side.entries.map((entry) => `${entry.wants} ${side.outcomeOf(entry)}`);
}

function lastPlaces(keys: readonly string[]): ReadonlyMap<string, number> {
  return new Map(keys.map((key, place) => [key, place]));
}
