import { adviceCodes } from "./advice.ts";
import { constructCodes } from "./constructs.ts";
import { contractCodes } from "./contracts.ts";
import { conversionCodes } from "./conversion.ts";
import type { CatalogEntry, Code, Codes } from "./entry.ts";
import { gatewayCodes } from "./gateways.ts";
import { liveCodes } from "./live.ts";
import { routeCodes } from "./routes.ts";
import { schemaCodes } from "./schema.ts";
import { sourceCodes } from "./sources.ts";
import { standInCodes } from "./stand-ins.ts";

/** The tables of codes, one per subject. */
export const tables: readonly Codes[] = [
  sourceCodes,
  schemaCodes,
  conversionCodes,
  constructCodes,
  standInCodes,
  gatewayCodes,
  routeCodes,
  contractCodes,
  liveCodes,
  adviceCodes,
];

/** All codes of findings, in ascending order. */
export const catalog: ReadonlyMap<Code, CatalogEntry> = new Map(
  tables.flatMap((table) => Object.entries(table) as [Code, CatalogEntry][]).sort(([a], [b]) => a.localeCompare(b)),
);
