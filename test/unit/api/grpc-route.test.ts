import assert from "node:assert/strict";
import { test } from "node:test";
import { defaulted, findingsIn, summary, testRows } from "./rows.ts";

const method = (fields: object) => ({ rules: [{ matches: [{ method: fields }] }] });
const at = "spec.rules[0].matches[0].method";
const matches = (count: number) => Array.from({ length: count }, () => ({}));

testRows("GRPCRoute", [
  ["a match names a service or a method", method({ method: "Get" }), method({}), ["GW1234", at]],
  [
    "a service has a name of protobuf",
    method({ service: "acme.v1.Store" }),
    method({ service: "acme/Store" }),
    ["GW1234", `${at}.service`, "acme/Store"],
  ],
  [
    "letters of a service fold as in RE2, where the long s is an s",
    method({ service: "acme.v1.\u017ftore" }),
    method({ service: "acme.v1.\u00dftore" }),
    ["GW1234", `${at}.service`, "acme.v1.\u00dftore"],
  ],
  [
    "a method has a name of protobuf",
    method({ method: "List_All" }),
    method({ method: "List-All" }),
    ["GW1234", `${at}.method`, "List-All"],
  ],
  [
    "an expression is no name",
    method({ type: "RegularExpression", service: "acme\\..*", method: "(Get|List)" }),
    method({ type: "Regex", service: "acme" }),
    ["GW1104", `${at}.type`, "Regex"],
  ],
  [
    "gRPC is not redirected",
    { rules: [{ filters: [{ type: "RequestHeaderModifier", requestHeaderModifier: {} }] }] },
    { rules: [{ filters: [{ type: "RequestRedirect" }] }] },
    ["GW1104", "spec.rules[0].filters[0].type", "RequestRedirect"],
  ],
  [
    "a filter stands once",
    { rules: [{ filters: [{ type: "ResponseHeaderModifier", responseHeaderModifier: {} }] }] },
    {
      rules: [
        {
          filters: [
            { type: "ResponseHeaderModifier", responseHeaderModifier: {} },
            { type: "ResponseHeaderModifier", responseHeaderModifier: {} },
          ],
        },
      ],
    },
    ["GW1225", "spec.rules[0].filters[1]"],
  ],
  [
    "a filter has its field",
    { rules: [{ filters: [{ type: "ExtensionRef", extensionRef: { group: "a.io", kind: "A", name: "a" } }] }] },
    { rules: [{ filters: [{ type: "ExtensionRef", requestHeaderModifier: {} }] }] },
    ["GW1224", "spec.rules[0].filters[0].requestHeaderModifier", "ExtensionRef"],
    ["GW1224", "spec.rules[0].filters[0].extensionRef"],
  ],
  [
    "a Service has a port",
    { rules: [{ backendRefs: [{ name: "a", port: 80 }] }] },
    { rules: [{ backendRefs: [{ name: "a" }] }] },
    ["GW1210", "spec.rules[0].backendRefs[0].port"],
  ],
  [
    "rules have names of their own",
    { rules: [{ name: "a" }, {}] },
    { rules: [{ name: "a" }, { name: "a" }] },
    ["GW1231", "spec.rules[1].name", "a"],
  ],
  [
    "a route has at most 128 matches",
    { rules: [{ matches: matches(64) }, { matches: matches(64) }, {}] },
    { rules: [{ matches: matches(64) }, { matches: matches(64) }, { matches: matches(1) }] },
    ["GW1232", "spec.rules", "129"],
  ],
]);

test("a GRPCRoute gets no rule and no match that it does not have", () => {
  assert.deepEqual(defaulted("GRPCRoute", {}), {});
  const rules = [{ matches: [{ method: { service: "a.B" }, headers: [{ name: "x", value: "y" }] }] }, {}];
  assert.deepEqual(defaulted("GRPCRoute", { rules }), {
    rules: [
      { matches: [{ method: { type: "Exact", service: "a.B" }, headers: [{ type: "Exact", name: "x", value: "y" }] }] },
      {},
    ],
  });
});

test("session persistence is experimental", () => {
  const spec = { rules: [{ sessionPersistence: { cookie: {} } }] };
  assert.deepEqual(findingsIn("GRPCRoute", spec, "experimental"), []);
  assert.deepEqual(summary(findingsIn("GRPCRoute", spec)), [["GW1109", "spec.rules[0].sessionPersistence"]]);
});
