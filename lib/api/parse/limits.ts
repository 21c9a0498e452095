/**
 * Limits on sources, which are always active. They are far above what a cluster would store, and far below what would
 * harm the process that reads an untrusted file.
 */
export const limits = {
  /**
   * Maximum size of a file or stream in characters. Ten thousand routes of twenty lines have about 5 MiB, so all
   * objects of a large cluster fit into one file.
   */
  file: 64 * 1024 * 1024,
  /**
   * Maximum size of a document in characters. The API server accepts request bodies up to 3 MiB, and etcd stores values
   * up to 1.5 MiB, so no larger document holds an object for a cluster. A `List` holds many objects and may be as large
   * as a file, in the forms that tools write (large-lists.ts).
   */
  document: 3 * 1024 * 1024,
  /**
   * Maximum number of lexical tokens in a document: names, values, brackets, blanks, line breaks. The largest objects
   * that a cluster stores have fewer. A document that consists of brackets would need memory of a thousand times its
   * size.
   */
  tokens: 500_000,
  /** Maximum nesting of collections. The Gateway API's deepest field is on level 12, a CRD's on about level 30. */
  depth: 64,
  /** Maximum number of values that the aliases (`*name`) of a document may add. */
  aliasedValues: 10_000,
} as const;

/** Formats a number of characters for a message. */
export function mebibytes(characters: number): string {
  return `${Math.round((characters / (1024 * 1024)) * 10) / 10} MiB`;
}
