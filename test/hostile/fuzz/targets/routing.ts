import assert from "node:assert/strict";
import { RE2JS } from "re2js";
import { relaxedPattern } from "../../../../lib/analysis/traffic/relaxed-pattern.ts";
import { compilePattern } from "../../../../lib/routing/index/pattern.ts";
import { findParameter, parameterEquals, parameterValue, readParameters } from "../../../../lib/routing/index/query.ts";
import { MatchWork, maxMatchSteps } from "../../../../lib/routing/match.ts";
import { normalizeHost, normalizePath, parseTarget } from "../../../../lib/routing/normalize.ts";
import { type FuzzTarget, kindOf, magnitude } from "../target.ts";

export const targets: FuzzTarget = {
  name: "targets",
  holds:
    "what is normalized stays as it is when it is normalized again, has no dot segment, and is what WHATWG URL makes of it",
  tokens: [
    "/",
    "//",
    "/./",
    "/../",
    "%2e",
    "%2E%2e",
    "%2f",
    "%5c",
    "..;",
    "?",
    "#",
    "%00",
    "%zz",
    "\\",
    "http://a",
    "https://a:80/",
    "*",
    "@",
    "[::1]",
    "%c3%a9",
  ],
  check: (input) => {
    const text = input.toString("latin1");
    const normalized = normalizePath(text);
    const target = parseTarget("GET", text);
    if (target.refused === undefined && target.host !== undefined) checkHost(target.host);
    if (normalized.refused !== undefined) return kindOf(normalized.refused, target.refused ?? target.form);
    const { path, query } = normalized;
    assert.match(path, /^\/[!-~]*$/);
    assert.doesNotMatch(path, /(?:^|\/)\.\.?(?:\/|$)/);
    assert.deepEqual(normalizePath(query === "" ? path : `${path}?${query}`), normalized);
    // A URL also removes dot segments. It keeps some needless encodings, which are decoded here.
    const url = new URL(`http://a${path}`);
    assert.equal(url.pathname, new URL(`http://a${url.pathname}`).pathname);
    assert.equal(url.pathname.split("/").length, path.split("/").length);
    return kindOf(magnitude(path.length), magnitude(query.length), path === text);
  },
};

export const hosts: FuzzTarget = {
  name: "hosts",
  holds: "a host that is accepted stays as it is when it is normalized again, and is one that a URL may have",
  tokens: [".", ":", ":80", ":65536", "[", "]", "::1", "@", "*", "xn--", "_", "127.0.0.1", "0x7f.1", "\xe9"],
  check: (input) => {
    const read = normalizeHost(input.toString("latin1"));
    if (read.refused !== undefined) return kindOf(read.refused);
    checkHost(read.host);
    return kindOf("host", magnitude(read.host.length), read.port === undefined);
  },
};

function checkHost(host: string): void {
  assert.deepEqual(normalizeHost(host), { host });
  assert.match(host, /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/);
}

export const queries: FuzzTarget = {
  name: "queries",
  holds:
    "a parameter reads the same in a short and in a long query, and as URLSearchParams has it where the encoding is UTF-8",
  tokens: [
    "&",
    "=",
    "+",
    "%20",
    "%c3%a9",
    "%ff",
    "%",
    "%zz",
    "a=1",
    "b",
    "&&",
    "%26",
    "%3d",
    "%f0%9f%98%80",
    "%ed%a0%80",
    "%c0%80",
  ],
  check: (input) => {
    const query = input.toString("latin1").replace(/[^!-~]/g, "");
    const all = readParameters(query);
    for (const [name, value] of [...all].slice(0, 20)) {
      const start = findParameter(query, name);
      assert.ok(start >= 0, `${name} is not found`);
      assert.equal(parameterValue(query, start), value);
      assert.ok(parameterEquals(query, start, value));
    }
    assert.equal(findParameter(query, "no such name"), -1);
    // Without the question mark, a leading one in the query would be dropped.
    const parameters = new URLSearchParams(`?${query}`);
    const isUTF8 = !/%(?![0-9a-fA-F]{2})/.test(query) && !parameters.toString().includes("%EF%BF%BD");
    if (isUTF8) {
      for (const [name, value] of parameters) {
        if (all.get(name) === value) continue;
        // URLSearchParams skips the empty text between two ampersands; no match has an empty name.
        if (name === "") continue;
        assert.equal(all.get(name), parameters.get(name), name);
      }
    }
    return kindOf(magnitude(all.size), isUTF8, query.includes("%"));
  },
};

/** Syntax with the same meaning in RE2 and JavaScript, on ASCII, without the flags `s` and `u`. */
const shared =
  /^(?:[a-z0-9 /_,:;@=&~-]|\\[./dwDW*+?()[\]{}|]|[.|()*+?]|\(\?:|\[\^?[a-z0-9_/-]+\]|\{\d{1,2}(?:,\d{0,2})?\})*$/;

export const expressions: FuzzTarget = {
  name: "expressions",
  holds:
    "an expression matches what re2js and, in the common subset, RegExp say, in as many steps as its size and the text allow",
  tokens: [
    ...[
      "*",
      "+",
      "?",
      "{2}",
      "{0,3}",
      "{2,}",
      "{900}",
      "(?:",
      "(",
      ")",
      "|",
      "[ab]",
      "[^a]",
      "\\d",
      "\\w",
      "\\b",
      "\\B",
      "^",
      "$",
      ".",
    ],
    ...[
      "(?i)",
      "(?s)",
      "(?m)",
      "(?U)",
      "\\Q",
      "\\E",
      "\\pL",
      "\\PL",
      "\\p{Greek}",
      "[[:alpha:]]",
      "\\x41",
      "\\x{1F600}",
      "(?P<n>",
      "\\A",
      "\\z",
    ],
    ...["\n", "a", "ab", "/v1/"],
  ],
  check: (input) => {
    // The input is the expression, a NUL, and the text.
    const [source = "", ...rest] = input.toString("utf8").slice(0, 2000).split("\0");
    const text = rest.join("").slice(0, 500);
    const compiled = compilePattern(source);
    if ("error" in compiled) {
      relaxedPattern(source);
      return kindOf(compiled.error.replace(/`[^`]*`|: .*/g, ""), compiled.tooLarge !== undefined);
    }
    const work = new MatchWork();
    const matches = compiled.pattern.matches(text, work);
    const steps = maxMatchSteps - work.left;
    assert.ok(steps <= 4 * (compiled.pattern.size + 1) * (text.length + 1), `${steps} steps`);
    if (!work.exhausted) assert.equal(matches, RE2JS.compile(source).testExact(text), "re2js says otherwise");
    const again = new MatchWork();
    compiled.pattern.matches(text, again);
    assert.equal(again.left, work.left, "what is cached changes the steps");
    if (!work.exhausted && shared.test(source) && /^[\x20-\x7e]{0,20}$/.test(text)) {
      const native = nativeExpression(source);
      if (native !== undefined) assert.equal(matches, native.test(text), "RegExp says otherwise");
    }
    return kindOf(matches, magnitude(compiled.pattern.size), magnitude(steps), shared.test(source));
  },
};

/** Compiles an expression; undefined if JavaScript lacks its syntax, or may need exponential time for it. */
function nativeExpression(source: string): RegExp | undefined {
  if (/[*+}?][^|]*\)[*+{]/.test(source) || (source.match(/[*+{?]/g) ?? []).length > 4) return undefined;
  try {
    return new RegExp(`^(?:${source})$`);
  } catch {
    return undefined;
  }
}
