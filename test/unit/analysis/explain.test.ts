import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { explain } from "../../../lib/analysis/traffic/explain.ts";
import { precedenceWords } from "../../../lib/analysis/traffic/mismatch-reasons.ts";
import type { RoutedGateway } from "../../../lib/analysis/traffic/model.ts";
import { comparePrecedence } from "../../../lib/routing/index/precedence.ts";
import { candidatesOf } from "../../../lib/routing/match.ts";
import { gateway, model, route } from "./given.ts";

const http = gateway({ name: "http" });
const to = (name: string) => `backendRefs: [{ name: ${name}, port: 80 }]`;

function explained(yaml: string, url: string, headers: Record<string, string> = {}, method = "GET") {
  const { gateways, attachment } = model(yaml);
  return explain(gateways[0] as RoutedGateway, attachment, { url, headers, method });
}

test("the winner with its place, filters and backends", () => {
  const rule = `{ matches: [{ path: { value: /b } }, { path: { value: /a }, method: GET }], filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: X, value: v }] } }], ${to("s")} }`;
  const { winner, listener, answer } = explained(
    http + route("r", `[${rule}]`, { hostnames: '"*.a.io"' }),
    "http://x.a.io/a/b",
  );
  assert.deepEqual(listener, { name: "http", port: 80, hostname: "*", parent: "Gateway edge/g" });
  assert.deepEqual(winner, {
    route: "HTTPRoute app/r",
    rule: "rules[0]",
    field: "spec.rules[0].matches[1]",
    hostname: "*.a.io",
    match: "PathPrefix /a and method GET",
    filters: ["RequestHeaderModifier: set x: v"],
    backends: [{ target: "app/s:80", weight: 1, filters: [] }],
  });
  assert.deepEqual(answer.backends, { "app/s:80": 1 });
});

test("why the others lost, the nearest first", () => {
  const rules = `[
    { matches: [{ path: { value: /z } }], ${to("z")} },
    { matches: [{ path: { value: /a }, headers: [{ name: serve, value: canary }] }], ${to("c")} },
    { matches: [{ path: { value: /a }, method: POST }], ${to("p")} },
    { matches: [{ path: { value: /a }, queryParams: [{ name: v, value: "2" }] }], ${to("q")} },
    { matches: [{ path: { value: / } }], ${to("rest")} },
    { matches: [{ path: { value: /a } }], ${to("a")} }]`;
  const { winner, others } = explained(http + route("r", rules), "http://any.io/a?v=1", { serve: "other" });
  assert.equal(winner?.rule, "rules[5]");
  assert.deepEqual(
    others.map(({ rule, why }) => `${rule} ${why}`),
    [
      "rules[4] it matches too, but path /a is longer than /",
      "rules[2] method is GET, not POST",
      "rules[1] header serve is other, not canary",
      "rules[3] query parameter v is 1, not 2",
      "rules[0] path /a is not under /z",
    ],
  );
});

test("what a credential should be is not told, nor what it was", () => {
  const rules = `[
    { matches: [{ headers: [{ name: Authorization, value: Bearer hunter2 }] }], ${to("h")} },
    { matches: [{ queryParams: [{ name: api_key, value: hunter3 }] }], ${to("q")} },
    { ${to("rest")} }]`;
  const found = explained(http + route("r", rules), "http://a.io/?api_key=mine4", { authorization: "mine5" });
  assert.match(JSON.stringify(found), /header authorization is not what is asked for/);
  assert.match(JSON.stringify(found), /query parameter api_key is not what is asked for/);
  assert.doesNotMatch(JSON.stringify(found.others), /hunter|mine/);
});

test("other hosts, and routes that the Gateway refuses", () => {
  const two = gateway({ name: "a", hostname: "a.io" }, { name: "b", hostname: "b.io" });
  const yaml =
    two +
    route("r", `[{ ${to("r")} }]`, { hostnames: "b.io" }) +
    route("none", `[{ ${to("nobody")} }]`, { hostnames: "c.io" });
  const { answer, others } = explained(yaml, "http://a.io/");
  assert.equal(answer.status, 404);
  assert.deepEqual(others[0]?.why, "it is not tried for a.io here; it serves b.io at listener b (port 80)");
  assert.equal(others[1]?.route, "HTTPRoute app/none");
  assert.match(others[1]?.why ?? "", /^not attached, NoMatchingListenerHostname: /);
});

test("older, then by name, then by position", () => {
  const same = `[{ ${to("x")} }, { ${to("v")} }]`;
  const yaml =
    http +
    route("b", same, { created: "2026-01-02T00:00:00Z" }) +
    route("a", same, { created: "2026-01-02T00:00:00Z" }) +
    route("z", same, { created: "2026-01-01T00:00:00Z" });
  assert.deepEqual(
    explained(yaml, "http://any.io/").others.map(
      ({ route: name, rule, why }) => `${name} ${rule} ${why.replace("it matches too, but ", "")}`,
    ),
    [
      "HTTPRoute app/z rules[1] rule 0 comes first in the route",
      "HTTPRoute app/a rules[0] the winner's route is older (2026-01-01T00:00:00Z)",
      "HTTPRoute app/a rules[1] the winner's route is older (2026-01-01T00:00:00Z)",
      "HTTPRoute app/b rules[0] the winner's route is older (2026-01-01T00:00:00Z)",
      "HTTPRoute app/b rules[1] the winner's route is older (2026-01-01T00:00:00Z)",
    ],
  );
});

test("the criterion named is one in which the two differ, for every pair that the index orders", () => {
  const arbitrary = fc.record({
    path: fc.constantFrom("/", "/a", "/ab"),
    type: fc.constantFrom("Exact", "PathPrefix", "RegularExpression"),
    method: fc.constantFrom("", ", method: GET"),
    headers: fc.constantFrom("", ", headers: [{ name: x, value: v }]"),
    query: fc.constantFrom("", ", queryParams: [{ name: q, value: r }]"),
  });
  fc.assert(
    fc.property(fc.array(arbitrary, { minLength: 2, maxLength: 5 }), (matches) => {
      const list = matches.map(
        ({ path, type, method, headers, query }) =>
          `{ path: { type: ${type}, value: ${path} }${method}${headers}${query} }`,
      );
      const port = model(
        http + route("r", `[{ matches: [${list.join(", ")}], ${to("s")} }]`),
      ).gateways[0]?.index.ports.get(80);
      const candidates = port === undefined ? [] : candidatesOf(port, "any.io");
      for (const [i, winner] of candidates.entries()) {
        for (const loser of candidates.slice(i + 1)) {
          assert.ok(comparePrecedence(winner, loser) < 0);
          const [a, b] = [winner.conditions, loser.conditions];
          // No request matches both.
          if (a.pathType === "Exact" && b.pathType === "Exact" && a.path !== b.path) continue;
          const words = precedenceWords(loser, winner).replace("it matches too, but ", "");
          if (words.includes("goes before")) assert.notEqual(a.pathType, b.pathType);
          else if (words.includes("longer")) assert.ok(a.path.length > b.path.length && a.pathType === b.pathType);
          else if (words.includes("a method")) assert.ok(a.method !== undefined && b.method === undefined);
          else if (words.includes("headers")) assert.ok(a.headers.length > b.headers.length);
          else if (words.includes("query")) assert.ok(a.queryParams.length > b.queryParams.length);
          else assert.match(words, /^match \d comes first/);
        }
      }
    }),
    { numRuns: 100 },
  );
});
