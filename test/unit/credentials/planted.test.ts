import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { apiVersionOf, type KindDefinition, kinds, unroutedKinds } from "../../../lib/api/index.ts";
import { type JsonSchema, jsonSchema } from "../../../lib/api/kinds/json-schema.ts";
import { type FieldPath, fieldsOf, schemaAt, withField } from "../analysis/plan/every-field.ts";
import { loadObjects, outputsOf } from "./planted.ts";

const secret = "Zk3planted9Qx";

/** Texts with a credential that the text itself reveals. */
const evident: readonly string[] = [
  `Bearer ${secret}`,
  `Basic ${secret}==`,
  `https://user:${secret}@acme.io`,
  `/x?access_token=${secret}`,
  `https://acme.io/x?a=1&X-Amz-Signature=${secret}`,
  `eyJhbGciOiJIUzI1NiJ9.${secret}.${secret}`,
  `/hooks/ghp_${secret}${secret}`,
  `/hooks/sk-${secret}${secret}`,
];

/** Texts with a credential that only the name of its field reveals, or nothing. */
const plain: readonly string[] = [secret, `/hooks/${secret}`, `(${secret}|b)`, `[${secret}`];

const v1 = "gateway.networking.k8s.io/v1";
const gateway: AnyObject = {
  apiVersion: v1,
  kind: "Gateway",
  metadata: { name: "base-name", namespace: "edge" },
  spec: {
    gatewayClassName: "base-name",
    listeners: [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } }],
  },
};
const parentRefs = [{ name: "base-name", namespace: "edge" }];
const rule = { backendRefs: [{ name: "base-name", port: 1 }] };
const route = (kind: string): AnyObject => ({
  apiVersion: v1,
  kind,
  metadata: { name: "planted", namespace: "app" },
  spec: { parentRefs, rules: [rule] },
});

/** The base objects of some kinds, so that a planted text is enforced. */
const bases: Readonly<Record<string, AnyObject>> = {
  Gateway: gateway,
  HTTPRoute: route("HTTPRoute"),
  GRPCRoute: route("GRPCRoute"),
};

interface Planted {
  readonly field: string;
  readonly object: AnyObject;
}

/** Names of objects, which messages contain. Labels and selectors are names as well. */
const nameOfObject = /^(?:name|namespace|generateName|gatewayClassName|sectionName|kind|group|type)$/;

/** The fields of matches and filters. */
const fieldOfRouting = /\.(?:matches|filters|sessionPersistence|externalAuth)\./;

/** Returns every field of a kind that takes an arbitrary text, with the text in it. */
function plantedIn(definition: KindDefinition, texts: readonly string[], names: readonly string[]): readonly Planted[] {
  const version = definition.versions.at(-1)?.name ?? "v1";
  const apiVersion = apiVersionOf(definition.group, version);
  const schema = jsonSchema(definition, "experimental");
  const metadata = { name: "planted", ...(definition.scope === "Namespaced" && { namespace: "app" }) };
  const base = bases[definition.kind] ?? { apiVersion, kind: definition.kind, metadata };
  return fieldsOf(schema)
    .filter(([first]) => first !== "apiVersion" && first !== "kind" && first !== "status")
    .filter((field) => !field.some((step) => /^(?:matchLabels|matchExpressions|selector)$/.test(step)))
    .filter((field) => takesText(schemaAt(schema, field)) && !nameOfObject.test(field.at(-1) ?? ""))
    .flatMap((field) =>
      texts
        .filter((text) => fits(schemaAt(schema, field), text))
        .flatMap((text) => {
          const object = withField(schema, base, field, text) as AnyObject;
          const isNamed = field.at(-1) === "value";
          const named = isNamed ? names.map((name) => renamed(object, field, name)) : [object];
          return named.map((one) => ({ field: `${definition.kind} ${field.join(".")}`, object: one }));
        }),
    );
}

function takesText({ type, enum: allowed, const: only, format }: JsonSchema): boolean {
  return type === "string" && allowed === undefined && only === undefined && format !== "date-time";
}

function fits({ pattern, maxLength = 1e9, anyOf, allOf }: JsonSchema, text: string): boolean {
  const each = (list: unknown, how: "every" | "some") =>
    !Array.isArray(list) || (list as JsonSchema[])[how]((one) => fits(one, text));
  return (
    (typeof pattern !== "string" || new RegExp(pattern).test(text)) &&
    text.length <= Number(maxLength) &&
    each(anyOf, "some") &&
    each(allOf, "every")
  );
}

/** Returns the object with another name beside the value, and a regular expression if the value is a broken one. */
function renamed(object: AnyObject, field: FieldPath, name: string): AnyObject {
  const copy = structuredClone(object);
  let parent: unknown = copy;
  for (const step of field.slice(0, -1))
    parent = step === "[]" ? (parent as unknown[])[0] : Reflect.get(parent as object, step);
  const value = String(Reflect.get(parent as object, "value"));
  if (Object.hasOwn(parent as object, "name")) Reflect.set(parent as object, "name", name);
  if (/^[([]/.test(value)) Reflect.set(parent as object, "type", "RegularExpression");
  return copy;
}

const before = loadObjects([gateway]);

function look({ field, object }: Planted, readers: readonly ("everybody" | "author")[]): boolean {
  const others = [gateway, route("HTTPRoute")].filter(({ kind }) => kind !== object.kind);
  const outputs = outputsOf(loadObjects([...others, object]), before);
  for (const reader of readers) {
    for (const [output, text] of Object.entries(outputs[reader])) {
      const place = text.indexOf(secret);
      assert.equal(place, -1, `${field}: ${output} shows …${text.slice(Math.max(0, place - 200), place + 40)}…`);
    }
  }
  return outputs.enforced.includes(secret);
}

const all = [...kinds, ...unroutedKinds];

for (const definition of all) {
  test(`credentials that a text gives away are shown nowhere: ${definition.kind}`, () => {
    for (const planted of plantedIn(definition, evident, ["x-vault", "env"])) look(planted, ["everybody", "author"]);
  });
}

for (const definition of all.filter(({ kind }) => kind === "HTTPRoute" || kind === "GRPCRoute")) {
  test(`values of matches and filters are shown to the author of the sources alone: ${definition.kind}`, () => {
    const planted = plantedIn(definition, plain, ["x-vault", "env"]).filter(({ field }) => fieldOfRouting.test(field));
    const values = planted.filter(({ field }) => /\.(?:value|replaceFullPath|replacePrefixMatch)$/.test(field));
    const enforced = values.filter((one) => look(one, ["everybody"]));
    assert.ok(enforced.length >= 20, `the proxy enforces ${enforced.length} of ${values.length} planted values`);
  });

  test(`values of fields whose names say that they are credentials are shown nowhere: ${definition.kind}`, () => {
    const names = ["authorization", "cookie", "X-Api-Key", "access_token", "X-Goog-Signature", "client-secret"];
    const planted = plantedIn(definition, plain, names).filter(({ field }) =>
      /(?:headers|queryParams|set|add)\.\[\]\.value$/.test(field),
    );
    assert.ok(planted.length >= 20);
    for (const one of planted) look(one, ["everybody", "author"]);
  });
}

test("of the object of a filter of somebody's own only the members are shown to everybody", () => {
  const extensionRef = { group: "acme.io", kind: "Planted", name: "own" };
  const filters = [{ type: "ExtensionRef", extensionRef }];
  const { spec: _, ...rest } = route("HTTPRoute");
  const withFilter = { ...rest, spec: { parentRefs, rules: [{ ...rule, filters }] } } as AnyObject;
  for (const spec of [
    { anything: secret },
    { list: [{ deep: secret }] },
    secret,
    { [`${"number"}`]: [secret, 4711] },
  ]) {
    const own = { apiVersion: "acme.io/v1", kind: "Planted", metadata: { name: "own", namespace: "app" }, spec };
    const { everybody, enforced } = outputsOf(loadObjects([gateway, withFilter, own]), before);
    assert.ok(enforced.includes(secret));
    for (const [output, text] of Object.entries(everybody)) {
      assert.ok(!text.includes(secret) && !text.includes("4711"), `${output} shows ${JSON.stringify(spec)}`);
    }
  }
});
