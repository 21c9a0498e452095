import type { Declared } from "./declared.ts";
import type { Finding } from "./finding.ts";

/** What one SOURCE (a file, a directory, a module, standard input) holds, as read: neither converted nor validated. */
export interface SourceContent {
  /** As the author named it; names the source in messages. */
  readonly name: string;
  readonly declared: readonly Declared[];
  /** What is wrong with the source itself. */
  readonly findings: readonly Finding[];
  /** The text of each file by the name that origins carry, so that findings can be placed at their field. */
  readonly texts?: ReadonlyMap<string, string>;
}
