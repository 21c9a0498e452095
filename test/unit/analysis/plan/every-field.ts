import type { JsonSchema } from "../../../../lib/api/kinds/json-schema.ts";

/** A scalar field of a kind: the names of the members on the path to it, with `[]` for the items of a list. */
export type FieldPath = readonly string[];

type Json = unknown;
type Named = Readonly<Record<string, Json>>;
type Members = Readonly<Record<string, JsonSchema>>;

/** The key that generated objects have in maps with arbitrary keys. */
export const anyKey = "example.com/any";

/** Returns every scalar field below a JSON Schema. */
export function fieldsOf(schema: JsonSchema, path: FieldPath = []): readonly FieldPath[] {
  const members = Object.entries(membersOf(schema));
  if (members.length > 0) return members.flatMap(([name, member]) => fieldsOf(member, [...path, name]));
  if (isSchema(schema.items)) return fieldsOf(schema.items, [...path, "[]"]);
  if (isSchema(schema.additionalProperties)) return fieldsOf(schema.additionalProperties, [...path, anyKey]);
  return [path];
}

/**
 * Returns `given` with `value` in a field. Objects on the path get their required members, and the type that belongs to
 * the field.
 */
export function withField(schema: JsonSchema, given: Json, [name, ...rest]: FieldPath, value: Json): Json {
  if (name === undefined) return value;
  if (name === "[]") return [withField(schema.items as JsonSchema, (given as Json[] | undefined)?.[0], rest, value)];
  const known = (given ?? {}) as Named;
  const members = membersOf(schema);
  const member = members[name] ?? (schema.additionalProperties as JsonSchema);
  const own = { [name]: withField(member, known[name], rest, value) };
  return smallest(schema, members, { ...known, ...typeFor(members, own), ...own });
}

/** Returns three values of a scalar field: one for objects in which the field does not matter, and two to compare. */
export function valuesOf(schema: JsonSchema): readonly Json[] {
  const { type, enum: allowed, const: only, minimum = 1, maximum = Number.POSITIVE_INFINITY } = schema;
  if (Array.isArray(allowed)) return [allowed[0], ...allowed];
  if (only !== undefined) return [only];
  if (type === "boolean") return [false, false, true];
  if (type === "integer" || type === "number") {
    const least = Math.max(Number(minimum), 1);
    return [least, least + 36, least + 40].filter((value) => value <= Number(maximum));
  }
  return texts.find((form) => form.every((text) => fits(schema, text))) ?? [];
}

export function schemaAt(schema: JsonSchema, [name, ...rest]: FieldPath): JsonSchema {
  if (name === undefined) return schema;
  const next = name === "[]" ? schema.items : (membersOf(schema)[name] ?? schema.additionalProperties);
  return schemaAt(next as JsonSchema, rest);
}

/** Groups of three texts each, for fields with different patterns. */
const texts: readonly (readonly string[])[] = [
  ["base-name", "one-name", "two-name"],
  ["base.example.com", "one.example.com", "two.example.com"],
  ["/base", "/one", "/two"],
  ["https://base.example.com", "https://one.example.com", "https://two.example.com"],
  ["spiffe://base/x", "spiffe://one/x", "spiffe://two/x"],
  ["11s", "12s", "13s"],
];

function fits({ pattern, minLength = 0, maxLength = 1e9, anyOf, allOf }: JsonSchema, text: string): boolean {
  if (typeof pattern === "string" && !new RegExp(pattern).test(text)) return false;
  if (Array.isArray(anyOf) && !anyOf.some((one) => fits(one, text))) return false;
  if (Array.isArray(allOf) && !allOf.every((one) => fits(one, text))) return false;
  return text.length >= Number(minLength) && text.length <= Number(maxLength);
}

/** Returns an object with its required members, or a scalar. */
function sample(schema: JsonSchema): Json {
  const members = membersOf(schema);
  if (Object.keys(members).length > 0) return smallest(schema, members, {});
  if (isSchema(schema.items)) return Number(schema.minItems ?? 0) > 0 ? [sample(schema.items)] : [];
  if (isSchema(schema.additionalProperties)) return {};
  return valuesOf(schema)[0];
}

/** Returns `given` with its missing required members. */
function smallest(schema: JsonSchema, members: Members, given: Named): Named {
  const required = ((schema.required as string[] | undefined) ?? []).filter((name) => !Object.hasOwn(given, name));
  const made = { ...Object.fromEntries(required.map((name) => [name, sample(members[name] as JsonSchema)])), ...given };
  return { ...memberFor(members, made), ...made };
}

/**
 * Returns the member that a value selects. In a union, one field names the other one that is set: the type URLRewrite
 * selects `urlRewrite`.
 */
function memberNamed(members: Members, value: Json): string | undefined {
  return Object.keys(members).find((name) => name.toLowerCase() === String(value).toLowerCase());
}

function typeFor(members: Members, given: Named): Named {
  for (const [name, { enum: allowed }] of Object.entries(members)) {
    const type = (Array.isArray(allowed) ? allowed : []).find((value) =>
      Object.hasOwn(given, memberNamed(members, value) ?? ""),
    );
    if (type !== undefined) return { [name]: type };
  }
  return {};
}

function memberFor(members: Members, given: Named): Named {
  for (const [name, { enum: allowed }] of Object.entries(members)) {
    const member = Array.isArray(allowed) ? memberNamed(members, given[name]) : undefined;
    if (member !== undefined) return { [member]: sample(members[member] as JsonSchema) };
  }
  return {};
}

function membersOf(schema: JsonSchema): Members {
  return (schema.properties as Members | undefined) ?? {};
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
