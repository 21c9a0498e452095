/** The stable code of a finding. */
export type Code = `GW${number}`;

/** The documentation of a code, for docs/findings. */
export interface CatalogEntry {
  readonly title: string;
  readonly explanation: string;
  readonly fix: string;
  /** The condition reason of the Gateway API, verbatim. Absent if the API defines none. */
  readonly reason?: string;
}

/** The codes of one subject with their documentation. */
export type Codes = Readonly<Record<Code, CatalogEntry>>;
