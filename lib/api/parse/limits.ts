/**
 * What a source may cost. The limits are always on; they stand far above what a cluster would store and far below what
 * would hurt the process that reads a file it did not write.
 */
export const limits = {
  /**
   * Characters of one file or stream. Ten thousand routes of twenty lines are about 5 MiB, so this leaves room for
   * every object of a large cluster in one file.
   */
  file: 64 * 1024 * 1024,
  /**
   * Characters of one document. The API server reads no request body above 3 MiB (and etcd stores no value above
   * 1.5 MiB), so a larger document can hold no object that a cluster would take. A `List` carries many objects, and may
   * be as large as a file, but for forms that no tool writes (large-lists.ts).
   */
  document: 3 * 1024 * 1024,
  /**
   * Lexical tokens of one document: names, values, brackets, blanks, line breaks. Objects as large as a cluster stores
   * them have fewer; a document of nothing but brackets would cost a thousand times its size in memory.
   */
  tokens: 500_000,
  /** Collections inside collections. The deepest field of the Gateway API is 12 levels down, of a CRD about 30. */
  depth: 64,
  /** Values that the aliases (`*name`) of one document may add to those written in it. */
  aliasedValues: 10_000,
} as const;

/** A limit in characters, as a message shows it. */
export function mebibytes(characters: number): string {
  return `${Math.round((characters / (1024 * 1024)) * 10) / 10} MiB`;
}
