import type { Finding } from "../../findings/finding.ts";
import type { Declared } from "../declared/declared.ts";
import type { ExtensionKind } from "./extension.ts";
import type { PlacedIgnoreRule } from "./ignoring.ts";

/** What one SOURCE (a file, a directory, a module, standard input) holds, as read: neither converted nor validated. */
export interface SourceContent {
  /** As the author named it; names the source in messages. */
  readonly name: string;
  readonly declared: readonly Declared[];
  /** What is wrong with the source itself. */
  readonly findings: readonly Finding[];
  /** The text of each file by the name that origins carry, so that findings can be placed at their field. */
  readonly texts?: ReadonlyMap<string, string>;
  /** Rules for findings to ignore that it holds. They apply to all sources. Absent: none. */
  readonly ignores?: readonly PlacedIgnoreRule[];
  /** The filters for ExtensionRef that it registers. Absent: none. */
  readonly filters?: FilterModule;
}

/** A module that registers filters: what another thread needs to load them, and what they are in this one. */
export interface FilterModule {
  /** Absolute path of the module. */
  readonly path: string;
  /** Changes with the text of the module or of a file that it imports. */
  readonly version: string;
  /** Made by `defineFilter` of lib/filters. */
  readonly kinds: readonly ExtensionKind[];
}
