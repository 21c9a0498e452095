import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { listMap, type Rule, withRules } from "../../../lib/api/schema/schema.ts";
import { crdFacts } from "./crd-facts.ts";
import { describe, differences } from "./facts.ts";
import { schemaFacts } from "./schema-facts.ts";

const rule: Rule<{ text: string }> = { code: "GW1201", cel: "self.text != self.port", violations: () => [] };

const spec = (change: z.ZodRawShape = {}) =>
  withRules(
    "standard",
    z.strictObject({
      text: z
        .string()
        .min(1)
        .max(10)
        .regex(/^a\/\x60$/),
      port: z.int32().min(1).max(65535).default(80),
      count: z.int().optional(),
      mode: z.enum(["On", "Off"]).optional(),
      items: listMap(z.strictObject({ name: z.string() }), ["name"], { min: 1, max: 4 }).optional(),
      options: z
        .record(z.string(), z.string())
        .refine(() => true, { params: { maxProperties: 2 } })
        .optional(),
      ...change,
    }),
    [rule as unknown as Rule<object>],
  );

/** The schema that `spec` describes, in the form of a CRD. */
function crd() {
  return {
    type: "object",
    description: "Not compared.",
    required: ["port", "text"],
    "x-kubernetes-validations": [{ rule: "self.text  !=\n self.port", message: "Not compared." }] as object[],
    properties: {
      text: { type: "string", minLength: 1, maxLength: 10, pattern: "^a\\/`$" },
      port: { type: "integer", format: "int32", minimum: 1, maximum: 65535, default: 80 },
      count: { type: "integer" },
      mode: { type: "string", enum: ["Off", "On"] },
      items: {
        type: "array",
        minItems: 1,
        maxItems: 4,
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["name"],
        items: { type: "object", required: ["name"], properties: { name: { type: "string" } as object } },
      },
      options: { type: "object", maxProperties: 2, additionalProperties: { type: "string" } as object },
    },
  };
}

function compare(theirs: object, ours: z.ZodType = spec()): string[] {
  return differences(crdFacts(theirs as never, "spec"), schemaFacts(ours, "spec")).map(describe);
}

test("a CRD and a schema that mean the same have no difference", () => {
  assert.deepEqual(compare(crd()), []);
});

type CRD = ReturnType<typeof crd>;

const doctored: readonly (readonly [string, (doctored: CRD) => void, readonly string[]])[] = [
  [
    "a field added, whose own fields are part of the one line",
    ({ properties }) => Object.assign(properties, { extra: { type: "object", properties: { a: { type: "string" } } } }),
    ['spec.extra: ours has no field; the CRD\'s is "object"'],
  ],
  [
    "a field removed from the items of a list",
    ({ properties }) => Object.assign(properties.items.items, { properties: {}, required: [] }),
    [
      'spec.items[]: the CRD has no required; ours is ["name"]',
      'spec.items[].name: the CRD has no field; ours is "string"',
    ],
  ],
  [
    "a type changed",
    ({ properties }) => Object.assign(properties.options, { additionalProperties: { type: "integer" } }),
    ['spec.options{}: type is "integer" in the CRD, and ours is "string"'],
  ],
  [
    "limits changed",
    ({ properties: { text, port, items, options } }) => {
      Object.assign(text, { minLength: 2, maxLength: 11 });
      Object.assign(port, { minimum: 0, maximum: 1 });
      Object.assign(items, { minItems: 2, maxItems: 5 });
      Object.assign(options, { maxProperties: 3 });
    },
    [
      "spec.items: minItems is 2 in the CRD, and ours is 1",
      "spec.items: maxItems is 5 in the CRD, and ours is 4",
      "spec.options: maxProperties is 3 in the CRD, and ours is 2",
      "spec.port: minimum is 0 in the CRD, and ours is 1",
      "spec.port: maximum is 1 in the CRD, and ours is 65535",
      "spec.text: minLength is 2 in the CRD, and ours is 1",
      "spec.text: maxLength is 11 in the CRD, and ours is 10",
    ],
  ],
  [
    "a pattern changed",
    ({ properties }) => Object.assign(properties.text, { pattern: "^b$" }),
    ['spec.text: pattern is "^b$" in the CRD, and ours is "^a/`$"'],
  ],
  [
    "a value of an enum added",
    ({ properties }) => Object.assign(properties.mode, { enum: ["On", "Off", "Auto"] }),
    ['spec.mode: enum is ["Auto","Off","On"] in the CRD, and ours is ["Off","On"]'],
  ],
  [
    "a default changed",
    ({ properties }) => Object.assign(properties.port, { default: 8080 }),
    ["spec.port: default is 8080 in the CRD, and ours is 80"],
  ],
  [
    "a field required",
    (doctored) => Object.assign(doctored, { required: ["mode", "text"] }),
    ['spec: required is ["mode","text"] in the CRD, and ours is ["text"]'],
  ],
  [
    "a map made a set",
    ({ properties }) =>
      Object.assign(properties.items, { "x-kubernetes-list-type": "set", "x-kubernetes-list-map-keys": undefined }),
    [
      'spec.items: x-kubernetes-list-type is "set" in the CRD, and ours is "map"',
      'spec.items: the CRD has no x-kubernetes-list-map-keys; ours is ["name"]',
    ],
  ],
  [
    "a rule removed",
    (doctored) => Object.assign(doctored, { "x-kubernetes-validations": [] }),
    ["spec: the CRD has no rule self.text != self.port"],
  ],
  [
    "a rule added",
    (doctored) => doctored["x-kubernetes-validations"].push({ rule: "self.port > 1" }),
    ["spec: ours has no rule self.port > 1"],
  ],
  [
    "a oneOf added",
    (doctored) => Object.assign(doctored, { oneOf: [{ required: ["mode"], description: "Not compared." }] }),
    ['spec: ours has no rule oneOf [{"required":["mode"]}]'],
  ],
  [
    "a keyword that the comparison does not understand",
    ({ properties }) => Object.assign(properties.text, { multipleOf: 2 }),
    ["spec.text: ours has no keyword multipleOf; the CRD's is 2"],
  ],
];

for (const [what, doctor, expected] of doctored) {
  test(`the comparison names ${what}`, () => {
    const doctoredCrd = crd();
    doctor(doctoredCrd);
    assert.deepEqual(compare(doctoredCrd), expected);
  });
}

const ours: readonly (readonly [string, z.ZodRawShape, readonly string[]])[] = [
  [
    "a default of ours that lacks the defaults inside it",
    { count: z.strictObject({ a: z.string().default("x") }).default({} as never) },
    [
      'spec.count: type is "integer" in the CRD, and ours is "object"',
      "spec.count: the CRD has no default; ours is {}",
      'spec.count: the CRD has no default that lacks others; ours is {"a":"x"}',
      'spec.count.a: the CRD has no field; ours is "string"',
    ],
  ],
  [
    "a pattern of ours that ignores case",
    {
      text: z
        .string()
        .min(1)
        .max(10)
        .regex(/^a\/`$/i),
    },
    ['spec.text: the CRD has no flags of pattern; ours is "i"'],
  ],
  [
    "limits of ours on the keys of a map",
    {
      options: z
        .record(z.string().max(3), z.string())
        .refine(() => true, { params: { maxProperties: 2 } })
        .optional(),
    },
    ["spec.options: the CRD has no limits of keys"],
  ],
  [
    "an exclusive limit and a format of ours",
    { count: z.int32().gt(1).optional() },
    ['spec.count: the CRD has no format; ours is "int32"', "spec.count: the CRD has no exclusive minimum; ours is 1"],
  ],
];

for (const [what, change, expected] of ours) {
  test(`the comparison names ${what}`, () => {
    assert.deepEqual(compare(crd(), spec(change)), expected);
  });
}
