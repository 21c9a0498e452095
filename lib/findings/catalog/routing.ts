import type { CatalogEntry } from "./entry.ts";
import { gatewayCodes } from "./gateways.ts";
import { routeCodes } from "./routes.ts";

/** All codes of attachment. */
export const routingCodes = { ...gatewayCodes, ...routeCodes } as const;

export type RoutingCode = keyof typeof routingCodes;

/** The condition reason for a code. */
export function reasonOf(code: RoutingCode): string | undefined {
  const entry: CatalogEntry = routingCodes[code];
  return entry.reason;
}
