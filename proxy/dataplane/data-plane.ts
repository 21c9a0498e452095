import type { FilterFailure } from "./filters/registered-filters.ts";
import type { BoundSocket, Snapshot } from "./routing/snapshot.ts";
import type { Stats } from "./stats/stats.ts";

/** What enforces snapshots: a `Proxy` in this thread, or several in threads of their own. */
export interface DataPlane {
  /** Of all threads; those of others are as of the last `refresh`. */
  readonly stats: Stats;
  /** What filters for ExtensionRef fail with, of each thread at most once a second for each filter. */
  onFilterFailure: (failure: FilterFailure) => void;
  /**
   * Swaps a snapshot in; it is enforced everywhere when this resolves. Calls take their turn.
   *
   * @returns one entry for each of `snapshot.sockets`, in order; a port that cannot be bound is told there.
   */
  apply(snapshot: Snapshot): Promise<readonly BoundSocket[]>;
  /** Brings `stats` up to date. */
  refresh(): Promise<void>;
  /**
   * Ends gracefully: for `delayMs` everything is served as before, but each response says that it is the last on its
   * connection; then nothing is accepted any more, and what is in flight is finished, or cut after a while.
   */
  drain(delayMs: number): Promise<void>;
  /** Ends at once: every socket is closed, whatever it carries. */
  close(): Promise<void>;
}

/** A failure of a filter as one line, whatever the error holds. */
export function filterFailureLine({ filter, error, untold }: FilterFailure): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const more = untold === 0 ? "" : ` (and ${untold} more)`;
  return `error: filter ${filter} failed: ${JSON.stringify(text.slice(0, 500))}${more}\n`;
}
