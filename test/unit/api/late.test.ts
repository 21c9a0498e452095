import assert from "node:assert/strict";
import { test } from "node:test";
import { validate } from "../../../lib/api/index.ts";
import { assertReadsWell, findingsIn, objectOf, summary } from "./rows.ts";

class Output<T> {
  readonly #value: T;
  constructor(value: T) {
    this.#value = value;
  }
  apply(callback: (value: T) => unknown): unknown {
    return new Output(callback(this.#value));
  }
}
const output = <T>(value: T) => new Output(value);
const lazy = <T>(value: T) => ({ produce: () => value });
const note = (field: string) => ["GW1110", field] as const;

for (const [engine, late] of [["Pulumi", output] as const, ["cdk8s", lazy] as const]) {
  test(`values of ${engine} stand at names, namespaces, ports, hostnames and weights`, () => {
    const route = objectOf("HTTPRoute", {
      parentRefs: [{ name: late("acme"), namespace: late("edge"), port: late(80) }],
      hostnames: [late("acme.io")],
      rules: [
        { backendRefs: [{ name: late("a"), namespace: late("store"), port: late(80), weight: late(9) }] },
        { filters: [{ type: "RequestRedirect", requestRedirect: { hostname: late("b.io"), port: late(443) } }] },
      ],
    });
    const named = { ...route, metadata: { name: late("acme"), namespace: late("store") } };
    const { object, findings } = validate(named as never, { channel: "standard" });
    assert.deepEqual(findings, []);
    assert.equal(object?.metadata.name, named.metadata.name);
    assert.ok(object?.kind === "HTTPRoute");
    assert.equal(object.spec.rules[0]?.backendRefs?.[0]?.kind, "Service");
  });

  test(`a value of ${engine} anywhere else is one finding that says where such values may stand`, () => {
    const spec = {
      rules: [
        {
          name: late("a"),
          matches: [{ path: { value: late("/") } }, { path: late({ value: "/" }) }, { headers: late([]) }],
          timeouts: { request: late("1s") },
        },
        late({}),
      ],
    };
    const findings = findingsIn("HTTPRoute", spec);
    const fields = ["name", "matches[0].path.value", "matches[1].path", "matches[2].headers", "timeouts.request"].map(
      (field) => ["GW1103", `spec.rules[0].${field}`],
    );
    assert.deepEqual(summary(findings), [...fields, ["GW1103", "spec.rules[1]"]]);
    for (const finding of findings) {
      assertReadsWell(finding);
      assert.match(finding.allowed ?? "", /names, namespaces, ports, hostnames and weights/);
    }
    assert.deepEqual(summary(findingsIn("HTTPRoute", late({}))), [["GW1103", "spec"]]);
    const labelled = { ...objectOf("HTTPRoute", {}), metadata: { name: "a", labels: { team: late("store") } } };
    const { findings: labels } = validate(labelled as never, { channel: "standard" });
    assert.deepEqual(summary(labels), [["GW1103", "metadata.labels.team"]]);
  });
}

test("a rule that reads a late value gives one note at that value, and the object stays valid", () => {
  const spec = { parentRefs: [{ name: "a" }, { name: output("b") }, { name: "c" }] };
  const { object, findings } = validate(objectOf("HTTPRoute", spec), { channel: "standard" });
  assert.deepEqual(summary(findings), [note("spec.parentRefs[1].name")]);
  assert.equal(findings[0]?.severity, "note");
  assert.ok(object);
  const listeners = [1, 2, 3].map((i) => ({ name: `l${i}`, port: output(i), protocol: "HTTP" }));
  assert.deepEqual(summary(findingsIn("Gateway", { gatewayClassName: output("lb"), listeners })), [
    note("spec.listeners[0].port"),
  ]);
});

test("a rule that asks only whether a field is there needs no value", () => {
  assert.deepEqual(findingsIn("HTTPRoute", { rules: [{ backendRefs: [{ name: "a", port: output(80) }] }] }), []);
  const listeners = [{ name: "a", port: 53, protocol: "UDP", hostname: output("acme.io") }];
  assert.deepEqual(summary(findingsIn("Gateway", { gatewayClassName: "lb", listeners })), [
    ["GW1242", "spec.listeners[0].hostname", "a value that becomes known later"],
  ]);
});

test("late values hide no other finding", () => {
  const spec = {
    parentRefs: [{ name: output("a") }, { name: output("b") }],
    hostnames: [output("acme.io"), "ACME"],
    rules: [
      { name: "a", backendRefs: [{ name: output("a") }] },
      { name: "a", matches: [{ path: { value: "a" } }] },
    ],
  };
  const { object, findings } = validate(objectOf("HTTPRoute", spec), { channel: "standard" });
  assert.equal(object, undefined);
  assert.deepEqual(
    new Set(summary(findings).map(String)),
    new Set(
      [
        ["GW1110", "spec.parentRefs[0].name"],
        ["GW1105", "spec.hostnames[1]", "ACME"],
        ["GW1210", "spec.rules[0].backendRefs[0].port"],
        ["GW1201", "spec.rules[1].matches[0].path.value", "a"],
        ["GW1231", "spec.rules[1].name", "a"],
      ].map(String),
    ),
  );
});
