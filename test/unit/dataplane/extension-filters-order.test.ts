import assert from "node:assert/strict";
import { test } from "node:test";
import type { FilterKind } from "../../../lib/filters/definition.ts";
import { ok } from "./harness/backend.ts";
import { extension, gateway, mirrorTo, modifier } from "./harness/configuration.ts";
import { filter, messageOf, startFiltered } from "./harness/filters.ts";
import { startBackend, startProxy } from "./harness/setup.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

test("filters are passed in the order of their list: each sees what those in front have done", async (t) => {
  const seen: string[] = [];
  const spy = (kind: string, path?: string): FilterKind =>
    filter(
      {
        request: (request) => {
          seen.push(`${kind} ${request.host}${request.path} ${request.headers.get("x-set")}`);
          return path === undefined ? undefined : { path, headers: { set: { "x-set": kind } } };
        },
      },
      kind,
    );
  const { backend, port } = await startFiltered(
    t,
    [spy("First", "/store/first"), spy("Second"), spy("Third", "/third")],
    {
      rule: {
        path: { type: "PathPrefix", value: "/store" },
        filters: [
          extension("First"),
          modifier("RequestHeaderModifier", { set: { "x-set": "modified" } }),
          { type: "URLRewrite", hostname: "inner", path: { type: "ReplacePrefixMatch", value: "/v2" } },
          extension("Second"),
        ],
        backendFilters: [extension("Third"), modifier("RequestHeaderModifier", { add: { "x-set": "own" } })],
      },
    },
  );
  await exchange(port, get("/store/cart"));
  assert.deepEqual(seen, [
    "First acme.io/store/cart undefined",
    "Second inner/v2/first modified",
    "Third inner/v2/first modified",
  ]);
  const [request] = backend.requests;
  assert.equal(request?.line, "GET /third HTTP/1.1");
  assert.equal(request?.headers["x-set"], "Third, own");
  assert.equal(request?.headers.host, "inner");
});

test("a redirect ends the way of a request; filters in front of it have run, those behind have not", async (t) => {
  const ran: string[] = [];
  const spy = (kind: string) => filter({ request: () => void ran.push(kind) }, kind);
  const { port } = await startFiltered(t, [spy("First"), spy("Second")], {
    rule: {
      filters: [extension("First"), { type: "RequestRedirect", scheme: "https", statusCode: 301 }, extension("Second")],
      backends: {},
    },
  });
  const answer = await exchange(port, get("/a"));
  assert.deepEqual([answer.status, answer.headers.location, ran], [301, "https://acme.io/a", ["First"]]);
});

test("a CORS filter in front answers preflights unseen, and marks the answers of filters behind it", async (t) => {
  const cors = {
    type: "CORS",
    allowOrigins: ["https://shop.example"],
    allowMethods: ["PUT"],
    allowHeaders: [],
    exposeHeaders: [],
    allowCredentials: false,
    maxAge: 5,
  } as const;
  const deny = filter({ request: () => ({ respond: { status: 401 } }) });
  const { port, counts } = await startFiltered(t, [deny], { rule: { filters: [cors, extension("Custom")] } });
  const preflight = "Origin: https://shop.example\r\nAccess-Control-Request-Method: PUT";
  const first = await exchange(port, `OPTIONS / HTTP/1.1\r\nHost: a\r\n${preflight}\r\n\r\n`);
  assert.deepEqual([first.status, first.headers["access-control-allow-methods"]], [200, "PUT"]);
  assert.equal(counts().answered, 0);
  const second = await exchange(port, get("/", ["Origin: https://shop.example"]));
  assert.deepEqual([second.status, second.headers["access-control-allow-origin"]], [401, "https://shop.example"]);
});

test("a reference that leads nowhere, or to what this proxy does not know, answers 500", async (t) => {
  const missing = {
    type: "ExtensionRef",
    group: "acme.io",
    kind: "Custom",
    namespace: "default",
    name: "gone",
    object: { invalid: "BackendNotFound", message: "It does not exist." },
  } as const;
  const { backend, port, proxy } = await startFiltered(t, [filter({ request: () => undefined })], {
    rule: { filters: [extension("Custom"), missing] },
  });
  assert.equal((await exchange(port, get("/"))).body, "500 BackendNotFound: It does not exist.\n");
  const strict = filter({ request: () => undefined, schema: failingSchema }, "Strict");
  const other = await startFiltered(t, [strict]);
  assert.match(
    (await exchange(other.port, get("/"))).body,
    /^500 UnsupportedFilter: The spec .*acme\.io\/Strict default\/one/,
  );
  assert.equal(backend.requests.length, 0);
  assert.equal(proxy.stats.gateway(gateway).answers.get("BackendNotFound"), 1);
});

test("the spec is what the schema makes of it, made once", async (t) => {
  let validated = 0;
  const schema = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value: unknown) => {
        validated++;
        return { value: new Set(value as string[]) };
      },
    },
  } as const;
  const sets: unknown[] = [];
  const { port } = await startFiltered(t, [filter({ schema, request: (_, { spec }) => void sets.push(spec) })], {
    rule: { filters: [extension("Custom", ["a", "b"])] },
  });
  await exchange(port, get("/"));
  await exchange(port, get("/"));
  assert.deepEqual(sets[0], new Set(["a", "b"]));
  assert.equal(sets[0], sets[1]);
  assert.equal(validated, 1);
});

test("a retry and a mirror send the request as the filters left it, without running them again", async (t) => {
  let answered = 0;
  const shadow = await startBackend(t);
  const main = await startBackend(t, () => (answered++ === 0 ? "HTTP/1.1 503 x\r\nContent-Length: 0\r\n\r\n" : ok()));
  const once = filter({ request: () => ({ path: "/filtered", headers: { set: { "x-set": "once" } } }) });
  const { proxy, port } = await startProxy(t, {
    rules: [
      {
        filters: [mirrorTo("shadow"), extension("Custom")],
        backends: { main: 1 },
        retry: { attempts: 1, codes: [503] },
      },
    ],
    endpoints: { main: main.port, shadow: shadow.port },
    filters: [once],
  });
  assert.equal((await exchange(port, get("/"))).status, 200);
  for (const { line, headers } of main.requests)
    assert.deepEqual([line, headers["x-set"]], ["GET /filtered HTTP/1.1", "once"]);
  assert.equal(main.requests.length, 2);
  assert.equal(proxy.stats.filter("acme.io/Custom").passed, 1);
  await eventually(() => shadow.requests.length > 0, "the mirror");
  assert.equal(shadow.requests[0]?.line, "GET /filtered HTTP/1.1");
  assert.equal(shadow.requests[0]?.headers["x-set"], "once");
});

test("a response passes the filters in their order; its status and its fields may change, its framing not", async (t) => {
  const seen: unknown[] = [];
  const { port, counts } = await startFiltered(
    t,
    [
      filter({
        response: ({ status, headers }) => {
          seen.push([status, headers.get("server"), headers.get("x-mod"), headers.get("transfer-encoding")]);
          return { status: 418, headers: { set: { server: "filter" }, remove: ["x-old"] } };
        },
      }),
    ],
    {
      respond: () =>
        "HTTP/1.1 200 OK\r\nServer: b\r\nX-Old: 1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
      rule: {
        filters: [
          modifier("ResponseHeaderModifier", { set: { "x-mod": "before" } }),
          extension("Custom"),
          modifier("ResponseHeaderModifier", { set: { server: "after" } }),
        ],
      },
    },
  );
  const response = await exchange(port, get("/"));
  assert.equal(response.line, "HTTP/1.1 418 I'm a Teapot");
  assert.deepEqual(seen, [[200, "b", "before", undefined]]);
  assert.deepEqual(
    [response.headers.server, response.headers["x-mod"], response.headers["x-old"]],
    ["after", "before", undefined],
  );
  assert.equal(response.body, "hi");
  assert.deepEqual([counts().passed, counts().responsesPassed], [0, 1]);
});

for (const [what, response, told] of [
  [
    "throws",
    () => {
      throw new Error("no");
    },
    /^no$/,
  ],
  ["returns a promise", () => Promise.reject(new Error("later")) as never, /returned a promise/],
  ["takes the body of a response away", () => ({ status: 204 }), /204, 205 and 304 have no body/],
] as const) {
  test(`a response filter that ${what} is answered 500, and the connection goes on`, async (t) => {
    const { port, counts, failures } = await startFiltered(t, [filter({ response })], {
      respond: () => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    });
    const connection = await dial(port);
    for (let i = 1; i <= 2; i++) {
      connection.send(get("/"));
      const answer = await connection.message();
      assert.deepEqual([answer.status, answer.body], [500, "500 FilterFailed: A filter of the route failed.\n"]);
      assert.equal(counts().responsesFailed, i);
    }
    connection.close();
    assert.match(messageOf(failures[0]) ?? "", told);
    assert.equal(failures.length, 1, "at most one a second is told");
  });
}

const failingSchema = {
  "~standard": { version: 1, vendor: "test", validate: () => ({ issues: [{ message: "no" }] }) },
} as const;
