/** The stable code of a finding. */
export type Code = `GW${number}`;

/** What a code means, for docs/findings. */
export interface CatalogEntry {
  readonly title: string;
  readonly explanation: string;
  readonly fix: string;
  /** The Gateway API's condition reason, verbatim. Absent where the standard has none. */
  readonly reason?: string;
}

/** The codes of one subject. */
export type Codes = Readonly<Record<Code, CatalogEntry>>;
