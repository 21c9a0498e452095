import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "../../../lib/analysis/traffic/simulate.ts";
import { gateway, onlyGateway, ours, route } from "./given.ts";

const http = gateway({ name: "http" });

test("shares, and 500 for what has no backend", () => {
  const g = onlyGateway(
    ours +
      http +
      route(
        "r",
        "[{ backendRefs: [{ name: a, port: 80, weight: 3 }, { name: b, port: 80, weight: 0 }, { name: c, kind: Pod, group: x.io, port: 80, weight: 1 }] }]",
      ),
  );
  const answer = simulate(g, { url: "http://any.io/" });
  assert.deepEqual(answer.backends, { "app/a:80": 0.75 });
  assert.deepEqual(
    answer.failures.map(({ share, status, reason }) => ({ share, status, reason })),
    [{ share: 0.25, status: 500, reason: "InvalidKind" }],
  );
  assert.equal(answer.status, undefined);
  assert.equal(answer.route, "HTTPRoute app/r");
});

test("no backend takes traffic: 500", () => {
  const zero = onlyGateway(http + route("r", "[{ backendRefs: [{ name: a, port: 80, weight: 0 }] }]"));
  assert.equal(simulate(zero, { url: "http://any.io/" }).status, 500);
});

test("no listener, no host, no rule", () => {
  const g = onlyGateway(
    gateway({ name: "http", hostname: "*.acme.io" }) +
      route("r", "[{ matches: [{ path: { value: /a } }], backendRefs: [{ name: a, port: 80 }] }]", {
        hostnames: "x.acme.io",
      }),
  );
  const at = (url: string) => {
    const { status, reason } = simulate(g, { url });
    return { status, reason };
  };
  assert.deepEqual(at("http://x.acme.io:81/a"), {
    status: undefined,
    reason: "Gateway edge/g serves no http on port 81; it has 80 (HTTP).",
  });
  assert.equal(at("https://x.acme.io:80/a").status, undefined);
  assert.deepEqual(at("http://acme.io/a"), { status: 404, reason: "No listener of port 80 takes the host acme.io." });
  assert.deepEqual(at("http://y.acme.io/a"), {
    status: 404,
    reason: "No route of listener http is for the host y.acme.io.",
  });
  assert.deepEqual(at("http://x.acme.io/b"), {
    status: 404,
    reason: "No rule of listener http matches GET /b for the host x.acme.io.",
  });
  assert.equal(at("http://x.acme.io/%zz").status, 400);
  assert.equal(simulate(g, { url: "http://X.ACME.io./b/../a?q" }).route, "HTTPRoute app/r");
});

test("filters: what the backend sees, and what becomes of the answer", () => {
  const filters = `[
      { type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: X-A, value: new }], add: [{ name: x-b, value: "2" }], remove: [x-c] } },
      { type: ResponseHeaderModifier, responseHeaderModifier: { set: [{ name: x-r, value: "1" }] } },
      { type: URLRewrite, urlRewrite: { hostname: in.acme.io, path: { type: ReplacePrefixMatch, replacePrefixMatch: /v2 } } },
      { type: RequestMirror, requestMirror: { backendRef: { name: m, port: 80 }, percent: 10 } }]`;
  const own = "[{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: x-own, value: b }] } }]";
  const g = onlyGateway(
    http +
      route(
        "r",
        `[{ matches: [{ path: { value: /v1 } }], filters: ${filters}, backendRefs: [{ name: a, port: 80 }, { name: b, port: 80, filters: ${own} }] }]`,
      ),
  );
  const answer = simulate(g, {
    url: "http://acme.io/v1/cart?x=1",
    method: "POST",
    headers: { "x-a": "old", "X-B": "1", "x-c": "gone" },
  });
  const seen = {
    method: "POST",
    host: "in.acme.io",
    path: "/v2/cart",
    query: "x=1",
    headers: { "x-a": "new", "x-b": "1, 2" },
  };
  assert.deepEqual(answer.request, seen);
  assert.deepEqual(answer.requests, {
    "app/a:80": seen,
    "app/b:80": { ...seen, headers: { ...seen.headers, "x-own": "b" } },
  });
  assert.deepEqual(answer.mirrors, { "app/m:80": 0.1 });
  assert.deepEqual(answer.responseHeaders, [{ set: [{ name: "x-r", value: "1" }], add: [], remove: [] }]);
});

test("a redirect tells where to", () => {
  const g = onlyGateway(
    http +
      route("r", "[{ filters: [{ type: RequestRedirect, requestRedirect: { scheme: https, statusCode: 301 } }] }]"),
  );
  const { status, location, backends } = simulate(g, { url: "http://acme.io/a?b=c" });
  assert.deepEqual({ status, location, backends }, { status: 301, location: "https://acme.io/a?b=c", backends: {} });
});
