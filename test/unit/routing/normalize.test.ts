import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { normalizeHost, normalizePath, parseTarget, type RefusalReason } from "../../../lib/routing/normalize.ts";

function pathOf(target: string): string | undefined {
  const normalized = normalizePath(target);
  return normalized.refused === undefined ? normalized.path : normalized.refused;
}

describe("normalizePath", () => {
  const forms: readonly (readonly [target: string, path: string])[] = [
    ["/", "/"],
    ["/store/cart", "/store/cart"],
    ["/store/", "/store/"],
    ["/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@"],
    // RFC 3986 section 5.2.4
    ["/.", "/"],
    ["/..", "/"],
    ["/a/.", "/a/"],
    ["/a/..", "/"],
    ["/a/./b", "/a/b"],
    ["/a/b/../c", "/a/c"],
    ["/a/b/..", "/a/"],
    ["/../../etc/passwd", "/etc/passwd"],
    ["/a/.../b", "/a/.../b"],
    ["/.well-known/acme-challenge", "/.well-known/acme-challenge"],
    ["/a/..b/c.", "/a/..b/c."],
    // RFC 3986 section 6.2.2
    ["/%7Ecarol", "/~carol"],
    ["/%63art", "/cart"],
    ["/%2e%2E/b", "/b"],
    ["/a/%2e", "/a/"],
    ["/caf%c3%a9", "/caf%C3%A9"],
    ["/100%25", "/100%25"],
    ["/%252e%252e/b", "/%252e%252e/b"],
    // Empty segments are significant.
    ["//", "//"],
    ["//evil.example/a", "//evil.example/a"],
    ["/a//b", "/a//b"],
    ["/a//../b", "/a/b"],
    ["/..//a", "//a"],
    // Encoded slashes are data.
    ["/a%2fb", "/a%2Fb"],
    ["/a%5cb", "/a%5Cb"],
    ["/%2F", "/%2F"],
    ["/a%3bb", "/a%3Bb"],
    ["/a;v=1/b", "/a;v=1/b"],
    // Browsers send these as they are.
    ['/{a}|"b"', "/%7Ba%7D%7C%22b%22"],
    ["/[a]^`<>", "/%5Ba%5D%5E%60%3C%3E"],
  ];
  for (const [target, path] of forms) test(`${target} is ${path}`, () => assert.equal(pathOf(target), path));

  const refusals: readonly (readonly [target: string, reason: RefusalReason])[] = [
    ["", "NotAbsolutePath"],
    ["store", "NotAbsolutePath"],
    ["?a", "NotAbsolutePath"],
    ["*", "NotAbsolutePath"],
    ["/a#b", "Fragment"],
    ["/a?b#c", "Fragment"],
    ["/a\\b", "Backslash"],
    ["/..\\..\\etc", "Backslash"],
    ["/a b", "ControlCharacter"],
    ["/a\tb", "ControlCharacter"],
    ["/a\r\nX: y", "ControlCharacter"],
    ["/a\0", "ControlCharacter"],
    ["/a\x7f", "ControlCharacter"],
    ["/a?b c", "ControlCharacter"],
    ["/é", "NonAscii"],
    ["/a?é", "NonAscii"],
    ["/a\u{1f600}", "NonAscii"],
    ["/a%", "InvalidPercentEncoding"],
    ["/a%4", "InvalidPercentEncoding"],
    ["/a%zz", "InvalidPercentEncoding"],
    ["/a%+1", "InvalidPercentEncoding"],
    ["/a%4?2", "InvalidPercentEncoding"],
    ["/a%00", "EncodedNull"],
    ["/a/..%2fb", "EncodedDotSegment"],
    ["/a/%2e%2e%2fb", "EncodedDotSegment"],
    ["/a%2f..", "EncodedDotSegment"],
    ["/a%5C..%5Cb", "EncodedDotSegment"],
    ["/a%2F.%2Fb", "EncodedDotSegment"],
    ["/a%2F..;x", "EncodedDotSegment"],
    ["/public/..;/manager", "DotSegmentParameters"],
    ["/a/.;x=1/b", "DotSegmentParameters"],
  ];
  for (const [target, reason] of refusals) {
    test(`${JSON.stringify(target)} is refused: ${reason}`, () => assert.equal(pathOf(target), reason));
  }

  test("leaves the query as sent", () => {
    const normalized = normalizePath("/a/../b?x=/../%2e%zz&y={|}\\?");
    assert.deepEqual(normalized, { path: "/b", query: "x=/../%2e%zz&y={|}\\?" });
    assert.deepEqual(normalizePath("/a?"), { path: "/a", query: "" });
  });

  /** Pieces that are combined in every way. */
  const pieces = [
    "/",
    "/",
    "/",
    ".",
    "..",
    "%2e",
    "%2F",
    "%5c",
    "%25",
    ";",
    "a",
    "B",
    "%41",
    "|",
    "//",
    "%zz",
    "\\",
    "?",
    "#",
  ];
  const target = fc.array(fc.constantFrom(...pieces), { maxLength: 14 }).map((parts) => `/${parts.join("")}`);

  test("is idempotent, and what it lets through has one spelling", () => {
    let passed = 0;
    const property = fc.property(target, (raw) => {
      const once = normalizePath(raw);
      if (once.refused !== undefined) return;
      passed++;
      const twice = normalizePath(once.query === "" ? once.path : `${once.path}?${once.query}`);
      assert.deepEqual({ ...twice }, { ...once });
      assert.match(once.path, /^\/(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9A-F]{2})*$/);
    });
    fc.assert(property, { numRuns: 5000 });
    assert.ok(passed > 500, `only ${passed} targets were let through`);
  });

  test("lets no dot segment through, however another server may read the path", () => {
    const property = fc.property(target, (raw) => {
      const normalized = normalizePath(raw);
      if (normalized.refused !== undefined) return;
      const readings = [normalized.path, decodeURIComponent(normalized.path), normalized.path.replace(/;[^/]*/g, "")];
      for (const reading of readings) {
        assert.ok(
          !reading.split(/[/\\]/).some((segment) => segment === "." || segment === ".."),
          `${raw} → ${reading}`,
        );
      }
    });
    fc.assert(property, { numRuns: 5000 });
  });

  test("agrees with the URL standard where both take a path, but for what the standard does not decode", () => {
    const property = fc.property(target, (raw) => {
      const normalized = normalizePath(raw);
      if (normalized.refused !== undefined || /[|%\\]/.test(raw)) return;
      assert.equal(normalized.path, new URL(`http://acme.io${raw}`).pathname);
    });
    fc.assert(property, { numRuns: 3000 });
  });

  test("never throws", () => {
    const property = fc.property(fc.string({ unit: "binary" }), (raw) => {
      normalizePath(raw);
      normalizePath(`/${raw}`);
      normalizeHost(raw);
      parseTarget("GET", raw);
      parseTarget("OPTIONS", `http://${raw}`);
    });
    fc.assert(property, { numRuns: 5000 });
  });
});

describe("normalizeHost", () => {
  const hosts: readonly (readonly [raw: string, host: string, port?: number])[] = [
    ["acme.io", "acme.io"],
    ["ACME.io", "acme.io"],
    ["acme.io.", "acme.io"],
    ["acme.io:8080", "acme.io", 8080],
    ["Acme.IO.:443", "acme.io", 443],
    ["acme.io:", "acme.io"],
    ["localhost", "localhost"],
    ["my_service.local", "my_service.local"],
    ["xn--bcher-kva.example", "xn--bcher-kva.example"],
    ["127.0.0.1:80", "127.0.0.1", 80],
    ["[::1]", "[::1]"],
    ["[2001:DB8::1]:8443", "[2001:db8::1]", 8443],
    ["[::ffff:192.0.2.1]:80", "[::ffff:192.0.2.1]", 80],
    ["acme.io:0", "acme.io", 0],
    ["acme.io:65535", "acme.io", 65535],
  ];
  for (const [raw, host, port] of hosts) {
    test(`${raw} is ${host}`, () => {
      assert.deepEqual(normalizeHost(raw), port === undefined ? { host } : { host, port });
    });
  }

  const refused: readonly (readonly [raw: string, reason: RefusalReason])[] = [
    ["", "EmptyHost"],
    [":80", "EmptyHost"],
    [".", "InvalidHost"],
    [".acme.io", "InvalidHost"],
    ["acme..io", "InvalidHost"],
    ["acme.io..", "InvalidHost"],
    ["carol@acme.io", "UserInfo"],
    ["carol:secret@acme.io:80", "UserInfo"],
    ["acme.io:http", "InvalidPort"],
    ["acme.io:65536", "InvalidPort"],
    ["acme.io:80:80", "InvalidPort"],
    ["acme.io:-1", "InvalidPort"],
    ["acme io", "InvalidHost"],
    ["acme.io/a", "InvalidHost"],
    ["acme.io,acme.org", "InvalidHost"],
    ["acme%2eio", "InvalidHost"],
    ["ácme.io", "InvalidHost"],
    ["*.acme.io", "InvalidHost"],
    ["::1", "InvalidPort"],
    ["[::1", "InvalidPort"],
    ["[::1]x", "InvalidHost"],
    ["[fe80::1%25eth0]", "InvalidHost"],
    ["[acme.io]", "InvalidHost"],
    [`${"a".repeat(250)}.io.x`, "InvalidHost"],
  ];
  for (const [raw, reason] of refused) {
    test(`${JSON.stringify(raw.slice(0, 30))} is refused: ${reason}`, () =>
      assert.equal(normalizeHost(raw).refused, reason));
  }

  test("is idempotent", () => {
    const label = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
    const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join("."));
    const raw = fc
      .tuple(name, fc.constantFrom("", "."), fc.constantFrom("", ":", ":80"))
      .map((parts) => parts.join(""));
    const property = fc.property(raw, (text) => {
      const once = normalizeHost(text);
      assert.equal(once.refused, undefined);
      if (once.refused !== undefined) return;
      assert.equal(once.host, once.host.toLowerCase());
      assert.deepEqual(normalizeHost(once.host), { host: once.host });
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

describe("parseTarget", () => {
  test("takes an origin-form target", () => {
    assert.deepEqual(parseTarget("GET", "/a/../b?c"), { form: "origin", path: "/b", query: "c" });
  });

  test("takes host, port and path out of an absolute-form target", () => {
    assert.deepEqual(parseTarget("GET", "HTTP://Acme.io:8080/a/./b?c=d"), {
      form: "absolute",
      scheme: "http",
      host: "acme.io",
      port: 8080,
      path: "/a/b",
      query: "c=d",
    });
    const bare = { form: "absolute", scheme: "https", host: "acme.io" };
    assert.deepEqual(parseTarget("GET", "https://acme.io"), { ...bare, path: "/", query: "" });
    assert.deepEqual(parseTarget("GET", "https://acme.io?a=b"), { ...bare, path: "/", query: "a=b" });
    assert.deepEqual(parseTarget("OPTIONS", "https://acme.io"), { ...bare, path: "*", query: "" });
  });

  test("takes an asterisk from OPTIONS only", () => {
    assert.deepEqual(parseTarget("OPTIONS", "*"), { form: "asterisk", path: "*", query: "" });
    assert.equal(parseTarget("GET", "*").refused, "AsteriskForm");
  });

  test("takes an authority with a port from CONNECT", () => {
    const target = { form: "authority", host: "acme.io", port: 443, path: "", query: "" };
    assert.deepEqual(parseTarget("CONNECT", "acme.io:443"), target);
    assert.equal(parseTarget("CONNECT", "acme.io").refused, "InvalidPort");
    assert.equal(parseTarget("CONNECT", "/a").refused, "InvalidHost");
  });

  test("refuses what is none of the four forms", () => {
    assert.equal(parseTarget("GET", "acme.io/a").refused, "NotAbsolutePath");
    assert.equal(parseTarget("GET", "acme.io:80").refused, "NotAbsolutePath");
    assert.equal(parseTarget("GET", "ftp://acme.io/a").refused, "UnsupportedScheme");
    assert.equal(parseTarget("GET", "http://carol@acme.io/").refused, "UserInfo");
    assert.equal(parseTarget("GET", "http:///a").refused, "EmptyHost");
    assert.equal(parseTarget("GET", "http://acme.io/a#b").refused, "Fragment");
    assert.equal(parseTarget("GET", "http://acme.io/a/..%2f").refused, "EncodedDotSegment");
  });
});
