import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { isInt64 } from "../../../lib/api/schema/integer.ts";
import { bare } from "../../../lib/api/schema/introspection.ts";
import { isExperimentalPlaceholder, listKeysOf, rulesOf } from "../../../lib/api/schema/schema.ts";
import { FactSheet, type FieldFacts, join } from "./facts.ts";

/** Returns the facts of every field of our schema, in the terms of a CRD. */
export function schemaFacts(root: z.ZodType, path: string): FieldFacts {
  const fields = new Map<string, ReadonlyMap<string, string>>();
  collect(root, path, fields);
  return fields;
}

function collect(schema: z.ZodType, path: string, fields: Map<string, ReadonlyMap<string, string>>): void {
  const inner = bare(schema);
  fields.set(path, factsOf(schema, inner));
  if (inner instanceof z.ZodObject) {
    for (const [name, property] of properties(inner)) collect(property, join(path, name), fields);
  } else if (inner instanceof z.ZodArray) collect(inner.element as z.ZodType, `${path}[]`, fields);
  else if (inner instanceof z.ZodRecord) collect(inner.valueType as z.ZodType, `${path}{}`, fields);
}

/** Returns the properties without those that the channel lacks. */
function properties(schema: z.ZodObject): [string, z.ZodType][] {
  return Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>).filter(
    ([, property]) => !isExperimentalPlaceholder(bare(property)),
  );
}

function factsOf(schema: z.ZodType, inner: z.ZodType): ReadonlyMap<string, string> {
  const sheet = new FactSheet();
  addType(sheet, inner);
  addDefault(sheet, schema);
  for (const check of inner.def.checks ?? []) addCheck(sheet, inner, check._zod.def as CheckDefinition);
  for (const { cel } of rulesOf(inner)) sheet.addRule(cel);
  return sheet.facts;
}

function addType(sheet: FactSheet, schema: z.ZodType): void {
  if (schema instanceof z.ZodObject) {
    sheet.add("type", "object");
    const required = properties(schema).filter(([, property]) => !mayBeMissing(property));
    if (required.length > 0) sheet.add("required", required.map(([name]) => name).sort());
    if (!(schema.def.catchall instanceof z.ZodNever)) sheet.add("fields without a schema", "allowed");
  } else if (schema instanceof z.ZodArray) {
    sheet.add("type", "array");
    addListType(sheet, listKeysOf(schema));
  } else if (schema instanceof z.ZodRecord) {
    sheet.add("type", "object");
    if (!isDeepStrictEqual((schema.keyType as z.ZodType).def, z.string().def)) sheet.add("limits of keys", true);
  } else if (schema instanceof z.ZodEnum) addEnum(sheet, schema.options);
  else if (schema instanceof z.ZodLiteral) addEnum(sheet, [...schema.values]);
  else if (schema instanceof z.ZodNumberFormat) {
    sheet.add("type", "integer");
    sheet.add("format", formatOf(schema));
  } else if (isInt64(schema)) {
    sheet.add("type", "integer");
  } else sheet.add("type", schema.def.type);
}

/** Returns the format. A CRD's integer without a format has 64 bits; a JavaScript number holds the safe integers. */
function formatOf(schema: z.ZodNumberFormat): string | undefined {
  const { format } = schema._zod.def;
  return format === "safeint" ? undefined : format;
}

function addListType(sheet: FactSheet, keys: readonly string[] | undefined): void {
  if (keys === undefined) sheet.add("x-kubernetes-list-type", "atomic");
  else if (keys.length === 0) sheet.add("x-kubernetes-list-type", "set");
  else {
    sheet.add("x-kubernetes-list-type", "map");
    sheet.add("x-kubernetes-list-map-keys", keys);
  }
}

function addEnum(sheet: FactSheet, values: readonly unknown[]): void {
  sheet.add("type", values.every(Number.isInteger) ? "integer" : typeof values[0]);
  sheet.add("enum", [...values].sort());
}

function mayBeMissing(schema: z.ZodType): boolean {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
}

function addDefault(sheet: FactSheet, schema: z.ZodType): void {
  let at = schema;
  while (at instanceof z.ZodOptional) at = at.unwrap() as z.ZodType;
  if (!(at instanceof z.ZodDefault)) return;
  const value: unknown = at.def.defaultValue;
  sheet.add("default", value);
  // zod uses a default unchanged, and the API server fills in the defaults inside it.
  const completed = bare(at).safeParse(value);
  if (!completed.success) sheet.add("default that is not valid", value);
  else if (!isDeepStrictEqual(completed.data, value)) sheet.add("default that lacks others", completed.data);
}

interface CheckDefinition {
  readonly check: string;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly value?: number;
  readonly inclusive?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Parameters of a custom check. Rules and unique list items, which are custom checks too, have none. */
  readonly params?: {
    readonly maxProperties?: number;
    readonly minProperties?: number;
    readonly format?: string;
  };
}

function addCheck(sheet: FactSheet, schema: z.ZodType, def: CheckDefinition): void {
  const what = schema instanceof z.ZodArray ? "Items" : "Length";
  const only = (limit: "min" | "max") => (def.inclusive === true ? `${limit}imum` : `exclusive ${limit}imum`);
  if (def.check === "min_length") sheet.add(`min${what}`, def.minimum);
  else if (def.check === "max_length") sheet.add(`max${what}`, def.maximum);
  else if (def.check === "greater_than") sheet.add(only("min"), def.value);
  else if (def.check === "less_than") sheet.add(only("max"), def.value);
  else if (def.check === "string_format") addPattern(sheet, def);
  else if (def.check === "custom") addCustom(sheet, def);
  else sheet.add(`check ${def.check}`, true);
}

function addCustom(sheet: FactSheet, { params }: CheckDefinition): void {
  sheet.add("maxProperties", params?.maxProperties);
  sheet.add("minProperties", params?.minProperties);
  sheet.add("format", params?.format);
}

function addPattern(sheet: FactSheet, { pattern, format }: CheckDefinition): void {
  sheet.addPattern(pattern?.source);
  if (pattern?.flags !== "") sheet.add("flags of pattern", pattern?.flags ?? format);
}
