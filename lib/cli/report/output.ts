import { type Json, jsonLine } from "../../printing/json.ts";
import { type Yaml, yaml } from "../../printing/yaml.ts";

/** How a result is written. */
export type OutputFormat = "text" | "json" | "yaml";

export const outputFormats: readonly OutputFormat[] = ["text", "json", "yaml"];

/** A plain value as JSON or YAML; undefined fields are left out, keys keep the order they were built in. */
export function structured(value: unknown, format: "json" | "yaml"): Json | Yaml {
  return format === "json" ? jsonLine(value, 2) : yaml(JSON.parse(JSON.stringify(value)));
}
