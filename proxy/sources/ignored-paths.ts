import { join } from "node:path";
import ignore, { type Ignore } from "ignore";
import { readText } from "./read-text.ts";

/** The file with patterns of paths to leave out, in any directory of a SOURCE. */
export const ignoreFile = ".gatewrightignore";

interface Level {
  /** Path below the SOURCE, with a slash at its end; empty for the SOURCE itself. */
  readonly prefix: string;
  readonly patterns: Ignore;
}

/**
 * What is left out of a directory SOURCE: the patterns of the command line, then those of the ignore files from the
 * outermost directory to the innermost, all in the syntax of .gitignore. As there, a later pattern wins, and nothing
 * below a directory that is left out can be taken in again.
 */
export class IgnoredPaths {
  readonly #levels: readonly Level[];

  private constructor(levels: readonly Level[]) {
    this.#levels = levels;
  }

  /** @param patterns of the command line, relative to the SOURCE. */
  static of(patterns: readonly string[]): IgnoredPaths {
    return new IgnoredPaths(patterns.length === 0 ? [] : [{ prefix: "", patterns: ignore().add([...patterns]) }]);
  }

  /**
   * With the patterns of a directory's own ignore file, if it has one.
   *
   * @param directory its path.
   * @param below its path below the SOURCE, with slashes; empty for the SOURCE itself.
   */
  async within(directory: string, below: string): Promise<IgnoredPaths> {
    // One that is not there, or cannot be read, says nothing.
    const file = join(directory, ignoreFile);
    const read = await readText(file, file);
    if (!("text" in read)) return this;
    const prefix = below === "" ? "" : `${below}/`;
    return new IgnoredPaths([...this.#levels, { prefix, patterns: ignore().add(read.text) }]);
  }

  /** @param below path below the SOURCE, with slashes. */
  has(below: string, isDirectory: boolean): boolean {
    let left = false;
    for (const { prefix, patterns } of this.#levels) {
      const { ignored, unignored } = patterns.test(`${below.slice(prefix.length)}${isDirectory ? "/" : ""}`);
      if (ignored) left = true;
      else if (unignored) left = false;
    }
    return left;
  }
}
