import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { z } from "zod";
import { type KindDefinition, kinds, schemaOf, unroutedKinds } from "../../../lib/api/kinds/kinds.ts";
import type { Channel } from "../../../lib/api/schema/schema.ts";
import { crdFacts } from "./crd-facts.ts";
import { type CustomResource, type CustomResourceVersion, customResources, type OpenAPISchema } from "./crds.ts";
import { deliberate } from "./deliberate.ts";
import { describe, differences, type FieldFacts } from "./facts.ts";
import { schemaFacts } from "./schema-facts.ts";

const channels = ["standard", "experimental"] as const;

const definitionOf = ({ group, kind }: CustomResource): KindDefinition | undefined =>
  [...kinds, ...unroutedKinds].find((known) => known.group === group && known.kind === kind);

/** Returns the facts of the object without apiVersion, kind, metadata and status. */
function facts(schema: OpenAPISchema): FieldFacts {
  const { apiVersion: _, kind: _kind, metadata: _metadata, status: _status, ...properties } = schema.properties ?? {};
  return crdFacts({ ...schema, properties }, "");
}

/** Returns the facts of the status without `required` and `default`: lib/api/kinds/status.ts says why. */
function statusFacts(all: FieldFacts): FieldFacts {
  const withoutMeaning = ["required", "default"];
  return new Map(
    [...all].map(([path, found]) => [path, new Map([...found].filter(([fact]) => !withoutMeaning.includes(fact)))]),
  );
}

function ownFacts(definition: KindDefinition, channel: Channel, version: string): FieldFacts {
  const schema = schemaOf(definition, channel, version);
  assert.ok(schema instanceof z.ZodObject);
  return schemaFacts(schema.pick({ spec: true }), "");
}

function listOfWork(crd: FieldFacts, ours: FieldFacts, of: string): string[] {
  return differences(crd, ours).map((difference) => `${of} ${describe(difference)}`);
}

const used = new Set<string>();
const compared = new Map<string, number>();

function count(fields: FieldFacts): void {
  const add = (name: string) => compared.set(name, (compared.get(name) ?? 0) + 1);
  for (const found of fields.values()) {
    add("fields");
    for (const fact of found.keys()) add(fact.startsWith("rule ") ? "rules" : fact);
  }
}

for (const channel of channels) {
  suite(`the ${channel} channel`, () => {
    const resources = customResources(channel);
    const known = resources.filter((resource) => definitionOf(resource) !== undefined);

    test("has no kind without a schema of ours", () => {
      const without = resources.filter((resource) => definitionOf(resource) === undefined).map(({ kind }) => kind);
      assert.deepEqual(without, []);
      assert.equal(known.length, channel === "standard" ? 10 : 14);
    });

    for (const resource of known) compareKind(resource, channel);
  });
}

function compareKind(resource: CustomResource, channel: Channel): void {
  const definition = definitionOf(resource) as KindDefinition;
  const served = resource.versions.filter((version) => version.served);

  test(`${resource.kind} is called, scoped and versioned as the CRD has it`, () => {
    assert.equal(definition.plural, resource.plural);
    assert.equal(definition.scope, resource.scope);
    const ours = definition.versions.filter(({ channels: of }) => of.includes(channel)).map(({ name }) => name);
    assert.deepEqual(ours.toSorted(), served.map(({ name }) => name).toSorted());
  });

  test(`the CRD of ${resource.kind} leaves metadata to the API server`, () => {
    for (const { schema } of served) assert.deepEqual(schema.properties?.metadata, { type: "object" });
  });

  for (const version of served) compareVersion(resource.kind, definition, version, channel);
}

function compareVersion(
  kind: string,
  definition: KindDefinition,
  { name, schema }: CustomResourceVersion,
  channel: Channel,
): void {
  test(`${kind} ${name} has every field, limit, default and rule of the CRD, and no other`, () => {
    const crd = facts(schema);
    assert.ok(crd.size > 5, "the CRD has fields");
    count(crd);
    const work = listOfWork(crd, ownFacts(definition, channel, name), `${kind} ${name}`);
    const { status } = schema.properties ?? {};
    const own = schemaOf(definition, channel, name) as z.ZodObject;
    const ownStatus = own.shape.status as z.ZodType | undefined;
    assert.equal(ownStatus === undefined, status === undefined, "a status is described where the CRD has one");
    if (status !== undefined && ownStatus !== undefined) {
      const theirs = statusFacts(crdFacts(status, "status"));
      count(theirs);
      work.push(...listOfWork(theirs, statusFacts(schemaFacts(ownStatus, "status")), `${kind} ${name}`));
    }
    for (const line of work) if (deliberate.has(line)) used.add(line);
    assert.deepEqual(
      work.filter((line) => !deliberate.has(line)),
      [],
    );
  });
}

suite("the comparison", () => {
  test("has no deliberate difference that is none any more", () => {
    assert.deepEqual([...used], [...deliberate.keys()]);
  });

  test("names what a next release adds, changes and removes", () => {
    const resource = customResources("standard").find(({ kind }) => kind === "HTTPRoute");
    assert.ok(resource);
    const schema = structuredClone(resource.versions.find(({ name }) => name === "v1")?.schema) as OpenAPISchema;
    const spec = at(schema, "properties", "spec", "properties");
    const rule = at(spec, "rules", "items", "properties");
    Object.assign(spec, { priority: { type: "integer", properties: { within: { type: "string" } } } });
    Object.assign(at(spec, "hostnames"), { maxItems: 32 });
    at(spec, "parentRefs")["x-kubernetes-validations"] = [];
    delete at(rule, "timeouts", "properties").backendRequest;
    const definition = definitionOf(resource) as KindDefinition;
    const work = listOfWork(facts(schema), ownFacts(definition, "standard", "v1"), "HTTPRoute v1");
    assert.deepEqual(
      work.map((line) => line.replace(/(the CRD has no rule) self\.all\(p1.*/, "$1 …")),
      [
        "HTTPRoute v1 spec.hostnames: maxItems is 32 in the CRD, and ours is 16",
        "HTTPRoute v1 spec.parentRefs: the CRD has no rule …",
        "HTTPRoute v1 spec.parentRefs: the CRD has no rule …",
        'HTTPRoute v1 spec.priority: ours has no field; the CRD\'s is "integer"',
        'HTTPRoute v1 spec.rules[].timeouts.backendRequest: the CRD has no field; ours is "string"',
      ],
    );
  });
});

function at(schema: unknown, ...path: readonly string[]): Record<string, unknown> {
  return path.reduce((part, step) => (part as Record<string, unknown>)[step], schema) as Record<string, unknown>;
}

after(() => {
  const lines = [...compared].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, total]) => `${name} ${total}`);
  console.log(`compared: ${lines.join(", ")}`);
});
