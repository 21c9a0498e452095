import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { applyFilters, compileFilters } from "../../../lib/routing/filters/filter-types.ts";
import { FilteredRequestState } from "../../../lib/routing/filters/request-changes.ts";
import type { FilterIR, HeaderModifierIR, PathModifierIR } from "../../../lib/routing/ir.ts";
import { normalizePath } from "../../../lib/routing/normalize.ts";
import { framingFields } from "../../../lib/routing/rewrite/headers.ts";
import { isSendableTarget } from "../../../lib/routing/rewrite.ts";

const listener = { scheme: "http", port: 80 } as const;
const nothing: HeaderModifierIR = { set: [], add: [], remove: [] };

function changes(path: string, prefix: string, query = ""): FilteredRequestState {
  return new FilteredRequestState(
    { method: "GET", host: "acme.io", path, query, header: () => undefined },
    listener,
    prefix,
  );
}

function passed(path: string, prefix: string, ...filters: readonly FilterIR[]): FilteredRequestState {
  const made = changes(path, prefix, "q=1");
  applyFilters(compileFilters(filters), made);
  return made;
}

const rewrite = (type: PathModifierIR["type"], value: string): FilterIR => ({
  type: "URLRewrite",
  path: { type, value },
});
const requestModifier = (modifier: Partial<HeaderModifierIR>): FilterIR => ({
  type: "RequestHeaderModifier",
  ...nothing,
  ...modifier,
});

describe("the filters of a list", () => {
  test("path modifiers start from the path that matched", () => {
    const [first, second] = [rewrite("ReplacePrefixMatch", "/"), rewrite("ReplacePrefixMatch", "/v2")];
    assert.equal(passed("/store/cart", "/store", first).path, "/cart");
    assert.equal(passed("/store/cart", "/store", first, second).path, "/v2/cart");
    assert.equal(passed("/store/cart", "/store", rewrite("ReplaceFullPath", "/x"), second).path, "/v2/cart");
    assert.equal(passed("/store/cart", "/store", second, rewrite("ReplaceFullPath", "/x?y")).query, "y");
  });

  test("a filter of somebody's own moves what path modifiers start from", () => {
    const moved = passed("/store/cart", "/store", rewrite("ReplacePrefixMatch", "/"));
    moved.move({ path: moved.path, query: "other" }, undefined);
    moved.rewrite({ type: "URLRewrite", path: { type: "ReplacePrefixMatch", value: "/v2" } });
    assert.deepEqual([moved.path, moved.query], ["/v2/cart", "other"]);
    moved.move({ path: "/elsewhere", query: "" }, undefined);
    moved.rewrite({ type: "URLRewrite", path: { type: "ReplacePrefixMatch", value: "/v2" } });
    assert.deepEqual([moved.path, moved.query], ["/elsewhere", ""]);
  });

  test("the last filter that names a Host decides; add and remove of Host do nothing", () => {
    const set = requestModifier({ set: [{ name: "host", value: "Up.io:81" }] });
    const hostname: FilterIR = { type: "URLRewrite", hostname: "rewritten.io" };
    assert.equal(passed("/", "", set, hostname).sentHost, "rewritten.io");
    const last = passed("/", "", hostname, set);
    assert.deepEqual([last.sentHost, last.host, last.headers], ["Up.io:81", "up.io", []]);
    const without = requestModifier({ add: [{ name: "host", value: "a.io" }], remove: ["host"] });
    assert.deepEqual([passed("/", "", without).sentHost, passed("/", "", without).headers], [undefined, []]);
    assert.equal(passed("/", "", requestModifier({ set: [{ name: "host", value: "no host" }] })).sentHost, undefined);
  });

  test("no filter has a say about framing and connections", () => {
    const named = [...framingFields].map((name) => ({ name, value: "1" }));
    const all = { set: named, add: named, remove: [...framingFields] };
    assert.deepEqual(passed("/", "", requestModifier(all)).headers, []);
    assert.deepEqual(passed("/", "", { type: "ResponseHeaderModifier", ...all }).responseModifiers, [nothing]);
  });

  test("values are such that they can be sent", () => {
    const { headers } = passed("/", "", requestModifier({ set: [{ name: "x", value: " a\r\nb:\u0000c\t" }] }));
    assert.deepEqual(headers[0]?.set, [{ name: "x", value: "a  b: c" }]);
  });

  test("an answer ends the list, and no filter behind it runs", () => {
    const redirect: FilterIR = { type: "RequestRedirect", statusCode: 302, hostname: "new.io" };
    const made = passed("/a", "", redirect, requestModifier({ set: [{ name: "x", value: "1" }] }));
    assert.deepEqual([made.answer?.status, made.headers], [302, []]);
    assert.equal(made.answer?.headers[0]?.value, "http://new.io/a?q=1");
  });

  test("an ExtensionRef without a function fails closed", () => {
    const ref = { group: "acme.io", kind: "Mark", namespace: "n", name: "m", object: {} };
    assert.equal(passed("/", "", { type: "ExtensionRef", ...ref }).answer?.status, 500);
  });
});

test("whatever paths, prefixes and replacements there are, the target can be sent", () => {
  const text = fc.string({
    unit: fc.constantFrom("/", ".", "a", "%", "2F", "?", "#", " ", "\\", "http://", "\r\n", "é"),
  });
  const modifier = fc.record({
    type: fc.constantFrom("ReplaceFullPath", "ReplacePrefixMatch" as const),
    value: text,
  }) as fc.Arbitrary<PathModifierIR>;
  const property = fc.property(text, text, fc.array(modifier, { maxLength: 3 }), (first, rest, modifiers) => {
    const prefix = normalizePath(`/${first}`);
    const path = normalizePath(`/${first}/${rest}`);
    fc.pre(path.refused === undefined && prefix.refused === undefined);
    const made = changes(path.path, prefix.path.replace(/\/+$/, ""), path.query);
    applyFilters(compileFilters(modifiers.map(({ type, value }) => rewrite(type, value))), made);
    const target = made.query === "" ? made.path : `${made.path}?${made.query}`;
    assert.ok(isSendableTarget("GET", target), target);
  });
  fc.assert(property, { numRuns: 5_000 });
});

test("a target that is no origin-form cannot be sent", () => {
  for (const target of ["", "v2items", "http://internal/", "*", "/a b", "/a\r\nx: y", "/a#b", "/é"]) {
    assert.equal(isSendableTarget("GET", target), false, target);
  }
  assert.ok(isSendableTarget("OPTIONS", "*"));
  assert.ok(isSendableTarget("GET", "//internal/x?y=/z"));
});
