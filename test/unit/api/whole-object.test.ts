import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { validate } from "../../../lib/api/index.ts";
import { load } from "../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import type { Channel } from "../../../lib/api/schema/schema.ts";

/** A change of a valid object, and the code and field of each error. The API server refuses the same objects. */
type Row = readonly [name: string, change: Change, ...errors: readonly (readonly [code: string, field: string])[]];

interface Change {
  readonly kind?: string;
  readonly metadata?: object;
  readonly spec?: object;
  readonly [field: string]: unknown;
}

const gateway = { gatewayClassName: "a", listeners: [{ name: "a", port: 80, protocol: "HTTP" }] };
const specs: Readonly<Record<string, object>> = {
  HTTPRoute: { parentRefs: [{ name: "g" }] },
  Gateway: gateway,
  ReferenceGrant: { from: [{ group: "", kind: "A", namespace: "a" }], to: [{ group: "", kind: "B" }] },
};
const owner = { apiVersion: "v1", kind: "ConfigMap", name: "a", uid: "u" };
const long = "a".repeat(254);

const rows: Readonly<Record<string, readonly Row[]>> = {
  "null in a field that does not exist": [
    ["a field of another kind", { spec: { hostname: null } }, ["GW1101", "spec.hostname"]],
    ["a field of no kind", { spec: { surplus: null } }, ["GW1101", "spec.surplus"]],
    ["beside spec", { foo: null }, ["GW1101", "foo"]],
    ["deep down", { spec: { rules: [{ matches: [{ foo: null }] }] } }, ["GW1101", "spec.rules[0].matches[0].foo"]],
    ["in metadata", { metadata: { clusterName: null } }, ["GW1101", "metadata.clusterName"]],
    [
      "of the experimental channel",
      { kind: "Gateway", spec: { ...gateway, defaultScope: null } },
      ["GW1109", "spec.defaultScope"],
    ],
    ["in a field that exists it is as if left out", { spec: { hostnames: null, rules: [{ name: null }] } }],
  ],
  status: [
    ["an unknown field", { status: { surplus: 1 } }, ["GW1101", "status.surplus"]],
    ["an unknown field deep down", { status: { parents: [{ foo: 1 }] } }, ["GW1101", "status.parents[0].foo"]],
    ["of a kind without a status", { kind: "ReferenceGrant", status: {} }, ["GW1101", "status"]],
    ["an empty one", { status: {} }],
    [
      "a value that no controller can write",
      { kind: "Gateway", status: { addresses: [{ type: "IPAddress", value: "1.2.3.4:8080" }] } },
      ["GW1244", "status.addresses[0].value"],
    ],
    [
      "a condition",
      { status: { parents: [{ conditions: [{ type: "Accepted", status: "true", lastTransitionTime: "now" }] }] } },
      ["GW1104", "status.parents[0].conditions[0].status"],
      ["GW1105", "status.parents[0].conditions[0].lastTransitionTime"],
    ],
  ],
  metadata: [
    [
      "a long domain of a label",
      { metadata: { labels: { [`${long}/b`]: "" } } },
      ["GW1105", `metadata.labels.${long}/b`],
    ],
    ["a domain as long as it may be", { metadata: { labels: { [`${long.slice(1)}/b`]: "" } } }],
    [
      "a long domain of an annotation",
      { metadata: { annotations: { [`${long}/b`]: "" } } },
      ["GW1105", `metadata.annotations.${long}/b`],
    ],
    [
      "annotations that are too large",
      { metadata: { annotations: { a: "x".repeat(262_144) } } },
      ["GW1255", "metadata.annotations"],
    ],
    ["annotations as large as they may be", { metadata: { annotations: { a: "x".repeat(262_143) } } }],
    ["capitals in the domain of an annotation", { metadata: { annotations: { "Example.com/b": "" } } }],
    ["a label that is null", { metadata: { labels: { a: null } } }],
    ["a namespace that is empty", { metadata: { namespace: "" } }],
    ...["A_", "a.", "a".repeat(300)].map(
      (generateName): Row => [
        `generateName: ${generateName.slice(0, 5)}`,
        { metadata: { generateName } },
        ["GW1105", "metadata.generateName"],
      ],
    ),
    ["generateName: 5", { metadata: { generateName: 5 } }, ["GW1103", "metadata.generateName"]],
    ["a prefix whose last letter the server replaces", { metadata: { generateName: "a_-" } }],
    ["a finalizer with a blank", { metadata: { finalizers: ["a b"] } }, ["GW1105", "metadata.finalizers[0]"]],
    ["finalizers that are no list", { metadata: { finalizers: "a" } }, ["GW1103", "metadata.finalizers"]],
    [
      "two ways of deletion",
      { metadata: { finalizers: ["orphan", "foregroundDeletion"] } },
      ["GW1255", "metadata.finalizers"],
    ],
    [
      "an owner without uid",
      { metadata: { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "a" }] } },
      ["GW1102", "metadata.ownerReferences[0].uid"],
    ],
    [
      "an owner with an unknown field",
      { metadata: { ownerReferences: [{ ...owner, foo: 1 }] } },
      ["GW1101", "metadata.ownerReferences[0].foo"],
    ],
    [
      "an owner with a text as controller",
      { metadata: { ownerReferences: [{ ...owner, controller: "yes" }] } },
      ["GW1103", "metadata.ownerReferences[0].controller"],
    ],
    [
      "two controllers",
      { metadata: { ownerReferences: [1, 2].map((i) => ({ ...owner, uid: `u${i}`, controller: true })) } },
      ["GW1255", "metadata.ownerReferences[1].controller"],
    ],
    [
      "an Event as owner",
      { metadata: { ownerReferences: [{ ...owner, kind: "Event" }] } },
      ["GW1255", "metadata.ownerReferences[0]"],
    ],
    ...["yesterday", "", "2026-01-01", "2026-02-30T00:00:00Z"].map(
      (creationTimestamp): Row => [
        `creationTimestamp: ${creationTimestamp}`,
        { metadata: { creationTimestamp } },
        ["GW1105", "metadata.creationTimestamp"],
      ],
    ),
    ["deletionTimestamp: x", { metadata: { deletionTimestamp: "x" } }, ["GW1105", "metadata.deletionTimestamp"]],
    ["a time with fractions and a zone", { metadata: { creationTimestamp: "2024-02-29T23:59:59.5+02:00" } }],
    ["selfLink: 1", { metadata: { selfLink: 1 } }, ["GW1103", "metadata.selfLink"]],
    ["resourceVersion: 1", { metadata: { resourceVersion: 1 } }, ["GW1103", "metadata.resourceVersion"]],
    ["managedFields: x", { metadata: { managedFields: "x" } }, ["GW1103", "metadata.managedFields"]],
  ],
  "values of a spec": [
    ["an integer beyond 2^53", { spec: { rules: [{ retry: { attempts: 2 ** 53 } }] } }],
    ["no integer", { spec: { rules: [{ retry: { attempts: 1.5 } }] } }, ["GW1103", "spec.rules[0].retry.attempts"]],
    ...["\r", "\u2028"].map(
      (character): Row => [
        `the character ${JSON.stringify(character)}`,
        {
          kind: "Gateway",
          spec: { ...gateway, addresses: [{ value: "1.2.3.4", routability: `example.com/x${character}y` }] },
        },
      ],
    ),
    [
      "a duplicate given three times is named once",
      { spec: { rules: [{ filters: [{ type: "CORS", cors: { allowMethods: ["GET", "GET", "GET"] } }] }] } },
      ["GW1108", "spec.rules[0].filters[0].cors.allowMethods[1]"],
    ],
  ],
};

function objectOf({ kind = "HTTPRoute", metadata, spec, ...rest }: Change): AnyObject {
  const apiVersion = "gateway.networking.k8s.io/v1";
  const object = { apiVersion, kind, metadata: { name: "nasty", namespace: "default", ...metadata } };
  return { ...object, spec: { ...specs[kind], ...spec }, ...rest };
}

const channelOf = (name: string): Channel => (name.startsWith("the character") ? "experimental" : "standard");

for (const [name, group] of Object.entries(rows)) {
  suite(name, () => {
    for (const [row, change, ...errors] of group) {
      test(row, () => {
        const object = objectOf(change);
        const options = { channel: channelOf(row) };
        const expected = errors.map(([code, field]) => `${code} ${field}`).sort();
        const { findings } = validate(object, options);
        assert.deepEqual(findings.map(({ code, field }) => `${code} ${field}`).sort(), expected);
        // The command reports the same.
        const parsed = parseDocuments(JSON.stringify(object), "a.json");
        const loaded = load([{ name: "a.json", ...parsed }], options);
        const found = loaded.findings.filter(({ severity }) => severity === "error");
        assert.deepEqual(found.map(({ code, field }) => `${code} ${field}`).sort(), expected);
      });
    }
  });
}

test("__proto__ is a key like any other where the API server takes any key", () => {
  const tls = { mode: "Terminate", certificateRefs: [{ name: "a" }], options: JSON.parse('{"__proto__":"x","b":"y"}') };
  const listeners = [{ name: "a", port: 443, protocol: "HTTPS", tls }];
  const { object, findings } = validate(objectOf({ kind: "Gateway", spec: { listeners } }), { channel: "standard" });
  assert.deepEqual(findings, []);
  assert.ok(object?.kind === "Gateway");
  const options = Object.entries(object.spec.listeners[0]?.tls?.options ?? {}).map((entry) => entry.join(" "));
  assert.deepEqual(options.sort(), ["__proto__ x", "b y"]);
  assert.equal(Object.getPrototypeOf(object.spec.listeners[0]?.tls?.options), Object.prototype);
});

test("__proto__ is refused where no other unknown field is taken", () => {
  const spec = JSON.parse('{"__proto__": 1}') as object;
  const { findings } = validate({ ...objectOf({}), spec }, { channel: "standard" });
  assert.deepEqual(
    findings.map(({ code, field, message }) => [code, field, message]),
    [["GW1101", "spec.__proto__", "There is no field __proto__ here."]],
  );
});

test("an object that leaves its name to the API server has one of the form that the server makes", () => {
  const { name: _, ...metadata } = { ...objectOf({}).metadata, generateName: "a-" };
  const parsed = parseDocuments(JSON.stringify({ ...objectOf({}), metadata }), "a.json");
  const { objects, findings } = load([{ name: "a.json", ...parsed }], { channel: "standard" });
  assert.match(objects[0]?.object.metadata.name ?? "", /^a-[a-z0-9]{5}$/);
  assert.deepEqual(
    findings.map(({ code, severity, field }) => [code, severity, field]),
    [["GW1055", "note", "metadata.generateName"]],
  );
});
