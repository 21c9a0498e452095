import { stringify } from "yaml";

/** How a result is written. */
export type OutputFormat = "text" | "json" | "yaml";

export const outputFormats: readonly OutputFormat[] = ["text", "json", "yaml"];

/** A plain value as JSON or YAML; undefined fields are left out, keys keep the order they were built in. */
export function structured(value: unknown, format: "json" | "yaml"): string {
  const plain: unknown = JSON.parse(JSON.stringify(value));
  return format === "json" ? `${JSON.stringify(plain, undefined, 2)}\n` : stringify(plain, { lineWidth: 0 });
}
