import type { OpenAPISchema } from "./crds.ts";
import { FactSheet, type FieldFacts, join } from "./facts.ts";

/** Keywords that become facts under their own name. */
const plain = [
  "type",
  "format",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "minItems",
  "maxItems",
  "maxProperties",
  "minProperties",
  "default",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
];

/** Keywords with their own treatment, or with further fields below them. */
const read = [
  "properties",
  "items",
  "additionalProperties",
  "required",
  "enum",
  "pattern",
  "oneOf",
  "x-kubernetes-validations",
];

/** `x-kubernetes-map-type` says how server-side apply merges a map, and nothing about what is valid. */
const withoutMeaning = ["description", "x-kubernetes-map-type"];

const understood = new Set([...plain, ...read, ...withoutMeaning]);

/** Returns the facts of every field of a CRD's schema. An unknown keyword is a fact of its own. */
export function crdFacts(root: OpenAPISchema, path: string): FieldFacts {
  const fields = new Map<string, ReadonlyMap<string, string>>();
  collect(root, path, fields);
  return fields;
}

function collect(schema: OpenAPISchema, path: string, fields: Map<string, ReadonlyMap<string, string>>): void {
  fields.set(path, factsOf(schema));
  for (const [name, property] of Object.entries(schema.properties ?? {})) collect(property, join(path, name), fields);
  if (schema.items !== undefined) collect(schema.items, `${path}[]`, fields);
  if (schema.additionalProperties !== undefined) collect(schema.additionalProperties, `${path}{}`, fields);
}

function factsOf(schema: OpenAPISchema): ReadonlyMap<string, string> {
  const sheet = new FactSheet();
  for (const keyword of plain) sheet.add(keyword, keyword === "format" ? formatOf(schema) : schema[keyword]);
  sheet.addPattern(schema.pattern);
  if (schema.enum !== undefined) sheet.add("enum", [...schema.enum].sort());
  const required = requiredFields(schema);
  if (required.length > 0) sheet.add("required", required);
  for (const rule of (schema["x-kubernetes-validations"] ?? []) as Rule[]) addRule(sheet, rule);
  if (schema.oneOf !== undefined) sheet.addRule(`oneOf ${JSON.stringify(schema.oneOf)}`);
  for (const keyword of Object.keys(schema).filter((each) => !understood.has(each))) {
    sheet.add(`keyword ${keyword}`, schema[keyword]);
  }
  return sheet.facts;
}

/** Returns the format. An integer has 64 bits by default. */
function formatOf({ format }: OpenAPISchema): unknown {
  return format === "int64" ? undefined : format;
}

/** Returns the required fields. A field with a default is never missing: defaults are filled in before validation. */
function requiredFields({ required = [], properties = {} }: OpenAPISchema): string[] {
  return required.filter((name) => properties[name]?.default === undefined).sort();
}

interface Rule {
  readonly rule: string;
  readonly optionalOldSelf?: boolean;
}

function addRule(sheet: FactSheet, { rule, optionalOldSelf }: Rule): void {
  sheet.addRule(rule);
  sheet.add(`optionalOldSelf of ${rule}`, optionalOldSelf);
}
