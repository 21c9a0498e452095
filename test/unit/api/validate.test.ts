import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { kinds, validate } from "../../../lib/api/index.ts";
import { assertReadsWell, type Expected, findingsIn, objectOf, summary } from "./rows.ts";

const backend = { name: "a", port: 80 };

/** Returns the findings of any value, as programs without types may pass it. */
function found(object: unknown) {
  const { findings } = validate(object as AnyObject, { channel: "standard" });
  for (const finding of findings) assertReadsWell(finding);
  return summary(findings);
}

test("what is no object of Kubernetes is said to be none", () => {
  for (const object of [null, undefined, 5, "text", [], true]) assert.deepEqual(found(object), [["GW1004", ""]]);
  assert.deepEqual(found({}), [
    ["GW1102", "apiVersion"],
    ["GW1102", "kind"],
  ]);
  assert.deepEqual(found({ apiVersion: 1, kind: [] }), [
    ["GW1103", "apiVersion"],
    ["GW1103", "kind"],
  ]);
  assert.deepEqual(found({ apiVersion: "v1", kind: "Pod" }), [["GW1005", "kind", "v1 Pod"]]);
  assert.deepEqual(found({ apiVersion: "v1", kind: "Service" }), [
    ["GW1102", "metadata"],
    ["GW1102", "spec"],
  ]);
});

test("metadata has the fields of every object, names and labels as Kubernetes writes them", () => {
  const metadata = { name: "A_b", namespace: "x.y", label: {}, labels: { a: "b c" }, finalizers: ["a.io/b"] };
  assert.deepEqual(found({ ...objectOf("HTTPRoute", {}), metadata }), [
    ["GW1105", "metadata.name", "A_b"],
    ["GW1105", "metadata.namespace", "x.y"],
    ["GW1105", "metadata.labels.a", "b c"],
    ["GW1101", "metadata.label"],
  ]);
});

test("every kind is described in both channels", () => {
  for (const { kind } of kinds) {
    for (const channel of ["standard", "experimental"] as const) {
      const codes = findingsIn(kind, { nonsense: 1 }, channel).map(({ code }) => code);
      assert.ok(
        codes.every((code) => code === "GW1101" || code === "GW1102"),
        `${kind} ${codes}`,
      );
    }
  }
});

test("an older version that is served comes out as the current one", () => {
  for (const kind of ["Gateway", "HTTPRoute", "GatewayClass", "ReferenceGrant"]) {
    const definition = kinds.find((known) => known.kind === kind);
    assert.deepEqual(
      definition?.versions.map(({ name }) => name),
      ["v1", "v1beta1"],
    );
  }
  const { object, findings } = validate(objectOf("HTTPRoute", {}, "v1beta1"), { channel: "standard" });
  assert.deepEqual(findings, []);
  assert.equal(object?.apiVersion, "gateway.networking.k8s.io/v1");
});

test("an older version that only the experimental channel serves is refused in the standard one", () => {
  const old = objectOf("TCPRoute", { rules: [{ backendRefs: [backend] }] }, "v1alpha2");
  assert.deepEqual(found(old), [["GW1109", "apiVersion", "gateway.networking.k8s.io/v1alpha2"]]);
  const { object } = validate(old, { channel: "experimental" });
  assert.equal(object?.apiVersion, "gateway.networking.k8s.io/v1");
});

test("fields that are null or undefined are as if they were not there, and the given object is left alone", () => {
  const spec = {
    hostnames: null,
    rules: [{ backendRefs: [{ ...backend, weight: null, namespace: undefined }], filters: null }],
  };
  const given = objectOf("HTTPRoute", spec);
  const copy = structuredClone(given);
  const { object, findings } = validate(given, { channel: "standard" });
  assert.deepEqual(findings, []);
  assert.deepEqual(object?.kind === "HTTPRoute" && object.spec, {
    rules: [
      {
        matches: [{ path: { type: "PathPrefix", value: "/" } }],
        backendRefs: [{ group: "", kind: "Service", name: "a", port: 80, weight: 1 }],
      },
    ],
  });
  assert.deepEqual(given, copy);
  assert.deepEqual(summary(findingsIn("HTTPRoute", { hostnames: [null] })), [["GW1103", "spec.hostnames[0]", "null"]]);
});

test("several mistakes are all found, those of rules as well", () => {
  const rules = [
    { matches: [{ path: { type: "Exact", value: "a" } }, { method: "got" }], nmae: "a" },
    { backendRefs: [{ name: "" }, { name: "b" }] },
  ];
  assert.deepEqual(summary(findingsIn("HTTPRoute", { rules })), [
    ["GW1201", "spec.rules[0].matches[0].path.value", "a"],
    ["GW1104", "spec.rules[0].matches[1].method", "got"],
    ["GW1101", "spec.rules[0].nmae"],
    ["GW1107", "spec.rules[1].backendRefs[0].name", ""],
    ["GW1210", "spec.rules[1].backendRefs[0].port"],
    ["GW1210", "spec.rules[1].backendRefs[1].port"],
  ]);
});

test("the content of a Secret stands in no finding", () => {
  const password = "hunter2-hunter2";
  const secret = (fields: object) => ({ apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, ...fields });
  const secrets = [
    secret({ data: password }),
    secret({ data: { key: [password] } }),
    secret({ data: { key: { [password]: 1 } } }),
    secret({ stringData: { key: 12345678987654 } }),
    secret({ stringData: { key: Symbol(password) } }),
    secret({ data: { key: { produce: () => password } } }),
    secret({ type: [password] }),
    secret({ data: new Map([[password, password]]) }),
  ];
  for (const object of secrets) {
    const { findings } = validate(object as never, { channel: "standard" });
    assert.ok(findings.length > 0, JSON.stringify(object));
    assert.doesNotMatch(JSON.stringify(findings), /hunter2|12345678987654/);
  }
});

const cycle: Record<string, unknown> = { name: "a" };
cycle.self = cycle;
const shared = { backendRefs: [backend] };
class Spec {
  readonly hostnames = ["acme.io"];
}

/** Values that programs without types may pass: a sentence, a spec, the findings. */
const hostile: readonly (readonly [string, unknown, ...Expected[]])[] = [
  ["a cycle", { rules: [cycle] }, ["GW1103", "spec.rules[0].self"]],
  ["one object in two places", { rules: [shared, shared] }],
  ["an instance of a class with fields", new Spec()],
  ["an object without a prototype", Object.assign(Object.create(null), { hostnames: ["acme.io"] })],
  ["a Date", { hostnames: new Date() }, ["GW1103", "spec.hostnames", "Date"]],
  ["a Map", new Map(), ["GW1103", "spec", "Map"]],
  ["a promise", { rules: [Promise.resolve()] }, ["GW1103", "spec.rules[0]", "Promise"]],
  ["NaN", { parentRefs: [{ name: "a", port: NaN }] }, ["GW1103", "spec.parentRefs[0].port", "NaN"]],
  ["infinity", { parentRefs: [{ name: "a", port: -Infinity }] }, ["GW1103", "spec.parentRefs[0].port", "-Infinity"]],
  ["a BigInt", { parentRefs: [{ name: "a", port: 80n }] }, ["GW1103", "spec.parentRefs[0].port", "80"]],
  ["a symbol", { hostnames: [Symbol("acme.io")] }, ["GW1103", "spec.hostnames[0]", "Symbol(acme.io)"]],
  ["a key named by a symbol", { [Symbol("acme.io")]: 1 }],
  ["the key __proto__", JSON.parse('{ "__proto__": { "rules": [] } }'), ["GW1101", "spec.__proto__"]],
  ["the key constructor", { constructor: { prototype: 1 } }, ["GW1101", "spec.constructor"]],
  [
    "the keys of Object.prototype",
    { rules: [{ toString: 1, hasOwnProperty: 2 }] },
    ["GW1101", "spec.rules[0].toString"],
    ["GW1101", "spec.rules[0].hasOwnProperty"],
  ],
  ["a key that is no identifier", { "a.b c": 1 }, ["GW1101", "spec.a.b c"]],
  [
    "a list with holes",
    { hostnames: new Array(2) },
    ["GW1103", "spec.hostnames[0]", "null"],
    ["GW1103", "spec.hostnames[1]", "null"],
  ],
  ["a list without end", { hostnames: new Array(2 ** 32 - 1) }, ["GW1107", "spec.hostnames", "4294967295 items"]],
  ["a long list", { rules: new Array(50_000).fill(shared) }, ["GW1107", "spec.rules"]],
];

for (const [sentence, spec, ...expected] of hostile) {
  test(`a program may hand over ${sentence}`, () => {
    const { findings } = validate(objectOf("HTTPRoute", spec), { channel: "standard" });
    assert.deepEqual(summary(findings), expected);
    for (const finding of findings) assertReadsWell(finding);
  });
}

test("getters and proxies that throw are findings too", () => {
  const getter = Object.defineProperty({}, "rules", {
    enumerable: true,
    get: () => {
      throw new Error("not now");
    },
  });
  assert.deepEqual(found(objectOf("HTTPRoute", getter)), [["GW1103", "spec.rules", "not now"]]);
  const trap = () => {
    throw new TypeError("never");
  };
  for (const name of ["get", "has", "ownKeys", "getOwnPropertyDescriptor", "getPrototypeOf"] as const) {
    const proxy = new Proxy({ hostnames: ["acme.io"] }, { [name]: trap });
    assert.doesNotThrow(() => validate(objectOf("HTTPRoute", proxy), { channel: "standard" }), name);
  }
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assert.deepEqual(
    found(objectOf("HTTPRoute", proxy)).map(([code, field]) => [code, field]),
    [["GW1103", "spec"]],
  );
});

test("a thousand nested lists, and more mistakes than a stack has room for, are findings", () => {
  let nested: unknown = [];
  for (let i = 0; i < 100_000; i++) nested = [nested];
  assert.equal(found(objectOf("HTTPRoute", { hostnames: nested }))[0]?.[0], "GW1103");
  const wrong = Array.from({ length: 100_000 }, () => ({ backendRefs: [1, 2, 3] }));
  const { findings } = validate(objectOf("HTTPRoute", { rules: wrong }), { channel: "standard" });
  assert.ok(findings.length > 0);
});
