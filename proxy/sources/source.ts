import type { SourceContent } from "../../lib/api/load/sources.ts";

/** One reading of a source. */
export interface Reading {
  readonly content: SourceContent;
  /** The source does not exist or may not be read. Its previous content stays in force. */
  readonly absent: boolean;
  /**
   * The parts that exist and are complete: the files that are not empty, the module that could be loaded. A part that
   * was present before and is missing now may only be half saved, so a watcher reads again before it accepts that.
   */
  readonly present: readonly string[];
  /** Places to watch for changes of the source. */
  readonly places: readonly SourceLocation[];
  /** Time in milliseconds since 1970, taken before the first read. */
  readonly readAt: number;
}

/** A directory and the names of its entries that matter. Absent names: every entry matters. */
export interface SourceLocation {
  readonly directory: string;
  readonly names?: readonly string[];
}

/** One SOURCE of the command line. */
export interface Source {
  readonly name: string;
  /** Reads the whole source again; unchanged parts cost little. Never rejects. */
  read(): Promise<Reading>;
}
