import assert from "node:assert/strict";
import { test } from "node:test";
import type { FilterIR } from "../../../lib/routing/ir.ts";
import { ok } from "./harness/backend.ts";
import { gateway, modifier, type RuleOptions } from "./harness/configuration.ts";
import { startBackend, startPair, startProxy } from "./harness/setup.ts";
import { dial, exchange, get } from "./harness/wire.ts";

const lines = (message: { readonly fields: readonly string[] } | undefined) => message?.fields ?? [];

test("a request is forwarded as it came, save what belongs to one connection and what the proxy adds", async (t) => {
  const { backend, port } = await startPair(t, () => ok(), { requestId: false });
  const fields = [
    "User-Agent:  odd/1.0 \t",
    "X-Same: one",
    "Connection: keep-alive, X-Gone, host, close-not, content-length",
    "X-Gone: 1",
    "x-gone: 2",
    "Keep-Alive: timeout=5",
    "Proxy-Connection: keep-alive",
    "Upgrade: websocket",
    "TE: gzip",
    "X-SAME: two",
    "Cookie: a=b; c=d",
    "Content-Length: 2",
  ];
  await exchange(port, `POST /a/b?c=d&e HTTP/1.1\r\nHost: Acme.io:8080\r\n${fields.join("\r\n")}\r\n\r\nhi`);
  const [request] = backend.requests;
  assert.equal(request?.line, "POST /a/b?c=d&e HTTP/1.1");
  assert.deepEqual(lines(request), [
    ...["Host: Acme.io:8080", "User-Agent:  odd/1.0 \t", "X-Same: one", "X-SAME: two", "Cookie: a=b; c=d"],
    ...["Content-Length: 2", "x-forwarded-for: 127.0.0.1", "x-forwarded-proto: http", "x-forwarded-port: 80"],
    "x-forwarded-host: Acme.io:8080",
  ]);
  assert.equal(request?.body, "hi");
});

test("a response is forwarded as it came, save what belongs to one connection; Date is added where it is missing", async (t) => {
  const { port } = await startPair(t, () =>
    ok("ok", [
      "Server: x",
      "Connection: X-Gone",
      "X-Gone: 1",
      "Keep-Alive: timeout=9",
      "Set-Cookie: a=b",
      "Set-Cookie: c=d",
    ]),
  );
  const response = await exchange(port, get("/"));
  const { date, ...rest } = response.headers;
  assert.match(date ?? "", /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
  assert.deepEqual(rest, { "content-length": "2", server: "x", "set-cookie": "a=b, c=d" });
});

test("X-Forwarded fields of an untrusted client: For is appended to, the others are written over", async (t) => {
  const { backend, port } = await startPair(t);
  const claims = [
    "X-Forwarded-For: 1.2.3.4",
    "x-forwarded-for: 5.6.7.8",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil",
  ];
  await exchange(port, get("/", [...claims, "X-Forwarded-Port: 1"]));
  const headers = backend.requests[0]?.headers;
  assert.equal(headers?.["x-forwarded-for"], "1.2.3.4, 5.6.7.8, 127.0.0.1");
  assert.equal(headers?.["x-forwarded-proto"], "http");
  assert.equal(headers?.["x-forwarded-host"], "acme.io");
  assert.equal(headers?.["x-forwarded-port"], "80");
});

test("X-Forwarded fields of a trusted proxy are kept", async (t) => {
  const { backend, port } = await startPair(t, () => ok(), { trustedHops: 1 });
  await exchange(port, get("/", ["X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop"]));
  const headers = backend.requests[0]?.headers;
  assert.equal(headers?.["x-forwarded-for"], "1.2.3.4, 127.0.0.1");
  assert.equal(headers?.["x-forwarded-proto"], "https");
  assert.equal(headers?.["x-forwarded-host"], "shop");
  assert.equal(headers?.["x-forwarded-port"], "80");
});

async function withRule(t: Parameters<typeof startBackend>[0], rule: RuleOptions) {
  const backend = await startBackend(t, () =>
    ok("ok", ["Server: x", "X-Old: 1", "Access-Control-Allow-Origin: http://wrong"]),
  );
  const started = await startProxy(t, { rules: [rule], endpoints: { main: backend.port } });
  return { backend, ...started };
}

test("header modifiers of rule and backend set, add and remove, on both sides", async (t) => {
  const { backend, port } = await withRule(t, {
    filters: [
      modifier("RequestHeaderModifier", { set: { "x-set": "rule" }, add: { "x-add": "rule" }, remove: ["x-drop"] }),
      modifier("ResponseHeaderModifier", { set: { server: "rule" }, add: { "x-added": "a" }, remove: ["x-old"] }),
    ],
    backendFilters: [
      modifier("RequestHeaderModifier", { set: { "x-set": "backend" }, add: { "x-add": "backend" } }),
      modifier("ResponseHeaderModifier", { add: { "x-added": "b" } }),
    ],
  });
  const response = await exchange(port, get("/", ["X-Set: 1", "X-Add: 1", "X-Drop: 1", "X-Set: 2", "X-Kept: 1"]));
  const headers = backend.requests[0]?.headers;
  assert.equal(headers?.["x-set"], "backend");
  assert.equal(headers?.["x-add"], "1, rule, backend");
  assert.equal(headers?.["x-drop"], undefined);
  assert.equal(headers?.["x-kept"], "1");
  assert.equal(headers?.["x-forwarded-for"], "127.0.0.1");
  assert.equal(response.headers.server, "rule");
  assert.equal(response.headers["x-added"], "a, b");
  assert.equal(response.headers["x-old"], undefined);
});

test("no modifier touches the framing, splits a message, or takes Host away", async (t) => {
  const { backend, port } = await withRule(t, {
    filters: [
      modifier("RequestHeaderModifier", {
        set: { "transfer-encoding": "chunked", "content-length": "9", "x-split": "a\r\nX-Evil: 1", "x-name": "Zoë" },
        add: { connection: "close", host: "other" },
        remove: ["content-length", "host"],
      }),
      modifier("ResponseHeaderModifier", { set: { "content-length": "1" }, remove: ["content-length"] }),
    ],
  });
  const response = await exchange(port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
  const [request] = backend.requests;
  assert.equal(request?.headers["content-length"], "2");
  assert.equal(request?.headers["transfer-encoding"], undefined);
  assert.equal(request?.headers.connection, undefined);
  assert.equal(request?.headers.host, "a");
  assert.equal(request?.headers["x-evil"], undefined);
  assert.equal(request?.headers["x-split"], "a  X-Evil: 1");
  assert.equal(Buffer.from(request?.headers["x-name"] ?? "", "latin1").toString("utf8"), "Zoë");
  assert.equal(response.body, "ok");
});

test("a modifier may set Host", async (t) => {
  const { backend, port } = await withRule(t, {
    filters: [modifier("RequestHeaderModifier", { set: { host: "inner" } })],
  });
  await exchange(port, get("/"));
  assert.equal(backend.requests[0]?.headers.host, "inner");
});

test("a chunked request keeps its framing under modifiers", async (t) => {
  const { backend, port } = await withRule(t, {
    filters: [modifier("RequestHeaderModifier", { set: { a: "b" } })],
  });
  await exchange(port, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
  assert.equal(backend.requests[0]?.headers["transfer-encoding"], "chunked");
  assert.equal(backend.requests[0]?.body, "hi");
});

test("URLRewrite changes path and Host; X-Forwarded-Host tells the Host that was sent", async (t) => {
  const { backend, port } = await withRule(t, {
    path: { type: "PathPrefix", value: "/store" },
    filters: [{ type: "URLRewrite", hostname: "inner", path: { type: "ReplacePrefixMatch", value: "/v2" } }],
  });
  await exchange(port, get("/store/cart?x=1"));
  const [request] = backend.requests;
  assert.equal(request?.line, "GET /v2/cart?x=1 HTTP/1.1");
  assert.equal(request?.headers.host, "inner");
  assert.equal(request?.headers["x-forwarded-host"], "acme.io");
});

const redirects: readonly (readonly [string, Extract<FilterIR, { type: "RequestRedirect" }>, string])[] = [
  ["scheme", { type: "RequestRedirect", scheme: "https", statusCode: 301 }, "https://acme.io/store/cart?x=1"],
  [
    "host and port",
    { type: "RequestRedirect", hostname: "b", port: 8443, statusCode: 302 },
    "http://b:8443/store/cart?x=1",
  ],
  [
    "a prefix",
    { type: "RequestRedirect", path: { type: "ReplacePrefixMatch", value: "/new" }, statusCode: 307 },
    "http://acme.io/new/cart?x=1",
  ],
  [
    "a full path",
    { type: "RequestRedirect", path: { type: "ReplaceFullPath", value: "/gone" }, statusCode: 308 },
    "http://acme.io/gone?x=1",
  ],
];

for (const [what, filter, location] of redirects) {
  test(`RequestRedirect of ${what}`, async (t) => {
    const { backend, port } = await withRule(t, {
      path: { type: "PathPrefix", value: "/store" },
      filters: [filter],
      backends: {},
    });
    const connection = await dial(port);
    for (let i = 0; i < 2; i++) {
      connection.send(get("/store/cart?x=1"));
      const response = await connection.message();
      assert.equal(response.status, filter.statusCode);
      assert.equal(response.headers.location, location);
      assert.equal(response.body, "");
    }
    connection.close();
    assert.equal(backend.requests.length, 0);
  });
}

const cors: FilterIR = {
  type: "CORS",
  allowOrigins: ["https://shop.example"],
  allowMethods: ["GET", "PUT"],
  allowHeaders: ["x-a"],
  exposeHeaders: ["x-b"],
  allowCredentials: false,
  maxAge: 60,
};

test("CORS answers a preflight itself and has the last word about the backend's fields", async (t) => {
  const { backend, port } = await withRule(t, { filters: [cors] });
  const preflight = await exchange(
    port,
    "OPTIONS /x HTTP/1.1\r\nHost: a\r\nOrigin: https://shop.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n",
  );
  assert.equal(preflight.status, 200);
  assert.equal(preflight.headers["access-control-allow-origin"], "https://shop.example");
  assert.equal(preflight.headers["access-control-allow-methods"], "GET, PUT");
  assert.equal(preflight.headers["access-control-max-age"], "60");
  assert.equal(backend.requests.length, 0);
  const actual = await exchange(port, get("/x", ["Origin: https://shop.example"]));
  assert.equal(actual.headers["access-control-allow-origin"], "https://shop.example");
  assert.equal(actual.headers["access-control-expose-headers"], "x-b");
  assert.equal(actual.headers.vary, "Origin");
  const foreign = await exchange(port, get("/x", ["Origin: https://evil.example"]));
  assert.equal(foreign.status, 200);
  assert.equal(foreign.headers["access-control-allow-origin"], undefined);
});

test("a filter that nothing here implements answers 500 instead of being skipped", async (t) => {
  const { backend, proxy, port } = await withRule(t, {
    filters: [
      { type: "ExtensionRef", group: "acme.io", kind: "Limiter", namespace: "default", name: "slow", object: {} },
    ],
  });
  const response = await exchange(port, get("/"));
  assert.equal(response.status, 500);
  assert.match(response.body, /UnsupportedFilter: .*Limiter/);
  assert.equal(backend.requests.length, 0);
  assert.equal(proxy.stats.gateway(gateway).answers.get("UnsupportedFilter"), 1);
});

test("what is matched is what is forwarded", async (t) => {
  const { backend, port } = await withRule(t, { path: { type: "PathPrefix", value: "/open" } });
  assert.equal((await exchange(port, get("/open/../secret"))).status, 404);
  assert.equal((await exchange(port, get("/x/../%6Fpen/%7ea"))).status, 200);
  assert.equal(backend.requests[0]?.line, "GET /open/~a HTTP/1.1");
});
