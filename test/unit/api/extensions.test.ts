import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import type { ExtensionKind, SpecSchema } from "../../../lib/api/load/extension.ts";
import { load, type SourceContent } from "../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";

const schema = z.strictObject({ header: z.string().default("x-api-key"), keys: z.array(z.string()).min(1) });
const kind = (own?: SpecSchema<unknown, unknown>): ExtensionKind => ({
  group: "acme.io",
  kind: "RequireApiKey",
  version: "v1",
  ...(own === undefined ? {} : { schema: own }),
});

function source(name: string, text: string, kinds: readonly ExtensionKind[] = []): SourceContent {
  const filters = { path: name, version: "1", kinds };
  return { name, ...parseDocuments(text, name), texts: new Map([[name, text]]), filters };
}

const object = (spec: string, version = "v1") => `apiVersion: acme.io/${version}
kind: RequireApiKey
metadata:
  name: partners
spec:
  ${spec}
`;
const loaded = (text: string, kinds: readonly ExtensionKind[]) =>
  load([source("a.yaml", text, kinds)], { channel: "standard" });

test("objects of a registered kind are read in every version, as they are written, in their namespace", () => {
  for (const version of ["v1", "v1alpha1"]) {
    const { extensions, findings, objects, authored } = loaded(object("keys: [a]", version), [kind(schema)]);
    assert.deepEqual(findings, []);
    assert.deepEqual([objects.length, authored.length], [0, 1]);
    const [declared] = extensions.objects;
    assert.equal(declared?.object.metadata.namespace, "default");
    assert.deepEqual(declared?.object.spec, { keys: ["a"] }, "defaults are the schema's, where the filter runs");
  }
});

test("objects of kinds that nobody registers are kept apart, unread", () => {
  const { extensions, findings } = loaded(object("keys: 5"), []);
  const { kinds, objects, others } = extensions;
  assert.deepEqual([kinds, objects, findings], [[], [], []]);
  assert.deepEqual(
    others?.map(({ object: { kind: name } }) => name),
    ["RequireApiKey"],
  );
});

test("an object that the schema refuses is left out, each fault told at its place and without the value", () => {
  const { extensions, findings } = loaded(object("keys: [a, 5]\n  colour: secret"), [kind(schema)]);
  assert.deepEqual(extensions.objects, []);
  assert.deepEqual(
    findings.map(({ code, field, origin, object: named }) => ({ code, field, origin, named: named?.name })),
    [
      {
        code: "GW1111",
        field: "spec.keys[1]",
        origin: { file: "a.yaml", line: 6, column: 13 },
        named: "partners",
      },
      { code: "GW1111", field: "spec", origin: { file: "a.yaml", line: 5, column: 1 }, named: "partners" },
    ],
  );
  assert.doesNotMatch(JSON.stringify(findings), /secret/);
});

const schemas: readonly (readonly [string, SpecSchema<unknown, unknown>["~standard"]["validate"], RegExp])[] = [
  [
    "throws",
    () => {
      throw new Error("broken");
    },
    /The schema threw broken/,
  ],
  ["is asynchronous", () => Promise.reject(new Error("later")), /validates asynchronously/],
];
for (const [what, validate, message] of schemas) {
  test(`a schema that ${what} refuses the object`, () => {
    const { findings } = loaded(object("keys: [a]"), [kind({ "~standard": { version: 1, vendor: "test", validate } })]);
    assert.deepEqual([findings.length, findings[0]?.code], [1, "GW1111"]);
    assert.match(findings[0]?.message ?? "", message);
  });
}

test("a later source's filter replaces an earlier one of the same kind, with a note", () => {
  const [first, second] = [kind(), kind(schema)];
  const { extensions, findings } = load([source("a", "", [first]), source("b", object("keys: 5"), [second])], {
    channel: "standard",
  });
  assert.deepEqual(extensions.kinds, [second]);
  assert.deepEqual(
    findings.map(({ code, severity }) => `${code} ${severity}`),
    ["GW1009 note", "GW1111 error"],
  );
});
