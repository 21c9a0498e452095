import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { buildIndex } from "../../../lib/routing/index/build.ts";
import type { PortIndex } from "../../../lib/routing/index/model.ts";
import type { MatchIR, ValueMatchIR } from "../../../lib/routing/ir.ts";
import { candidatesOf, listenerOf, match, mismatch, routingOf } from "../../../lib/routing/match.ts";
import { gatewayOf, type Listener, matchOf, requestOf, ruleOf } from "./samples.ts";

function portOf(...listeners: Listener[]): PortIndex {
  return buildIndex(gatewayOf(listeners)).ports.get(80) as PortIndex;
}

/** Returns a port with one listener for every host and one route for `*`. */
function portWith(...matches: MatchIR[]): PortIndex {
  const rules = matches.map((one, i) => ruleOf("store", [one], { id: String(i), index: i }));
  return portOf({ name: "http", hosts: [["*", rules]] });
}

type Asked = Parameters<typeof requestOf>[0];

function winner(port: PortIndex, asked: Asked): string | undefined {
  return match(port, requestOf(asked))?.rule.ir.id;
}

const exactValue = (name: string, value: string): ValueMatchIR => ({ name, type: "Exact", value });

describe("match by path", () => {
  test("a prefix ends at a slash, and its own trailing slash does not count", () => {
    for (const prefix of ["/foo", "/foo/"]) {
      const port = portWith(matchOf({ prefix }));
      for (const path of ["/foo", "/foo/", "/foo/bar", "/foo//bar"]) assert.equal(winner(port, { path }), "0", path);
      for (const path of ["/foobar", "/fo", "/", "/Foo", "//foo", "/bar/foo", "*"]) {
        assert.equal(winner(port, { path }), undefined, path);
      }
    }
  });

  test("an exact path matches nothing else", () => {
    const port = portWith(matchOf({ exact: "/abc" }));
    assert.equal(winner(port, { path: "/abc" }), "0");
    for (const path of ["/abc/", "/Abc", "/abcd", "/ab"]) assert.equal(winner(port, { path }), undefined, path);
  });

  test("an expression matches the whole path", () => {
    const port = portWith(matchOf({ regex: "/v[0-9]+|/latest" }));
    for (const path of ["/v1", "/v22", "/latest"]) assert.equal(winner(port, { path }), "0", path);
    for (const path of ["/v1/", "/x/v1", "/latest2", "/V1"]) assert.equal(winner(port, { path }), undefined, path);
  });

  test("exact before expression before prefix, the longer first", () => {
    const port = portWith(
      matchOf({ prefix: "/" }),
      matchOf({ prefix: "/a" }),
      matchOf({ prefix: "/a/b" }),
      matchOf({ regex: "/a/.*" }),
      matchOf({ regex: "/a/b/c.*" }),
      matchOf({ exact: "/a/b/c" }),
    );
    const expected = { "/x": "0", "/a": "1", "/a/x": "3", "/a/b/cd": "4", "/a/b/c": "5" };
    for (const [path, id] of Object.entries(expected)) assert.equal(winner(port, { path }), id, path);
  });

  test("the longest prefix whose other conditions hold wins", () => {
    const headers = [exactValue("version", "2")];
    const port = portWith(matchOf({ prefix: "/a/b/c", headers }), matchOf({ prefix: "/a", headers }), matchOf({}));
    assert.equal(winner(port, { path: "/a/b/c/d" }), "2");
    assert.equal(winner(port, { path: "/a/b/c/d", headers: { version: "2" } }), "0");
    assert.equal(winner(port, { path: "/a/b", headers: { version: "2" } }), "1");
  });

  test("a pattern is normalized as paths are", () => {
    const port = portWith(matchOf({ exact: "/%7ecarol" }), matchOf({ prefix: "/caf%c3%a9/" }));
    assert.equal(winner(port, { path: "/~carol" }), "0");
    assert.equal(winner(port, { path: "/caf%C3%A9/au-lait" }), "1");
  });

  test("OPTIONS * is matched by the default match alone", () => {
    const port = portWith(matchOf({ prefix: "/a" }), matchOf({ prefix: "/" }));
    assert.equal(winner(port, { method: "OPTIONS", path: "*" }), "1");
  });
});

describe("match by headers and query", () => {
  test("all conditions of a match must hold", () => {
    const port = portWith(
      matchOf({ method: "POST", headers: [exactValue("a", "1")], queryParams: [exactValue("b", "2")] }),
    );
    const asked = { method: "POST", headers: { a: "1" }, query: "b=2" };
    assert.equal(winner(port, asked), "0");
    assert.equal(winner(port, { ...asked, method: "GET" }), undefined);
    assert.equal(winner(port, { ...asked, headers: {} }), undefined);
    assert.equal(winner(port, { ...asked, headers: { a: "1, 1" } }), undefined);
    assert.equal(winner(port, { ...asked, query: "" }), undefined);
  });

  test("a method goes before headers, headers before query parameters, more before fewer", () => {
    const headers = [exactValue("a", "1"), exactValue("b", "1")];
    const queryParams = [exactValue("a", "1"), exactValue("b", "1")];
    const port = portWith(
      matchOf(),
      matchOf({ queryParams: queryParams.slice(0, 1) }),
      matchOf({ queryParams }),
      matchOf({ headers: headers.slice(0, 1), queryParams }),
      matchOf({ headers }),
      matchOf({ method: "GET" }),
    );
    const all = { method: "PUT", headers: { a: "1", b: "1" }, query: "a=1&b=1" };
    assert.equal(winner(port, { ...all, method: "GET" }), "5");
    assert.equal(winner(port, all), "4");
    assert.equal(winner(port, { ...all, headers: { a: "1" } }), "3");
    assert.equal(winner(port, { ...all, headers: {} }), "2");
    assert.equal(winner(port, { ...all, headers: {}, query: "a=1" }), "1");
    assert.equal(winner(port, { ...all, headers: {}, query: "a=2&a=1" }), "0");
  });

  const queries: readonly (readonly [query: string, holds: boolean])[] = [
    ["animal=whale", true],
    ["x=1&animal=whale&y", true],
    ["animal=whale&animal=dolphin", true],
    ["animal=dolphin&animal=whale", false],
    ["%61nimal=wh%61le", true],
    ["animal=whale+", false],
    ["animal=whales", false],
    ["animal=", false],
    ["animal", false],
    ["Animal=whale", false],
    ["xanimal=whale", false],
    ["animals=whale", false],
    ["animal=whale;x", false],
    ["&&animal=whale", true],
    ["%zz=1&animal=whale", true],
    ["animal%3Dwhale", false],
  ];
  for (const [query, holds] of queries) {
    test(`?${query} ${holds ? "has" : "has not"} the parameter animal=whale`, () => {
      const port = portWith(matchOf({ queryParams: [exactValue("animal", "whale")] }));
      assert.equal(winner(port, { query }), holds ? "0" : undefined);
    });
  }

  test("query values are decoded: blanks, UTF-8, and what is no encoding", () => {
    const values = {
      "a+b": "a b",
      "a%20b": "a b",
      "%C3%A9": "é",
      "%E9": "%E9",
      "%C3%A9%E9x+%41": "%C3%A9%E9x A",
      "%": "%",
    };
    for (const [raw, value] of Object.entries(values)) {
      const port = portWith(matchOf({ queryParams: [exactValue("q", value)] }));
      assert.equal(winner(port, { query: `q=${raw}` }), "0", `${raw} is ${value}`);
    }
  });

  test("a plus in a parameter's name is a blank", () => {
    const port = portWith(matchOf({ queryParams: [exactValue("a+b", "1")] }));
    assert.equal(winner(port, { query: "a+b=1" }), undefined);
    assert.equal(winner(port, { query: "a%2Bb=1" }), "0");
  });

  test("expressions match whole values", () => {
    const expression = (name: string): ValueMatchIR => ({ name, type: "RegularExpression", value: "w.*|d" });
    const port = portWith(matchOf({ headers: [expression("a")], queryParams: [expression("b")] }));
    assert.equal(winner(port, { headers: { a: "whale" }, query: "b=d" }), "0");
    assert.equal(winner(port, { headers: { a: "whale" }, query: "b=%77hale" }), "0");
    assert.equal(winner(port, { headers: { a: "a whale" }, query: "b=d" }), undefined);
    assert.equal(winner(port, { headers: { a: "d" }, query: "b=dd" }), undefined);
  });

  test("a long list of header matches keeps its order of precedence", () => {
    const tenants = Array.from({ length: 50 }, (_, i) => matchOf({ headers: [exactValue("tenant", `t${i}`)] }));
    const port = portWith(
      matchOf({ headers: [exactValue("tenant", "t7"), exactValue("beta", "yes")] }),
      ...tenants,
      matchOf({ headers: [{ name: "tenant", type: "RegularExpression", value: "t4[0-9]" }] }),
      matchOf({ headers: [exactValue("beta", "yes")] }),
      matchOf(),
    );
    assert.equal(winner(port, { headers: { tenant: "t7" } }), "8");
    assert.equal(winner(port, { headers: { tenant: "t7", beta: "yes" } }), "0");
    assert.equal(winner(port, { headers: { tenant: "t8", beta: "yes" } }), "9");
    assert.equal(winner(port, { headers: { tenant: "t49", beta: "yes" } }), "50");
    assert.equal(winner(port, { headers: { tenant: "x", beta: "yes" } }), "52");
    assert.equal(winner(port, { headers: { tenant: "x" } }), "53");
    assert.equal(winner(port, {}), "53");
  });
});

describe("match by host", () => {
  const named = (id: string, ...matches: MatchIR[]) => ruleOf(id, matches.length > 0 ? matches : [matchOf()], { id });

  test("exact before the longer wildcard before the shorter, falling through what does not match", () => {
    const login = matchOf({ exact: "/login" });
    const port = portOf({
      name: "http",
      hosts: [
        ["*", [named("any")]],
        ["*.io", [named("io", login)]],
        ["*.acme.io", [named("wild", login, matchOf({ prefix: "/w" }))]],
        ["a.acme.io", [named("own", matchOf({ prefix: "/own" }))]],
      ],
    });
    assert.equal(winner(port, { host: "a.acme.io", path: "/own" }), "own");
    assert.equal(winner(port, { host: "a.acme.io", path: "/w" }), "wild");
    assert.equal(winner(port, { host: "b.a.acme.io", path: "/login" }), "wild");
    assert.equal(winner(port, { host: "acme.io", path: "/login" }), "io");
    assert.equal(winner(port, { host: "acme.io", path: "/w" }), "any");
    assert.equal(winner(port, { host: "io", path: "/login" }), "any");
    assert.equal(winner(port, { host: "", path: "/login" }), "any");
  });

  test("the most specific listener takes the host, and no other answers for it", () => {
    const port = portOf(
      { name: "any", hosts: [["*", [named("any")]]] },
      { name: "wild", hostname: "*.acme.io", hosts: [["*.acme.io", [named("wild", matchOf({ prefix: "/w" }))]]] },
      { name: "own", hostname: "a.acme.io", hosts: [] },
    );
    assert.equal(winner(port, { host: "b.acme.io", path: "/w" }), "wild");
    assert.equal(winner(port, { host: "b.acme.io", path: "/" }), undefined);
    assert.equal(winner(port, { host: "a.acme.io", path: "/w" }), undefined);
    assert.equal(winner(port, { host: "acme.io", path: "/w" }), "any");
    assert.equal(routingOf(port, "a.acme.io")?.listener.name, "own");
    assert.equal(listenerOf(port, "b.acme.io")?.name, "wild");
    assert.equal(listenerOf(port, "acme.io")?.name, "any");
    assert.deepEqual(routingOf(port, "a.acme.io")?.hosts, []);
  });

  test("a port without a listener for the host answers nothing", () => {
    const port = portOf({ name: "own", hostname: "acme.io", hosts: [["acme.io", [named("own")]]] });
    assert.equal(winner(port, { host: "acme.org" }), undefined);
    assert.equal(routingOf(port, "acme.org"), undefined);
  });

  test("of a hostname listed twice the first entry goes first, whatever its paths", () => {
    const port = portOf({
      name: "http",
      hosts: [
        ["acme.io", [named("precise")]],
        ["acme.io", [named("wide", matchOf({ exact: "/a" }))]],
      ],
    });
    assert.equal(winner(port, { path: "/a" }), "precise");
  });
});

describe("match among equals", () => {
  const at = (name: string, created: string | undefined, namespace = "store", index = 0) =>
    ruleOf(name, [matchOf(), matchOf()], {
      id: `${namespace}/${name}/${index}`,
      index,
      route: { kind: "HTTPRoute", namespace, name, ...(created !== undefined && { created }) },
    });
  const first = (...rules: ReturnType<typeof at>[]) => {
    const found = match(portOf({ name: "http", hosts: [["*", rules]] }), requestOf());
    return `${found?.rule.ir.id}#${found?.matchIndex}`;
  };

  test("the older route wins, in whatever zone its time is written", () => {
    assert.equal(first(at("a", "2026-01-01T00:00:00Z"), at("b", "2026-01-01T00:30:00+01:00")), "store/b/0#0");
    assert.equal(first(at("a", undefined), at("b", "2026-01-01T00:00:00Z")), "store/b/0#0");
    assert.equal(first(at("a", "yesterday"), at("b", "2026-01-01T00:00:00Z")), "store/b/0#0");
  });

  test("then namespace/name in alphabetical order, then the earlier rule and match", () => {
    assert.equal(first(at("b", undefined), at("a", undefined)), "store/a/0#0");
    assert.equal(first(at("a", undefined, "b"), at("z", undefined, "a")), "a/z/0#0");
    assert.equal(first(at("a", undefined, "a-b"), at("a", undefined, "a")), "a-b/a/0#0");
    assert.equal(first(at("a", undefined, "a", 3), at("a", undefined, "a", 2)), "a/a/2#0");
  });
});

describe("candidatesOf and mismatch", () => {
  test("list what is tried, in order, and say what each misses", () => {
    const port = portWith(
      matchOf({ prefix: "/a" }),
      matchOf({ exact: "/a/b", headers: [exactValue("h", "1")] }),
      matchOf({ regex: "/a/.", method: "POST" }),
      matchOf({ prefix: "/a", queryParams: [exactValue("q", "1")] }),
    );
    const request = requestOf({ path: "/a/b" });
    const candidates = candidatesOf(port, "acme.io");
    assert.deepEqual(
      candidates.map(({ rule }) => rule.ir.id),
      ["1", "2", "3", "0"],
    );
    const missing = candidates.map((candidate) => mismatch(candidate, request));
    assert.deepEqual(
      missing.map((unmet) => (typeof unmet === "object" ? unmet.name : unmet)),
      ["h", "method", "q", undefined],
    );
    assert.equal(mismatch(candidates[0] as never, requestOf({ path: "/a" })), "path");
  });
});
