import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import { answerCORS, type CORSFilter } from "../../../lib/routing/rewrite/cors.ts";
import { modifyHeaders } from "../../../lib/routing/rewrite/headers.ts";

const filter: CORSFilter = {
  type: "CORS",
  allowOrigins: ["https://www.foo.com", "https://*.bar.com"],
  allowMethods: ["GET", "OPTIONS"],
  allowHeaders: ["x-header-1", "x-header-2"],
  exposeHeaders: ["x-header-3", "x-header-4"],
  allowCredentials: true,
  maxAge: 3600,
};
const anything: CORSFilter = {
  ...filter,
  allowOrigins: ["*"],
  allowMethods: ["*"],
  allowHeaders: ["*"],
  exposeHeaders: ["*"],
};

function ask(cors: CORSFilter, method: string, headers: Readonly<Record<string, string>>) {
  return answerCORS(cors, { method, header: (name) => headers[name] });
}

function preflight(cors: CORSFilter, origin: string, headers: Readonly<Record<string, string>> = {}) {
  return ask(cors, "OPTIONS", { origin, "access-control-request-method": "PUT", ...headers });
}

function fieldsOf({ headers: { set, add } }: { headers: HeaderModifierIR }): Record<string, string> {
  return Object.fromEntries([...set, ...add].map(({ name, value }) => [name, value]));
}

function allowed(allowOrigins: readonly string[], origin: string): boolean {
  const fields = fieldsOf(ask({ ...filter, allowOrigins }, "GET", { origin }));
  const value = fields["access-control-allow-origin"];
  assert.ok(value === undefined || value === origin);
  return value !== undefined;
}

describe("a preflight", () => {
  test("from an allowed origin is answered with what the filter allows", () => {
    const answer = preflight(filter, "https://www.foo.com");
    assert.equal(answer.kind, "preflight");
    assert.deepEqual(fieldsOf(answer), {
      "access-control-allow-origin": "https://www.foo.com",
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET, OPTIONS",
      "access-control-allow-headers": "x-header-1, x-header-2",
      "access-control-expose-headers": "x-header-3, x-header-4",
      "access-control-max-age": "3600",
      vary: "Origin",
    });
  });

  test("from another origin is answered as well, but without CORS headers", () => {
    const answer = preflight(filter, "https://evil.example");
    assert.deepEqual([answer.kind, fieldsOf(answer)], ["preflight", { vary: "Origin" }]);
  });

  test("gets wildcards without credentials, and its own wishes with them", () => {
    const wishes = { "access-control-request-headers": "x-a, x-b" };
    const open = fieldsOf(preflight({ ...anything, allowCredentials: false }, "https://a.example", wishes));
    assert.equal(open["access-control-allow-methods"], "*");
    assert.equal(open["access-control-allow-headers"], "*");
    assert.equal(open["access-control-expose-headers"], "*");
    assert.equal(open["access-control-allow-credentials"], undefined);
    const credentialed = fieldsOf(preflight(anything, "https://a.example", wishes));
    assert.deepEqual(credentialed, {
      "access-control-allow-origin": "https://a.example",
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "PUT",
      "access-control-allow-headers": "x-a, x-b",
      "access-control-max-age": "3600",
      vary: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    });
    assert.equal(fieldsOf(preflight(anything, "https://a.example"))["access-control-allow-headers"], undefined);
  });

  test("is an OPTIONS with Origin and Access-Control-Request-Method, nothing less", () => {
    const origin = "https://www.foo.com";
    assert.equal(ask(filter, "OPTIONS", { origin }).kind, "actual");
    assert.equal(ask(filter, "OPTIONS", { "access-control-request-method": "GET" }).kind, "actual");
    assert.equal(ask(filter, "GET", { origin, "access-control-request-method": "GET" }).kind, "actual");
  });
});

describe("an actual request", () => {
  const fromBackend = ["Content-Type", "text/plain", "Access-Control-Allow-Origin", "*", "Access-Control-Max-Age", "1"];

  test("from an allowed origin may be read, and the backend's CORS headers are replaced", () => {
    const { headers } = ask(filter, "GET", { origin: "https://www.foo.com" });
    assert.deepEqual(modifyHeaders(fromBackend, headers), [
      ...["Content-Type", "text/plain"],
      ...["Access-Control-Allow-Origin", "https://www.foo.com"],
      ...["access-control-allow-credentials", "true"],
      ...["access-control-expose-headers", "x-header-3, x-header-4"],
      ...["vary", "Origin"],
    ]);
  });

  test("from another origin, or from none, may not", () => {
    for (const headers of [{ origin: "https://evil.example" }, {}] as Record<string, string>[]) {
      const modified = modifyHeaders(fromBackend, ask(filter, "GET", headers).headers);
      assert.deepEqual(modified, ["Content-Type", "text/plain", "vary", "Origin"]);
    }
  });
});

describe("allowOrigins", () => {
  const cases: readonly (readonly [pattern: string, origin: string, allowed: boolean])[] = [
    ["*", "https://foobar.com:12345", true],
    ["*", "null", true],
    ["https://foo.com", "https://foo.com", true],
    ["https://foo.com", "https://FOO.com", true],
    ["https://foo.com", "http://foo.com", false],
    ["https://foo.com", "https://foo.com:443", true],
    ["https://foo.com:443", "https://foo.com", true],
    ["http://foo.com:80", "http://foo.com", true],
    ["https://foo.com", "https://foo.com:8443", false],
    ["https://foo.com", "https://foo.com.evil.example", false],
    ["https://foo.com", "null", false],
    ["https://*.bar.com", "https://www.bar.com", true],
    ["https://*.bar.com", "https://xpto.www.bar.com", true],
    ["https://*.bar.com", "https://bar.com", false],
    ["https://*.bar.com", "https://.bar.com", false],
    ["https://*.bar.com", "https://evilbar.com", false],
    ["https://*.bar.com", "https://www.bar.com:8443", false],
    ["https://*.bar.com:8443", "https://www.bar.com:8443", true],
    ["https://*.bar.com", "https://evil.example/.bar.com", false],
    ["https://*.bar.com", "https://evil@a.bar.com", false],
    ["http://*", "http://anything.example", true],
    ["http://*", "https://anything.example", false],
    ["http://*", "http://[::1]", true],
  ];
  for (const [pattern, origin, expected] of cases) {
    test(`${pattern} ${expected ? "covers" : "does not cover"} ${origin}`, () => {
      assert.equal(allowed([pattern], origin), expected);
    });
  }
  test("an empty list covers nothing", () => assert.equal(allowed([], "https://foo.com"), false));
});
