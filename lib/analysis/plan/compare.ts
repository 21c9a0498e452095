import { Assumptions } from "./assumptions.ts";
import type { Entry } from "./predicates.ts";

/** The requests of an area under one configuration: the entries that may take them, in order, and their outcomes. */
export interface Side {
  readonly entries: readonly Entry[];
  /** Returns equal text, also across both sides, for entries with equal outcomes. */
  outcomeOf(entry: Entry | undefined): string;
}

/** Requests that the two sides treat differently. */
export interface Difference {
  readonly assumptions: Assumptions;
  /** The entry that takes the requests, or undefined if no entry does. */
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

/**
 * Walks both lists together. It splits the requests by whether they meet an entry, but only where the sides differ: for
 * entries that are on both sides with equal outcomes, it continues with the requests that do not meet them. The cost
 * thus depends on the size of the change, not on the number of conditions.
 */
export function compare(before: Side, after: Side): readonly Difference[] {
  const differences: Difference[] = [];
  const [old, now] = [keysOf(before), keysOf(after)];
  const [lastOld, lastNow] = [lastPlaces(old), lastPlaces(now)];

  // The conditions of entries that are assumed unmet, to skip entries with equal conditions. Each walk removes its own.
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
      // An entry that the other side lacks, or has only before this point, is part of the change.
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
