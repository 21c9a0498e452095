import { z } from "zod";
import { bare } from "../schema/introspection.ts";
import { type Channel, isExperimentalPlaceholder, knownForm, listKeysOf } from "../schema/schema.ts";
import { apiVersionOf, type KindDefinition, schemaOf } from "./kinds.ts";

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The JSON Schema dialect that YAML language servers support best. */
const dialect = "http://json-schema.org/draft-07/schema#";

/**
 * The JSON Schema of a kind in a channel, with its fields, types, enums, patterns, limits and defaults. It lacks the
 * CRDs' CEL rules, which JSON Schema cannot express; `validate` checks them.
 */
export function jsonSchema(definition: KindDefinition, channel: Channel): JsonSchema {
  return { $schema: dialect, ...describe(definition, channel) };
}

/** A JSON Schema for documents of all these kinds. Objects of other kinds are valid. */
export function jsonSchemaOfAny(definitions: readonly KindDefinition[], channel: Channel): JsonSchema {
  const named = definitions.filter(({ versions }) => versions.some(({ channels }) => channels.includes(channel)));
  return {
    $schema: dialect,
    type: "object",
    required: ["apiVersion", "kind"],
    // One condition per kind lets an editor report only the fields of the document's kind.
    allOf: named.map(({ kind }) => ({
      if: { properties: { kind: { const: kind } }, required: ["kind"] },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: { $ref: `#/definitions/${kind}` },
    })),
    definitions: Object.fromEntries(named.map((definition) => [definition.kind, describe(definition, channel)])),
  };
}

function describe(definition: KindDefinition, channel: Channel): JsonSchema {
  const { group, kind, versions } = definition;
  const { $schema: _, ...schema } = emit(schemaOf(definition, channel));
  const served = versions.filter(({ channels }) => channels.includes(channel));
  const apiVersion = { enum: served.map(({ name }) => apiVersionOf(group, name)) };
  return { title: kind, ...schema, properties: { ...(schema.properties as JsonSchema), apiVersion } };
}

function emit(schema: z.ZodType): JsonSchema {
  return z.toJSONSchema(schema, {
    target: "draft-7",
    io: "input",
    reused: "inline",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema: emitted }) => refine(zodSchema as unknown as z.ZodType, emitted),
  }) as JsonSchema;
}

/** Adds facts that zod's conversion omits. */
function refine(schema: z.ZodType, emitted: Record<string, unknown>): void {
  const known = knownForm(schema);
  if (known !== undefined) {
    const { $schema: _, ...form } = emit(known);
    Object.assign(emitted, form);
  }
  if (listKeysOf(schema)?.length === 0) emitted.uniqueItems = true;
  if (!(schema instanceof z.ZodObject)) return;
  const properties = emitted.properties as Record<string, unknown> | undefined;
  for (const [name, field] of Object.entries(schema.shape as Readonly<Record<string, z.ZodType>>))
    if (isExperimentalPlaceholder(bare(field))) delete properties?.[name];
}
