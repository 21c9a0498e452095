import { join } from "node:path";
import ignore, { type Ignore } from "ignore";
import { readText } from "./read-text.ts";

/** The name of a file with patterns of paths to skip. Any directory of a SOURCE may have one. */
export const ignoreFile = ".gatewrightignore";

interface Level {
  /** Path below the SOURCE, with a slash at its end; empty for the SOURCE itself. */
  readonly prefix: string;
  readonly patterns: Ignore;
}

/**
 * The paths of a directory SOURCE that are skipped: by the patterns of the command line, then by those of the ignore
 * files, from the outermost directory to the innermost. The syntax and the precedence are those of .gitignore: a later
 * pattern wins, and a path below a skipped directory cannot be included again.
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
   * Adds the patterns of a directory's own ignore file, if it has one.
   *
   * @param directory the path of the directory.
   * @param below its path below the SOURCE, with slashes; empty for the SOURCE itself.
   */
  async within(directory: string, below: string): Promise<IgnoredPaths> {
    // A missing or unreadable ignore file counts as empty.
    const file = join(directory, ignoreFile);
    const read = await readText(file, file);
    if (!("text" in read)) return this;
    const prefix = below === "" ? "" : `${below}/`;
    return new IgnoredPaths([...this.#levels, { prefix, patterns: ignore().add(read.text) }]);
  }

  /**
   * Returns whether the path is skipped.
   *
   * @param below path below the SOURCE, with slashes.
   */
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
