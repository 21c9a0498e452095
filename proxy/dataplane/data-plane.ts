import type { FilterFailure } from "./filters/registered-filters.ts";
import type { BoundSocket, Snapshot } from "./routing/snapshot.ts";
import type { Stats } from "./stats/stats.ts";

/** Enforces snapshots: a `Proxy` in this thread, or several in worker threads. */
export interface DataPlane {
  /** The statistics of all threads; those of other threads are as of the last `refresh`. */
  readonly stats: Stats;
  /** Called when a filter for ExtensionRef fails, at most once a second per thread and filter. */
  onFilterFailure: (failure: FilterFailure) => void;
  /**
   * Applies a snapshot; it is enforced everywhere when the promise resolves. Calls are processed one after another.
   *
   * @returns one entry for each of `snapshot.sockets`, in order; it contains the error of a port that cannot be bound.
   */
  apply(snapshot: Snapshot): Promise<readonly BoundSocket[]>;
  /** Updates `stats`. */
  refresh(): Promise<void>;
  /**
   * Ends gracefully. For `delayMs`, everything is served as before, but each response announces that it is the last on
   * its connection. Then no connection is accepted, and requests in flight finish, or are cut after a timeout.
   */
  drain(delayMs: number): Promise<void>;
  /** Ends at once: closes every socket, whatever it carries. */
  close(): Promise<void>;
}

/** Formats a failure of a filter as one line, whatever the error contains. */
export function filterFailureLine({ filter, error, untold }: FilterFailure): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const more = untold === 0 ? "" : ` (and ${untold} more)`;
  return `error: filter ${filter} failed: ${JSON.stringify(text.slice(0, 500))}${more}\n`;
}
