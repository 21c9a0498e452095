import type { Construct } from "constructs";
import { isLate } from "../api/declared/late.ts";
import { DeclarationError, pathOf } from "./declaration-error.ts";

/** The members of metadata that are mappings. */
interface MetadataMaps {
  readonly labels?: unknown;
  readonly annotations?: unknown;
}

/** To spread a late value would lose it without a word. */
export function requireMappings(construct: Construct, metadata: MetadataMaps): void {
  const { labels, annotations } = metadata;
  for (const [field, value] of Object.entries({
    metadata,
    "metadata.labels": labels,
    "metadata.annotations": annotations,
  })) {
    if (value === undefined || (value !== null && typeof value === "object" && !isLate(value))) continue;
    throw new DeclarationError(
      pathOf(construct),
      `${field} takes a mapping, but got ${described(value)}. Write the mapping out with its keys; a name may be late, keys may not.`,
    );
  }
}

/** A value in a message; a late one is never text. */
export function described(value: unknown): string {
  return isLate(value) ? "a value that becomes known only later" : String(value);
}
