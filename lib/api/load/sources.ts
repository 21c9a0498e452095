import type { Finding } from "../../findings/finding.ts";
import type { Declared } from "../declared/declared.ts";
import type { ExtensionKind } from "./extension.ts";
import type { PlacedIgnoreRule } from "./ignoring.ts";

/** The content of a source (a file, directory, module or standard input) as read, before conversion and validation. */
export interface SourceContent {
  /** The source's name as given by the user, for messages. */
  readonly name: string;
  readonly declared: readonly Declared[];
  /** Findings about the source itself. */
  readonly findings: readonly Finding[];
  /** The text of each file by the file name in origins. It is used to locate the field of a finding. */
  readonly texts?: ReadonlyMap<string, string>;
  /** Ignore rules in the source, which apply to all sources. Absent: none. */
  readonly ignores?: readonly PlacedIgnoreRule[];
  /** The filters that the source registers for ExtensionRef. Absent: none. */
  readonly filters?: FilterModule;
}

/** A module that registers filters, with its filters and with what another thread needs to load it. */
export interface FilterModule {
  /** The absolute path of the module. */
  readonly path: string;
  /** A version that changes with the text of the module or of any file that it imports. */
  readonly version: string;
  /** The filter kinds, created by `defineFilter` of lib/filters. */
  readonly kinds: readonly ExtensionKind[];
}
