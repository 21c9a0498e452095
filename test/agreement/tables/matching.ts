import { type Case, type CaseTable, exact, gateway, prefix, regex, route, rule } from "../case.ts";

const rules = [
  rule(prefix("/plain"), "a"),
  rule(exact("/exact"), "exact"),
  rule(prefix("/slash/"), "a"),
  rule(regex("/re/[0-9]+"), "re"),
  rule(`{ path: { value: /header }, headers: [{ name: Serve, value: canary }] }`, "canary"),
  rule(
    `{ path: { value: /header }, headers: [{ name: serve, type: RegularExpression, value: "v[0-9]+" }] }`,
    "versioned",
  ),
  rule(`{ path: { value: /query }, queryParams: [{ name: v, value: "2" }] }`, "second"),
  rule(`{ path: { value: /query }, queryParams: [{ name: v, type: RegularExpression, value: "b.*" }] }`, "beta"),
  rule(`{ path: { value: /method }, method: POST }`, "writer"),
  rule(`{ path: { value: /either }, method: GET }, { path: { value: /other }, method: PUT }`, "either"),
  rule(
    `{ path: { value: /all }, method: PUT, headers: [{ name: a, value: "1" }, { name: b, value: "2" }], queryParams: [{ name: q, value: x }] }`,
    "all",
  ),
  rule(`{ path: { value: /agent }, headers: [{ name: host, value: acme.io }] }`, "named"),
];

const url = (path: string) => `http://acme.io${path}`;

function hit(path: string, index: number, backend: string, more: Partial<Case["request"]> = {}, what = path): Case {
  return {
    what: `${more.method ?? "GET"} ${what}`,
    request: { url: url(path), ...more },
    expect: { rule: `default/r#${index}`, backend: `default/${backend}:80`, listener: "http" },
  };
}

function miss(path: string, more: Partial<Case["request"]> = {}): Case {
  return {
    what: `${more.method ?? "GET"} ${path} ${more.headers === undefined ? "" : JSON.stringify(more.headers)} is nobody's`,
    request: { url: url(path), ...more },
    expect: { status: 404, rule: "none" },
  };
}

function refused(path: string): Case {
  return { what: `${path} is refused`, request: { url: url(path) }, expect: { status: 400, rule: "none" } };
}

const cases: readonly Case[] = [
  hit("/plain", 0, "a"),
  hit("/plain/", 0, "a"),
  hit("/plain/below?x=1&y=%20", 0, "a"),
  hit("/plain?", 0, "a"),
  miss("/plainly"),
  miss("/"),
  hit("/plain/../exact", 1, "exact"),
  hit("/a/./../plain/%7Euser", 0, "a"),
  hit("/pl%61in", 0, "a"),
  miss("/plain%2Fencoded"),
  hit("/plain/a%2fb", 0, "a"),
  miss("//plain"),
  refused("/%zz"),
  refused("/plain/%00"),
  refused("/plain\\x"),
  hit("/exact", 1, "exact"),
  hit("/exact?with=query", 1, "exact"),
  miss("/exact/"),
  miss("/EXACT"),
  hit("/slash", 2, "a"),
  hit("/slash/below", 2, "a"),
  hit("/re/42", 3, "re"),
  miss("/re/42x"),
  miss("/x/re/42"),
  hit("/header", 4, "canary", { headers: { serve: "canary" } }, "/header with serve: canary"),
  hit("/header", 4, "canary", { headers: { SERVE: "canary" } }, "/header with SERVE: canary"),
  hit("/header", 5, "versioned", { headers: { serve: "v12" } }, "/header with serve: v12"),
  miss("/header", { headers: { serve: "Canary" } }),
  miss("/header", { headers: { serve: "xv1" } }),
  miss("/header", { headers: { serve: ["canary", "other"] } }),
  miss("/header"),
  hit("/query?v=2", 6, "second"),
  hit("/query?a=b&v=2&v=3", 6, "second"),
  hit("/query?v=beta", 7, "beta"),
  miss("/query?v=3&v=2"),
  miss("/query?V=2"),
  miss("/query"),
  hit("/method", 8, "writer", { method: "POST", body: "hello" }),
  miss("/method"),
  hit("/either", 9, "either"),
  hit("/other", 9, "either", { method: "PUT" }),
  miss("/either", { method: "PUT" }),
  hit("/all?q=x", 10, "all", { method: "PUT", headers: { a: "1", b: "2" } }),
  miss("/all?q=x", { method: "PUT", headers: { a: "1" } }),
  miss("/all?q=y", { method: "PUT", headers: { a: "1", b: "2" } }),
  hit("/agent", 11, "named"),
];

/** Precedence: longer is more specific, and so on down to the order of the rules (`HTTPRouteRule.matches`). */
const precedence = [
  rule(prefix("/"), "root"),
  rule(prefix("/a"), "shorter"),
  rule(prefix("/a/b"), "longer"),
  rule(exact("/a/b"), "exact"),
  rule(`{ path: { value: /a/b }, method: PUT }`, "method"),
  rule(`{ path: { value: /a/b }, headers: [{ name: x, value: "1" }] }`, "one-header"),
  rule(`{ path: { value: /a/b }, headers: [{ name: x, value: "1" }, { name: z, value: "2" }] }`, "two-headers"),
  rule(`{ path: { value: /a/b }, queryParams: [{ name: q, value: "1" }] }`, "query"),
  rule(`{ path: { value: /a/b }, queryParams: [{ name: q, value: "1" }, { name: r, value: "1" }] }`, "queries"),
  rule(prefix("/a/b"), "later"),
];

function wins(request: Partial<Case["request"]> & { readonly path: string }, index: number, backend: string): Case {
  const { path, ...rest } = request;
  return {
    what: `${backend} wins ${rest.method ?? "GET"} ${path} ${JSON.stringify(rest.headers ?? {})}`,
    request: { url: url(path), ...rest },
    expect: { rule: `default/r#${index}`, backend: `default/${backend}:80` },
  };
}

const wildcards = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
spec:
  parentRefs: [{ name: g }]`;

const aged = (name: string, created: string, backend: string) => `---
${wildcards}
  rules: [${rule(prefix("/tie"), backend)}]
metadata: { name: ${name}${created === "" ? "" : `, creationTimestamp: "${created}"`} }
`;

export const matching: readonly CaseTable[] = [
  { name: "matching", configuration: gateway() + route("r", rules), cases },
  {
    name: "precedence within a route",
    configuration: gateway() + route("r", precedence),
    cases: [
      wins({ path: "/" }, 0, "root"),
      wins({ path: "/ab" }, 0, "root"),
      wins({ path: "/a/bc" }, 1, "shorter"),
      wins({ path: "/a/b/c" }, 2, "longer"),
      wins({ path: "/a/b" }, 3, "exact"),
      wins({ path: "/a/b", method: "PUT" }, 3, "exact"),
      wins({ path: "/a/b/", method: "PUT", headers: { x: "1", z: "2" } }, 4, "method"),
      wins({ path: "/a/b/", headers: { x: "1" } }, 5, "one-header"),
      wins({ path: "/a/b/?q=1&r=1", headers: { x: "1", z: "2" } }, 6, "two-headers"),
      wins({ path: "/a/b/?q=1" }, 7, "query"),
      wins({ path: "/a/b/?q=1&r=1" }, 8, "queries"),
    ],
  },
  {
    name: "precedence between routes",
    configuration:
      gateway() +
      aged("young", "2026-01-01T00:00:00Z", "young") +
      aged("old", "2025-01-01T00:00:00Z", "old") +
      aged("older-by-name", "2025-01-01T00:00:00Z", "second"),
    cases: [
      {
        what: "the oldest route wins, then the first by name",
        request: { url: url("/tie") },
        expect: { rule: "default/old#0", backend: "default/old:80" },
      },
    ],
  },
];
