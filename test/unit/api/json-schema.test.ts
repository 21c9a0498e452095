import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import fc from "fast-check";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { jsonSchema, jsonSchemaOfAny } from "../../../lib/api/kinds/json-schema.ts";
import { kindDefinition, kinds } from "../../../lib/api/kinds/kinds.ts";
import { validate } from "../../../lib/api/load/validate.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import type { Channel } from "../../../lib/api/schema/schema.ts";

// The patterns are those of the CRDs, some of which are not valid with the Unicode flag.
const compile = (schema: object) => new Ajv({ strict: false, allErrors: true, unicodeRegExp: false }).compile(schema);

const httpRoute = kindDefinition("gateway.networking.k8s.io/v1", "HTTPRoute");
if (httpRoute === undefined) throw new Error("HTTPRoute is no kind");

const route = (rule: object): AnyObject => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "store" },
  spec: { rules: [rule] },
});

const wrong: readonly (readonly [string, object, string])[] = [
  ["an unknown field", { backendRef: [] }, "/spec/rules/0"],
  ["a missing field", { backendRefs: [{ port: 80 }] }, "/spec/rules/0/backendRefs/0"],
  ["a port out of range", { backendRefs: [{ name: "s", port: 99999 }] }, "/spec/rules/0/backendRefs/0/port"],
  ["a weight in quotes", { backendRefs: [{ name: "s", weight: "9" }] }, "/spec/rules/0/backendRefs/0/weight"],
  ["a method that there is not", { matches: [{ method: "FETCH" }] }, "/spec/rules/0/matches/0/method"],
  ["a duration without unit", { timeouts: { request: "10" } }, "/spec/rules/0/timeouts/request"],
  ["a code twice in a set", { retry: { codes: [503, 503] } }, "/spec/rules/0/retry/codes"],
];

for (const [what, rule, path] of wrong) {
  test(`an editor marks ${what}, where it stands`, () => {
    const check = compile(jsonSchema(httpRoute, "standard"));
    assert.equal(check(route(rule)), false);
    assert.ok(
      check.errors?.some(({ instancePath }) => instancePath === path),
      JSON.stringify(check.errors),
    );
  });
}

test("an experimental field is known in the experimental channel only", () => {
  const object = route({ sessionPersistence: { type: "Cookie", cookie: {} } });
  assert.equal(compile(jsonSchema(httpRoute, "standard"))(object), false);
  assert.equal(compile(jsonSchema(httpRoute, "experimental"))(object), true);
});

for (const channel of ["standard", "experimental"] satisfies Channel[]) {
  test(`every kind has a schema in the ${channel} channel that compiles, and so has any of them`, () => {
    for (const kind of kinds) compile(jsonSchema(kind, channel));
    const any = compile(jsonSchemaOfAny(kinds, channel));
    assert.equal(
      any({ apiVersion: "apps/v1", kind: "Deployment", spec: { replicas: "x" } }),
      true,
      "no business of it",
    );
    assert.equal(any(route({ backendRef: [] })), false);
  });
}

test("the golden documents that validate accepts, the schema accepts", () => {
  const folder = fileURLToPath(new URL("../routing/attach/golden/", import.meta.url));
  const any = compile(jsonSchemaOfAny(kinds, "standard"));
  let seen = 0;
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".in.yaml"))) {
    for (const { object } of parseDocuments(readFileSync(`${folder}${file}`, "utf8"), file).declared) {
      if (validate(object, { channel: "standard" }).object === undefined) continue;
      seen += 1;
      assert.ok(any(object), `${file}: ${JSON.stringify(any.errors)}`);
    }
  }
  assert.ok(seen > 200, `${seen} documents`);
});

test("what the schema refuses of a route's backends, validate refuses", () => {
  const check = compile(jsonSchema(httpRoute, "standard"));
  const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constantFrom("store", 80, 8080, 9, 1.5));
  const backend = fc.record({ name: leaf, port: leaf, weight: leaf, group: leaf }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.array(backend, { maxLength: 3 }), (backendRefs) => {
      const object = route({ backendRefs });
      if (!check(object)) assert.equal(validate(object, { channel: "standard" }).object, undefined);
    }),
    { numRuns: 500 },
  );
});
