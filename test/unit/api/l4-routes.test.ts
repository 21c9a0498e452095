import assert from "node:assert/strict";
import { test } from "node:test";
import { defaulted, testRows } from "./rows.ts";

const backendRefs = [{ name: "a", port: 80 }];
const rules = [{ backendRefs }];

testRows("TLSRoute", [
  ["a TLSRoute has hostnames", { hostnames: ["a.io"], rules }, { hostnames: [], rules }, ["GW1107", "spec.hostnames"]],
  [
    "SNI has no addresses",
    { hostnames: ["1.2.3.4.io"], rules },
    { hostnames: ["a.io", "1.2.3.4"], rules },
    ["GW1235", "spec.hostnames[1]", "1.2.3.4"],
  ],
  [
    "SNI has names",
    { hostnames: ["*.a.io"], rules },
    { hostnames: ["a_b"], rules },
    ["GW1235", "spec.hostnames[0]", "a_b"],
  ],
  [
    "a wildcard stands for whole labels at the front",
    { hostnames: ["*.a.io"], rules },
    { hostnames: ["a.*.io", "*a.io"], rules },
    ["GW1235", "spec.hostnames[0]", "a.*.io"],
    ["GW1235", "spec.hostnames[1]", "*a.io"],
  ],
]);

const kinds = [
  ["TLSRoute", { hostnames: ["a.io"] }],
  ["TCPRoute", {}],
  ["UDPRoute", {}],
] as const;
for (const [kind, base] of kinds) {
  testRows(kind, [
    ["there are rules", { ...base, rules }, base, ["GW1102", "spec.rules"]],
    ["there is one rule", { ...base, rules }, { ...base, rules: [...rules, ...rules] }, ["GW1107", "spec.rules"]],
    ["a rule has backends", { ...base, rules }, { ...base, rules: [{}] }, ["GW1102", "spec.rules[0].backendRefs"]],
    [
      "a Service has a port",
      { ...base, rules },
      { ...base, rules: [{ backendRefs: [{ name: "a" }] }] },
      ["GW1210", "spec.rules[0].backendRefs[0].port"],
    ],
    [
      "a parent is referred to once",
      { ...base, rules, parentRefs: [{ name: "a" }, { name: "b" }] },
      { ...base, rules, parentRefs: [{ name: "a" }, { name: "a" }] },
      ["GW1230", "spec.parentRefs[1]"],
    ],
    [
      "a rule matches nothing but connections",
      { ...base, rules },
      { ...base, rules: [{ backendRefs, matches: [] }] },
      ["GW1101", "spec.rules[0].matches"],
    ],
  ]);

  test(`${kind}: a backend is a Service of weight 1 by default`, () => {
    assert.deepEqual(defaulted(kind, { ...base, rules }), {
      ...base,
      rules: [{ backendRefs: [{ group: "", kind: "Service", name: "a", port: 80, weight: 1 }] }],
    });
  });
}
