import type { SourceContent } from "../../lib/api/load/sources.ts";

/** One reading of a source. */
export interface Reading {
  readonly content: SourceContent;
  /** The source is not there, or may not be read: what it held before stays in force. */
  readonly absent: boolean;
  /**
   * The parts that are there and whole: the files that hold something, the module that could be loaded. One that was
   * there before and is not now may only be half saved, so a watcher looks again before it believes it.
   */
  readonly present: readonly string[];
  /** Where changes may change the source. */
  readonly places: readonly Place[];
  /** Milliseconds since 1970, before anything was read. */
  readonly readAt: number;
}

/** A directory, and the entries of it that matter; all when none are named. */
export interface Place {
  readonly directory: string;
  readonly names?: readonly string[];
}

/** One SOURCE of the command line. */
export interface Source {
  readonly name: string;
  /** Reads all of it anew; costs little for what has not changed. Never rejects. */
  read(): Promise<Reading>;
}
