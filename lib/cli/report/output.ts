import { type Json, jsonLine } from "../../printing/json.ts";
import { type Yaml, yaml } from "../../printing/yaml.ts";

/** The output format of a result. */
export type OutputFormat = "text" | "json" | "yaml";

export const outputFormats: readonly OutputFormat[] = ["text", "json", "yaml"];

/** Prints a plain value as JSON or YAML. Undefined fields are left out; keys keep their order. */
export function structured(value: unknown, format: "json" | "yaml"): Json | Yaml {
  return format === "json" ? jsonLine(value, 2) : yaml(JSON.parse(JSON.stringify(value)));
}
