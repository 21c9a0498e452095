import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { PathModifierIR } from "../../../lib/routing/ir.ts";
import { normalizePath } from "../../../lib/routing/normalize.ts";
import { modifyPath, type RedirectFilter, redirectLocation } from "../../../lib/routing/rewrite.ts";

const full = (value: string): PathModifierIR => ({ type: "ReplaceFullPath", value });
const prefixed = (value: string): PathModifierIR => ({ type: "ReplacePrefixMatch", value });

/** Replaces a prefix as the index passes it: without its trailing slash. */
function replaced(path: string, prefix: string, value: string): string {
  return modifyPath(prefixed(value), { path, query: "" }, prefix.replace(/\/$/, "")).path;
}

describe("ReplacePrefixMatch", () => {
  /** The table in the API's documentation of `replacePrefixMatch`, and cases between its rows. */
  const table: readonly (readonly [path: string, prefix: string, value: string, result: string])[] = [
    ["/foo/bar", "/foo", "/xyz", "/xyz/bar"],
    ["/foo/bar", "/foo", "/xyz/", "/xyz/bar"],
    ["/foo/bar", "/foo/", "/xyz", "/xyz/bar"],
    ["/foo/bar", "/foo/", "/xyz/", "/xyz/bar"],
    ["/foo", "/foo", "/xyz", "/xyz"],
    ["/foo/", "/foo", "/xyz", "/xyz/"],
    ["/foo/bar", "/foo", "", "/bar"],
    ["/foo/", "/foo", "", "/"],
    ["/foo", "/foo", "", "/"],
    ["/foo/", "/foo", "/", "/"],
    ["/foo", "/foo", "/", "/"],
    ["/bar", "/", "/xyz", "/xyz/bar"],
    ["/", "/", "/xyz", "/xyz/"],
    ["/foo//bar", "/foo", "/xyz", "/xyz//bar"],
    ["/foo/bar", "/foo", "xyz", "/xyz/bar"],
    ["/foo/bar", "/foo", "/a/../b c?d#e", "/b%20c%3Fd%23e/bar"],
  ];
  for (const [path, prefix, value, result] of table) {
    test(`${path} with ${prefix} → ${JSON.stringify(value)} is ${result}`, () => {
      assert.equal(replaced(path, prefix, value), result);
    });
  }

  test("leaves a path alone that no prefix matched, and the asterisk of OPTIONS", () => {
    assert.deepEqual(modifyPath(prefixed("/xyz"), { path: "/foo", query: "a" }, undefined), {
      path: "/foo",
      query: "a",
    });
    assert.deepEqual(modifyPath(prefixed("/xyz"), { path: "*", query: "" }, ""), { path: "*", query: "" });
    assert.deepEqual(modifyPath(full("/xyz"), { path: "*", query: "" }, ""), { path: "*", query: "" });
  });
});

describe("ReplaceFullPath", () => {
  test("keeps the query", () => {
    assert.deepEqual(modifyPath(full("/one"), { path: "/a/b", query: "c=d" }, undefined), {
      path: "/one",
      query: "c=d",
    });
  });

  test("brings its own query", () => {
    const modified = modifyPath(full("/login?from=a b"), { path: "/a", query: "c=d" }, undefined);
    assert.deepEqual(modified, { path: "/login", query: "from=a%20b" });
  });

  test("makes an absolute path of what is none", () => {
    assert.equal(modifyPath(full(""), { path: "/a", query: "" }, undefined).path, "/");
    assert.equal(modifyPath(full("one"), { path: "/a", query: "" }, undefined).path, "/one");
  });
});

test("a modified path is a normalized path, whatever the replacement holds", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string().map((text) => `/${text}`),
  );
  const path = fc.constantFrom("/foo", "/foo/", "/foo/bar", "/foo//bar", "/foo/%2F");
  const property = fc.property(value, path, fc.boolean(), (text, from, whole) => {
    const modified = modifyPath(whole ? full(text) : prefixed(text), { path: from, query: "" }, "/foo");
    const target = modified.query === "" ? modified.path : `${modified.path}?${modified.query}`;
    assert.deepEqual({ ...normalizePath(target) }, { ...modified });
  });
  fc.assert(property, { numRuns: 5000 });
});

describe("redirectLocation", () => {
  const request = { scheme: "http", host: "acme.io", port: 80, path: "/a/b", query: "" } as const;
  const secure = { ...request, scheme: "https", port: 443 } as const;
  const cases: readonly (readonly [string, Partial<RedirectFilter>, Parameters<typeof redirectLocation>[1], string])[] =
    [
      ["nothing named", {}, request, "http://acme.io/a/b"],
      ["a hostname", { hostname: "example.org" }, request, "http://example.org/a/b"],
      ["the listener's port", {}, { ...request, port: 8080 }, "http://acme.io:8080/a/b"],
      ["the listener's port, https", {}, { ...secure, port: 8443 }, "https://acme.io:8443/a/b"],
      ["http on port 443", {}, { ...request, port: 443 }, "http://acme.io:443/a/b"],
      ["a scheme: its well-known port", { scheme: "https" }, { ...request, port: 8080 }, "https://acme.io/a/b"],
      ["the same scheme: its well-known port", { scheme: "http" }, { ...request, port: 8080 }, "http://acme.io/a/b"],
      ["https to http", { scheme: "http" }, secure, "http://acme.io/a/b"],
      ["a port", { port: 8083 }, request, "http://acme.io:8083/a/b"],
      ["port 80 of http", { port: 80 }, { ...request, port: 8080 }, "http://acme.io/a/b"],
      ["port 443 of https", { port: 443 }, { ...secure, port: 8443 }, "https://acme.io/a/b"],
      ["port 80 of https", { port: 80 }, secure, "https://acme.io:80/a/b"],
      ["scheme and port", { scheme: "https", port: 443 }, request, "https://acme.io/a/b"],
      ["scheme and another port", { scheme: "https", port: 8443 }, request, "https://acme.io:8443/a/b"],
      ["an IPv6 host", {}, { ...request, host: "[::1]", port: 8080 }, "http://[::1]:8080/a/b"],
      ["a query", {}, { ...request, query: "c=d&e" }, "http://acme.io/a/b?c=d&e"],
      ["a full path and the query", { path: full("/x") }, { ...request, query: "c=d" }, "http://acme.io/x?c=d"],
      ["a prefix", { path: prefixed("/x") }, request, "http://acme.io/x/b"],
      ["a path of two slashes", {}, { ...request, path: "//evil.example" }, "http://acme.io//evil.example"],
      ["an asterisk", {}, { ...request, path: "*" }, "http://acme.io/"],
    ];
  for (const [name, filter, from, location] of cases) {
    test(name, () => {
      assert.equal(redirectLocation({ type: "RequestRedirect", statusCode: 302, ...filter }, from, "/a"), location);
    });
  }

  test("never breaks a header line, whatever the filter holds", () => {
    const property = fc.property(fc.string({ unit: "binary" }), (text) => {
      const filter = { type: "RequestRedirect", statusCode: 302, path: full(text) } as const;
      assert.match(redirectLocation(filter, request, "/a"), /^http:\/\/acme\.io\/[\x21-\x7e]*$/);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
