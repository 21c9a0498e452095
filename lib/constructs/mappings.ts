import type { Construct } from "constructs";
import { isLate } from "../api/declared/late.ts";
import { DeclarationError, pathOf } from "./declaration-error.ts";

/** The metadata members that are mappings. */
interface MetadataMaps {
  readonly labels?: unknown;
  readonly annotations?: unknown;
}

/** Throws a {@link DeclarationError} unless all are mappings, because spreading a late value silently loses it. */
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

/** Formats a value for a message. A late value is described instead of shown. */
export function described(value: unknown): string {
  return isLate(value) ? "a value that becomes known only later" : String(value);
}
