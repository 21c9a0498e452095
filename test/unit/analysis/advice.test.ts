import assert from "node:assert/strict";
import { test } from "node:test";
import { check } from "../../../lib/analysis/check/check.ts";
import { adviceCodes } from "../../../lib/findings/catalog/advice.ts";
import { gateway, loaded, route } from "./given.ts";

/** Returns code, object and field of each piece of advice. */
function advice(yaml: string): string[] {
  return check(loaded(yaml), { only: "advice" }).map(({ code, object, field, severity }) => {
    assert.equal(severity, "advice");
    assert.ok(adviceCodes[code], `${code} is in the catalogue`);
    return `${code} ${object?.name} ${field}`;
  });
}

const backends = "backendRefs: [{ name: a, port: 80 }]";
const http = gateway({ name: "http" });

test("nothing is said about a plain configuration", () => {
  assert.deepEqual(advice(http + route("r", `[{ ${backends} }]`)), []);
});

test("GW3001: the same match twice in a route", () => {
  const same = `{ matches: [{ path: { value: /a } }, { path: { value: /a/ } }], ${backends} }`;
  assert.deepEqual(advice(http + route("r", `[${same}]`)), ["GW3001 r spec.rules[0].matches[1]"]);
});

test("GW3001: the same match in an older route, headers in any order", () => {
  const match = (headers: string) => `[{ matches: [{ headers: [${headers}] }, { path: { value: / } }], ${backends} }]`;
  const one = "{ name: A, value: x }, { name: b, value: v }";
  const two = "{ name: B, value: v }, { name: a, value: x }";
  const yaml =
    http +
    route("young", match(one), { created: "2026-02-01T00:00:00Z" }) +
    route("old", match(two), { created: "2026-01-01T00:00:00Z" });
  assert.deepEqual(advice(yaml), ["GW3001 young spec.rules[0].matches[0]", "GW3001 young spec.rules[0].matches[1]"]);
});

test("GW3001: a match that is reached on one host is not shadowed", () => {
  const rules = `[{ ${backends} }]`;
  const yaml = http + route("a", rules, { hostnames: "x.io" }) + route("b", rules, { hostnames: "x.io, y.io" });
  assert.deepEqual(advice(yaml), []);
  assert.deepEqual(advice(yaml.replace(", y.io", "")), ["GW3001 b spec.rules[0].matches[0]"]);
});

test("GW3002: all weights are 0", () => {
  const rule = (weight: number) =>
    `[{ backendRefs: [{ name: a, port: 80, weight: 0 }, { name: b, port: 80, weight: ${weight} }] }]`;
  assert.deepEqual(advice(http + route("r", rule(0))), ["GW3002 r spec.rules[0].backendRefs"]);
  assert.deepEqual(advice(http + route("r", rule(1))), []);
});

test("GW3003 and GW3009: mirrors to the backend itself, and of no request", () => {
  const mirror = (name: string, more = "") =>
    `[{ filters: [{ type: RequestMirror, requestMirror: { backendRef: { name: ${name}, port: 80 }${more} } }], ${backends} }]`;
  assert.deepEqual(advice(http + route("r", mirror("a"))), [
    "GW3003 r spec.rules[0].filters[0].requestMirror.backendRef",
  ]);
  assert.deepEqual(advice(http + route("r", mirror("b"))), []);
  assert.deepEqual(advice(http + route("r", mirror("b", ", percent: 0"))), [
    "GW3009 r spec.rules[0].filters[0].requestMirror",
  ]);
});

test("GW3004: a redirect to itself", () => {
  const redirect = (what: string) =>
    `[{ matches: [{ path: { value: /a } }], filters: [{ type: RequestRedirect, requestRedirect: { ${what} } }] }]`;
  assert.deepEqual(advice(http + route("r", redirect("scheme: http"))), [
    "GW3004 r spec.rules[0].filters[0].requestRedirect",
  ]);
  assert.deepEqual(advice(http + route("r", redirect("hostname: x.io"), { hostnames: "x.io" })), [
    "GW3004 r spec.rules[0].filters[0].requestRedirect",
  ]);
  assert.deepEqual(advice(http + route("r", redirect("scheme: https"))), []);
  assert.deepEqual(advice(http + route("r", redirect("path: { type: ReplaceFullPath, replaceFullPath: /b }"))), []);
});

test("GW3005: a host that a more specific listener takes", () => {
  const two = gateway({ name: "wide", hostname: "*.acme.io" }, { name: "shop", hostname: "shop.acme.io" });
  const taken = route("r", `[{ ${backends} }]`, { hostnames: "shop.acme.io", parent: ", sectionName: wide" });
  const other = route("s", `[{ ${backends} }]`, { parent: ", sectionName: shop" });
  assert.deepEqual(advice(two + taken + other), ["GW3005 r spec.hostnames"]);
  assert.deepEqual(
    advice(
      two + taken.replace(", sectionName: wide", "") + route("w", `[{ ${backends} }]`, { hostnames: "a.acme.io" }),
    ),
    [],
  );
});

test("GW3006: a listener without routes, if there are routes", () => {
  const two = gateway({ name: "a" }, { name: "b", port: 81 });
  assert.deepEqual(advice(two + route("r", `[{ ${backends} }]`, { parent: ", sectionName: a" })), [
    "GW3006 g spec.listeners[1]",
  ]);
  assert.deepEqual(advice(two), [], "an operator's file alone");
});

test("GW3007: a backend listed twice", () => {
  const twice =
    "[{ backendRefs: [{ name: a, port: 80 }, { name: b, port: 80 }, { name: a, namespace: app, port: 80 }] }]";
  assert.deepEqual(advice(http + route("r", twice)), ["GW3007 r spec.rules[0].backendRefs[2]"]);
});

test("GW3008: a header set and removed", () => {
  const filter =
    "{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: X-A, value: b }], remove: [x-a, x-b] } }";
  assert.deepEqual(advice(http + route("r", `[{ filters: [${filter}], ${backends} }]`)), [
    "GW3008 r spec.rules[0].filters[0].requestHeaderModifier.remove",
  ]);
});

test("GW3010: a path served only with headers, unless something wider takes the rest", () => {
  const only = `{ matches: [{ path: { value: /a }, headers: [{ name: x, value: v }] }], ${backends} }`;
  assert.deepEqual(advice(http + route("r", `[${only}]`)), ["GW3010 r spec.rules[0].matches[0].headers"]);
  assert.deepEqual(advice(http + route("r", `[${only}]`) + route("rest", `[{ ${backends} }]`)), []);
  const elsewhere = route("rest", `[{ matches: [{ path: { value: /b } }], ${backends} }]`);
  assert.deepEqual(advice(http + route("r", `[${only}]`) + elsewhere), ["GW3010 r spec.rules[0].matches[0].headers"]);
});
