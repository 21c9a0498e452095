import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { validate } from "../../../lib/api/index.ts";

const identity = (kind: string) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind,
  metadata: { name: "store", namespace: "shop" },
});
const parentRefs = [
  { name: "edge", namespace: "infra", sectionName: "http", port: 80 },
  { name: "edge", namespace: "infra", sectionName: "https", port: 443 },
];
const backendRefs = [{ name: "store", namespace: "shop", port: 8080, weight: 1 }];

/** Valid objects with every leaf that may have a late value, covered by as many rules as possible. */
const samples: readonly AnyObject[] = [
  {
    ...identity("Gateway"),
    spec: {
      gatewayClassName: "external",
      addresses: [{ type: "Hostname", value: "acme.io" }, { value: "192.0.2.1" }],
      listeners: [
        { name: "http", protocol: "HTTP", port: 80, hostname: "acme.io" },
        {
          name: "https",
          protocol: "HTTPS",
          port: 443,
          hostname: "*.acme.io",
          tls: { certificateRefs: [{ name: "acme", namespace: "infra" }] },
        },
      ],
      tls: { frontend: { default: {}, perPort: [{ port: 443, tls: {} }] } },
    },
  },
  {
    ...identity("HTTPRoute"),
    spec: {
      parentRefs,
      hostnames: ["acme.io"],
      rules: [
        {
          name: "store",
          matches: [{ path: { type: "Exact", value: "/store" }, headers: [{ name: "canary", value: "yes" }] }],
          filters: [{ type: "RequestMirror", requestMirror: { backendRef: { name: "store", port: 80 }, percent: 5 } }],
          timeouts: { request: "10s", backendRequest: "5s" },
          backendRefs,
        },
      ],
    },
  },
  {
    ...identity("GRPCRoute"),
    spec: { parentRefs, hostnames: ["acme.io"], rules: [{ matches: [{ method: { service: "a.B" } }], backendRefs }] },
  },
  { ...identity("TLSRoute"), spec: { parentRefs, hostnames: ["acme.io", "*.acme.io"], rules: [{ backendRefs }] } },
  { ...identity("TCPRoute"), spec: { parentRefs, rules: [{ backendRefs }] } },
  {
    ...identity("BackendTLSPolicy"),
    spec: {
      targetRefs: [{ group: "", kind: "Service", name: "store", sectionName: "https" }],
      validation: {
        hostname: "acme.io",
        wellKnownCACertificates: "System",
        subjectAltNames: [{ type: "Hostname", hostname: "acme.io" }],
      },
    },
  },
  {
    ...identity("ListenerSet"),
    spec: {
      parentRef: { name: "edge", namespace: "infra" },
      listeners: [
        { name: "a", protocol: "TCP", port: 1 },
        { name: "b", protocol: "TCP", port: 2 },
      ],
    },
  },
];

type Step = string | number;
type Path = readonly Step[];

/** Returns every path below metadata and spec, of inner values as well as leaves. */
function places(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== "object") return [path];
  const inner = Object.entries(value).flatMap(([key, part]) =>
    places(part, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length > 1 ? [path, ...inner] : inner;
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? replaced(item, rest, by) : item));
  const record = value as Readonly<Record<string, unknown>>;
  return { ...record, [step]: replaced(record[String(step)], rest, by) };
}

const junk = [null, true, 5, 1.5, -1, "", "5", "\u0000", [], [null], {}, { length: 0 }, { produce: 5 }, { name: 1 }];

test("the samples are valid, so that what is found in them is found because of what was changed", () => {
  for (const sample of samples) assert.deepEqual(validate(sample, { channel: "standard" }).findings, [], sample.kind);
});

test("a value of any type at any place gives findings and no exception", () => {
  for (const sample of samples) {
    for (const path of places(sample).filter(([first]) => first === "metadata" || first === "spec")) {
      for (const value of junk) {
        const { object, findings } = validate(replaced(sample, path, value) as AnyObject, { channel: "standard" });
        assert.ok(object !== undefined || findings.length > 0, `${sample.kind} ${path.join(".")}`);
      }
    }
  }
});

test("several values of any type together give findings and no exception", () => {
  const change = (sample: AnyObject) =>
    fc.array(fc.tuple(fc.constantFrom(...places(sample)), fc.oneof(fc.constantFrom(...junk), fc.jsonValue())), {
      minLength: 1,
      maxLength: 4,
    });
  const changed = fc.constantFrom(...samples).chain((sample) => fc.tuple(fc.constant(sample), change(sample)));
  fc.assert(
    fc.property(
      changed,
      fc.constantFrom("standard" as const, "experimental" as const),
      ([sample, changes], channel) => {
        // Changes are applied from the deepest path up, so that one does not remove the path of another.
        const ordered = [...changes].sort(([a], [b]) => b.length - a.length);
        const object = ordered.reduce<unknown>((value, [path, by]) => replaced(value, path, by), sample);
        const outcome = validate(object as AnyObject, { channel });
        assert.ok(outcome.object !== undefined || outcome.findings.length > 0);
      },
    ),
    { numRuns: 500 },
  );
});

for (const value of [5, true, {}, []]) {
  test(`a hostname that is ${JSON.stringify(value)} is told once, as a value of the wrong type`, () => {
    const route = {
      ...identity("TLSRoute"),
      spec: { hostnames: [value], rules: [{ backendRefs: [{ name: "store", port: 443 }] }] },
    };
    const { findings } = validate(route, { channel: "standard" });
    assert.deepEqual(
      findings.map(({ code, field }) => [code, field]),
      [["GW1103", "spec.hostnames[0]"]],
    );
  });
}

test("listeners whose ports are of the wrong type are not called equal", () => {
  const listeners = ["a", "b"].map((name) => ({ name, protocol: "TCP", port: "80" }));
  const { findings } = validate(
    { ...identity("Gateway"), spec: { gatewayClassName: "external", listeners } },
    { channel: "standard" },
  );
  assert.deepEqual(
    findings.map(({ code, field }) => [code, field]),
    [
      ["GW1103", "spec.listeners[0].port"],
      ["GW1103", "spec.listeners[1].port"],
    ],
  );
});
