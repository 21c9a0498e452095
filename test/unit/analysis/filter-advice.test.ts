import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { check } from "../../../lib/analysis/check/check.ts";
import { load } from "../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../lib/api/parse/documents.ts";
import { adviceCodes } from "../../../lib/findings/catalog/advice.ts";
import type { Finding } from "../../../lib/findings/finding.ts";
import { gateway, loaded, route } from "./given.ts";

const http = gateway({ name: "http" });
const backends = "backendRefs: [{ name: a, port: 80 }]";
const at = (path: string) => `matches: [{ path: { value: ${path} } }]`;

function findings(yaml: string, ...codes: readonly string[]): Finding[] {
  return check(loaded(yaml), { only: "advice" }).filter(({ code, severity }) => {
    assert.equal(severity, "advice");
    assert.ok(adviceCodes[code], `${code} is in the catalogue`);
    return codes.includes(code);
  });
}

function fields(yaml: string, ...codes: readonly string[]): string[] {
  return findings(yaml, ...codes).map(({ field }) => field ?? "");
}

/** Makes a rule with filters on itself and on its only backend. */
const levels = (ofRule: string, ofBackend = "", weight = 1) =>
  `[{ ${at("/a")}, filters: [${ofRule}], backendRefs: [{ name: a, port: 80, weight: ${weight}, filters: [${ofBackend}] }, { name: b, port: 80, weight: 0 }] }]`;
const request = (actions: string) => `{ type: RequestHeaderModifier, requestHeaderModifier: { ${actions} } }`;
const response = (actions: string) => `{ type: ResponseHeaderModifier, responseHeaderModifier: { ${actions} } }`;
const rewrite = (parts: string) => `{ type: URLRewrite, urlRewrite: { ${parts} } }`;
const redirect = "{ type: RequestRedirect, requestRedirect: { hostname: new.io } }";
const cors = (parts = "allowMethods: [PUT]") => `{ type: CORS, cors: { allowOrigins: ["https://x.io"], ${parts} } }`;
const set = (name: string, value = "v") => `set: [{ name: ${name}, value: "${value}" }]`;

describe("GW3040: the preflights of a CORS filter", () => {
  const rule = (match: string, filters: string) => `{ matches: [${match}], filters: [${filters}], ${backends} }`;
  const put = "{ method: PUT, path: { value: /orders } }";

  test("go to a rule without one", () => {
    const yaml = readFileSync(new URL("../../agreement/cors-preflight-unreachable/gw.yaml", import.meta.url), "utf8");
    const [found, ...others] = findings(yaml, "GW3040");
    assert.deepEqual([found?.object?.name, found?.field, others], ["api", "spec.rules[0].filters[0].cors", []]);
    assert.match(
      found?.message ?? "",
      /preflight of PUT \/orders is OPTIONS \/orders: it goes to HTTPRoute web\/site rules\[0\]/,
    );
    assert.match(found?.fix ?? "", /method OPTIONS/);
  });

  test("are answered 404 where no rule takes them", () => {
    const [found] = findings(http + route("r", `[${rule(put, cors())}]`), "GW3040");
    assert.match(found?.message ?? "", /matches no rule and is answered 404/);
  });

  test("lack a header that the match asks for", () => {
    const match = "{ path: { value: /a }, headers: [{ name: X-Api, value: v1 }] }";
    const [found] = findings(http + route("r", `[${rule(match, cors("allowMethods: [GET]"))}]`), "GW3040");
    assert.match(found?.message ?? "", /without the header x-api/);
  });

  test("come to it, or to another", () => {
    const options = "{ method: OPTIONS, path: { value: /orders } }";
    for (const rules of [
      rule("{ path: { value: /orders } }", cors()),
      rule(`${put}, ${options}`, cors()),
      `${rule(put, cors())}, ${rule("{ path: { value: / } }", cors())}`,
      rule("{ method: GET, path: { value: /orders } }", cors("allowMethods: [GET]")),
      rule("{ path: { value: /a }, headers: [{ name: Origin, value: https://x.io }] }", cors()),
    ]) {
      assert.deepEqual(fields(http + route("r", `[${rules}]`), "GW3040"), [], rules);
    }
  });
});

describe("filters without effect", () => {
  const noEffect = [
    ["GW3041", levels("", `${redirect}, ${request(set("x-a"))}`), "spec.rules[0].backendRefs[0].filters[1]"],
    ["GW3041", `[{ ${at("/a")}, filters: [${response(set("x-a"))}, ${redirect}] }]`, "spec.rules[0].filters[0]"],
    [
      "GW3043",
      levels(`${cors()}, ${response(set("Access-Control-Max-Age", "1"))}`),
      "spec.rules[0].filters[1].responseHeaderModifier",
    ],
    [
      "GW3044",
      levels(request("add: [{ name: Host, value: x.io }]")),
      "spec.rules[0].filters[0].requestHeaderModifier.add",
    ],
    [
      "GW3044",
      levels("", request("remove: [host]")),
      "spec.rules[0].backendRefs[0].filters[0].requestHeaderModifier.remove",
    ],
    ["GW3044", levels(request(set("host", "no host"))), "spec.rules[0].filters[0].requestHeaderModifier.set"],
    ["GW3044", levels(response(set("Content-Length", "3"))), "spec.rules[0].filters[0].responseHeaderModifier.set"],
    ["GW3045", levels(request("")), "spec.rules[0].filters[0]"],
    ["GW3045", levels(rewrite("")), "spec.rules[0].filters[0]"],
    [
      "GW3047",
      levels(rewrite("hostname: a.io"), rewrite("hostname: b.io")),
      "spec.rules[0].filters[0].urlRewrite.hostname",
    ],
    [
      "GW3047",
      levels(rewrite("hostname: a.io"), request(set("host", "b.io"))),
      "spec.rules[0].filters[0].urlRewrite.hostname",
    ],
    ["GW3049", levels(request(`${set("X-A")}, add: [{ name: x-a, value: w }]`)), "spec.rules[0].filters[0]"],
  ] as const;
  for (const [code, rules, field] of noEffect) {
    test(`${code}: ${rules}`, () => assert.deepEqual(fields(http + route("r", rules), code), [field]));
  }

  test("GW3042: filters of a backend without traffic, beside one with traffic", () => {
    const rules = (first: number, second: number) =>
      `[{ backendRefs: [{ name: a, port: 80, weight: ${first} }, { name: b, port: 80, weight: ${second}, filters: [${request(set("x-a"))}] }] }]`;
    assert.deepEqual(fields(http + route("r", rules(1, 0)), "GW3042"), ["spec.rules[0].backendRefs[1].filters"]);
    assert.deepEqual(fields(http + route("r", rules(1, 1)), "GW3042"), []);
    assert.deepEqual(fields(http + route("r", rules(0, 0)), "GW3042"), [], "GW3002 says it");
  });

  test("nothing is said of filters that act", () => {
    const all = ["GW3041", "GW3042", "GW3043", "GW3044", "GW3045", "GW3047", "GW3049"];
    const rule = [cors(), request(set("Host", "a.io:81")), response(set("x-a")), rewrite("hostname: a.io")].join(", ");
    assert.deepEqual(fields(http + route("r", levels(rule, response("remove: [x-a]"))), ...all), []);
    assert.deepEqual(fields(http + route("r", `[{ ${at("/a")}, filters: [${cors()}, ${redirect}] }]`), ...all), []);
  });

  test("GW3044: the fix is about the field that the filter names", () => {
    const fixes = (rules: string) => findings(http + route("r", rules), "GW3044").map(({ fix }) => fix);
    assert.deepEqual(fixes(levels(response(set("Content-Length", "3")))), ["Remove content-length from set."]);
    assert.deepEqual(fixes(levels(request("remove: [host]"))), [
      "Remove host from remove; to change the Host, use URLRewrite with hostname.",
    ]);
    assert.deepEqual(fixes(levels(request(set("host", "no host")))), [
      "Set host to a host name, such as acme.io or acme.io:8080.",
    ]);
  });

  test("the case of filters that name Host", () => {
    const yaml = readFileSync(new URL("../../agreement/host-filters/gw.yaml", import.meta.url), "utf8");
    const named = findings(yaml, "GW3044").map(({ field, given }) => `${field} ${given}`);
    assert.deepEqual(named, [
      "spec.rules[1].filters[0].requestHeaderModifier.add host",
      "spec.rules[2].filters[0].requestHeaderModifier.remove host",
      "spec.rules[2].filters[0].requestHeaderModifier.remove content-length",
      "spec.rules[2].filters[0].requestHeaderModifier.remove transfer-encoding",
      "spec.rules[5].filters[0].responseHeaderModifier.set content-length",
    ]);
    assert.deepEqual(fields(yaml, "GW3046"), ["spec.rules[7].filters[0].requestHeaderModifier.set[1]"]);
  });
});

test("GW3046: a header name twice in a match", () => {
  const rules = `[{ matches: [{ headers: [{ name: X-A, value: "1" }, { name: x-a, value: "2" }] }], ${backends} }]`;
  assert.deepEqual(fields(http + route("r", rules), "GW3046"), ["spec.rules[0].matches[0].headers[1]"]);
});

test("GW3048: IP addresses as hostnames", () => {
  const yaml =
    gateway({ name: "http", hostname: "10.0.0.1" }) + route("r", `[{ ${backends} }]`, { hostnames: '"10.0.0.1"' });
  assert.deepEqual(fields(yaml, "GW3048"), ["spec.listeners[0].hostname", "spec.hostnames[0]"]);
});

test("a hostname that is none is mended by what is wrong with it", () => {
  const yaml = readFileSync(new URL("../../agreement/hostname-star/gw.yaml", import.meta.url), "utf8");
  const { findings: all } = load([{ name: "gw.yaml", ...parseDocuments(yaml, "gw.yaml") }], { channel: "standard" });
  const fixes = Object.fromEntries(
    all.filter(({ field }) => field?.includes("hostname")).map(({ field, fix }) => [field, fix]),
  );
  assert.equal(fixes["spec.listeners[0].hostname"], "Leave hostname out to match every host.");
  assert.equal(fixes["spec.hostnames[0]"], "Leave hostname out to match every host.");
  assert.equal(fixes["spec.hostnames[1]"], "Use lower-case letters, digits, dashes and dots.");
  assert.equal(fixes["spec.hostnames[2]"], "Leave the port out: the listener names it.");
  assert.match(fixes["spec.hostnames[5]"] ?? "", /one wildcard/);
});
