import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { noCounts } from "../../../lib/filters/bound-filter.ts";
import type { FilteredRequest } from "../../../lib/filters/message.ts";
import { checkRequest } from "../../../lib/filters/outcome.ts";
import { ok } from "./harness/backend.ts";
import { extension, gateway, snapshot } from "./harness/configuration.ts";
import { filter, messageOf, startFiltered } from "./harness/filters.ts";
import { dial, exchange, get } from "./harness/wire.ts";

const words = new Error("secret words");
const throws = (): never => {
  throw words;
};

for (const [how, later, fail] of [
  ["a synchronous filter", <T>(value: T): T => value, throws],
  ["an asynchronous filter", <T>(value: T) => sleep(1).then(() => value), () => sleep(1).then(throws)],
] as const) {
  test(`${how} sees the request and changes it`, async (t) => {
    const seen: unknown[] = [];
    const { backend, port, counts } = await startFiltered(t, [
      filter({
        request(request, { name, namespace, spec }) {
          const { method, scheme, host, path, query, peer, headers } = request;
          seen.push({ method, scheme, host, path, query, peer, name, namespace, spec });
          seen.push([headers.get("X-One"), headers.has("x-none"), headers.all("x-one"), headers.get("connection")]);
          seen.push([...headers].map(([field]) => field.toLowerCase()));
          const edits = { set: { "X-Set": "s" }, add: { "x-add": ["a", "b"] }, remove: ["X-Gone"] };
          return later({ headers: edits, host: "inner:81", path: "/v2/%61", query: "q=1" });
        },
      }),
    ]);
    const fields = ["X-One: 1", "X-Gone: 1", "x-one: 2", "Connection: x-hop", "X-Hop: 1", "Content-Length: 2"];
    await exchange(port, `POST /a?b HTTP/1.1\r\nHost: Acme.io:8080\r\n${fields.join("\r\n")}\r\n\r\nhi`);
    const common = { method: "POST", scheme: "http", host: "acme.io", path: "/a", query: "b" };
    assert.deepEqual(seen, [
      { ...common, peer: { address: "127.0.0.1" }, name: "one", namespace: "default", spec: undefined },
      ["1, 2", false, ["1", "2"], undefined],
      ["host", "x-one", "x-gone", "x-one", "content-length"].concat(
        ["for", "proto", "port", "host"].map((name) => `x-forwarded-${name}`),
        "x-request-id",
      ),
    ]);
    const [request] = backend.requests;
    assert.equal(request?.line, "POST /v2/a?q=1 HTTP/1.1");
    assert.equal(request?.body, "hi");
    const { host, "x-set": set, "x-add": add, "x-gone": gone, "x-forwarded-host": forwarded } = request?.headers ?? {};
    assert.deepEqual([host, set, add, gone, forwarded], ["inner:81", "s", "a, b", undefined, "Acme.io:8080"]);
    assert.deepEqual(counts(), { ...noCounts(), passed: 1 });
  });

  test(`${how} answers, and no backend sees the request`, async (t) => {
    const { backend, port, proxy, counts } = await startFiltered(t, [
      filter({
        request: () =>
          later({
            respond: {
              status: 429,
              headers: { "retry-after": "5", "set-cookie": ["a=1", "b=2"] },
              body: "zu schnell ✋",
            },
          }),
      }),
    ]);
    const connection = await dial(port);
    for (let i = 0; i < 2; i++) {
      connection.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi`);
      const answer = await connection.message();
      assert.equal(answer.line, "HTTP/1.1 429 Too Many Requests");
      assert.equal(Buffer.from(answer.body, "latin1").toString("utf8"), "zu schnell ✋");
      assert.deepEqual(
        answer.fields.filter((field) => !field.startsWith("date")),
        [
          "content-type: text/plain; charset=utf-8",
          "retry-after: 5",
          "set-cookie: a=1",
          "set-cookie: b=2",
          `content-length: ${answer.body.length}`,
        ],
      );
    }
    connection.close();
    assert.equal(backend.requests.length, 0);
    assert.equal(counts().answered, 2);
    assert.equal(proxy.stats.gateway(gateway).answers.get("ExtensionRef"), 2);
    assert.equal(proxy.stats.gateway(gateway).responses.clientError, 2);
  });

  test(`${how} that fails is answered 500 without its words, and told; the next request is served`, async (t) => {
    let fails = true;
    const { backend, port, proxy, counts, failures } = await startFiltered(t, [
      filter({
        request: () => (fails ? fail() : undefined),
      }),
    ]);
    const connection = await dial(port);
    connection.send(get("/"));
    const answer = await connection.message();
    assert.equal(answer.status, 500);
    assert.equal(answer.body, "500 FilterFailed: A filter of the route failed.\n");
    fails = false;
    connection.send(get("/"));
    assert.equal((await connection.message()).status, 200);
    connection.close();
    assert.equal(backend.requests.length, 1);
    assert.deepEqual(counts(), { ...noCounts(), passed: 1, failed: 1 });
    assert.deepEqual(
      failures.map(({ filter: key, untold }) => [key, untold]),
      [["acme.io/Custom", 0]],
    );
    assert.equal(messageOf(failures[0]), "secret words");
    assert.equal(proxy.stats.gateway(gateway).answers.get("FilterFailed"), 1);
  });
}

test("answers without a body end with their head, and HEAD gets none", async (t) => {
  const { port } = await startFiltered(t, [
    filter({ request: ({ path }) => ({ respond: { status: Number(path.slice(1)), headers: { etag: '"e"' } } }) }),
  ]);
  const connection = await dial(port);
  for (const status of [204, 304, 205, 404]) {
    connection.send(get(`/${status}`));
    const { headers, ...answer } = await connection.message();
    assert.deepEqual([answer.status, headers.etag, answer.body], [status, '"e"', ""]);
    assert.equal(headers["content-length"], status === 204 || status === 304 ? undefined : "0");
    assert.equal(headers["content-type"], undefined);
  }
  connection.close();
  const bytes = await startFiltered(t, [
    filter({ request: () => ({ respond: { status: 200, body: Uint8Array.of(0xff, 0x00, 0x0a) } }) }),
  ]);
  assert.equal((await exchange(bytes.port, get("/"))).body, "\xff\0\n");
  const head = await exchange(bytes.port, "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", { bodiless: true });
  assert.deepEqual([head.status, head.headers["content-length"]], [200, "3"]);
});

test("what cannot be sent is answered 500, and the failure says what it was", async (t) => {
  const outcomes: readonly (readonly [unknown, RegExp])[] = [
    [{ headers: { set: { "x-a": "b\r\nx-evil: 1" } } }, /headers\.set\["x-a"\] cannot be sent/],
    [{ headers: { add: { "x-a": ["ok", "a\0b"] } } }, /headers\.add\["x-a"\] cannot be sent/],
    [{ headers: { set: { "x-a": "Zoë ✋" } } }, /each character is a byte/],
    [{ headers: { set: { "x a": "b" } } }, /"x a" is no field name/],
    [{ headers: { set: { "Content-Length": "9" } } }, /Content-Length is the proxy's own/],
    [{ headers: { set: { "transfer-encoding": "chunked" } } }, /transfer-encoding is the proxy's own/],
    [{ headers: { remove: ["connection"] } }, /connection is the proxy's own/],
    [{ headers: { set: { host: "x" } } }, /Host is changed by the outcome's host/],
    [{ headers: { set: { "x-a": 1 } } }, /a value of type number; it takes a string/],
    [{ header: {} }, /no field "header"; it has headers, host, path, query, respond/],
    [{ host: "a\r\nb" }, /host .* cannot be sent/],
    [{ host: "a/b" }, /host "a\/b" cannot be sent/],
    [{ path: "no-slash" }, /must begin with a slash/],
    [{ path: "/a b\r\n" }, /cannot be sent/],
    [{ path: "/a?b" }, /question mark/],
    [{ path: "/a/%2e%2e%2f.." }, /cannot be sent/],
    [{ query: "a b" }, /cannot be sent/],
    [{ query: "a#b" }, /cannot be sent/],
    [{ respond: { status: 101 } }, /status 101 is none/],
    [{ respond: { status: 204, body: "x" } }, /status 204 has no body/],
    [{ respond: { status: 200, headers: { "content-length": "1" } } }, /content-length is the proxy's own/],
    [{ respond: { status: 200, body: 5 } }, /respond\.body is a value of type number/],
    [{ respond: { status: 200 }, path: "/" }, /an outcome that responds has no field "path"/],
    ["a string", /returned a value of type string; it takes an object/],
    [[], /returned a list/],
  ];
  let outcome: unknown;
  const { backend, port, proxy } = await startFiltered(t, [filter({ request: () => outcome as undefined })]);
  const connection = await dial(port);
  for (const [value, expected] of outcomes) {
    outcome = value;
    const watch = proxy.stats.filter("acme.io/Custom");
    const before = watch.failed;
    connection.send(get("/"));
    const answer = await connection.message();
    assert.equal(answer.status, 500, JSON.stringify(value));
    assert.equal(watch.failed, before + 1);
    assert.doesNotMatch(answer.body, expected);
    assert.throws(() => checkRequest(value, { path: "/", query: "" }), { message: expected });
  }
  connection.close();
  assert.equal(backend.requests.length, 0);
});

test("a filter that takes too long is answered 500, its signal aborted, and its late decision is nobody's", async (t) => {
  let aborted = false;
  let release = () => {};
  const late = new Promise<void>((resolve) => {
    release = resolve;
  });
  const slow = filter({
    async request({ path, headers }, { signal }) {
      if (path !== "/slow") return undefined;
      signal.addEventListener("abort", () => {
        aborted = true;
      });
      await late;
      assert.equal(headers.get("host"), "acme.io", "a request that waits has memory of its own");
      return { path: "/late" };
    },
  });
  const { backend, port, proxy, counts } = await startFiltered(t, [slow], { proxy: { limits: { filterTimeout: 1 } } });
  const connection = await dial(port);
  connection.send(get("/slow"));
  const answer = await connection.message();
  assert.equal(answer.body, "500 FilterTimeout: A filter of the route did not decide in time.\n");
  assert.equal(aborted, true);
  connection.send(get("/next"));
  assert.equal((await connection.message()).status, 200);
  release();
  await sleep(5);
  connection.send(get("/third"));
  assert.equal((await connection.message()).status, 200);
  connection.close();
  assert.deepEqual(
    backend.requests.map(({ line }) => line),
    ["GET /next HTTP/1.1", "GET /third HTTP/1.1"],
  );
  assert.deepEqual(counts(), { ...noCounts(), passed: 2, timedOut: 1 });
  assert.equal(proxy.stats.gateway(gateway).answers.get("FilterTimeout"), 1);
});

test("the rule's own time limit goes on while a filter decides", async (t) => {
  const { port } = await startFiltered(t, [filter({ request: () => new Promise<undefined>(() => {}) })], {
    rule: { timeouts: { request: 20 } },
    proxy: { limits: { filterTimeout: 60_000 } },
  });
  assert.match((await exchange(port, get("/"))).body, /^504 RequestTimeout/);
});

for (const [what, request] of [
  ["a client that leaves", get("/")],
  ["a client that leaves in the middle of its body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel"],
] as const)
  test(`${what} aborts the signal`, async (t) => {
    let entered = () => {};
    const begun = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const left = new Promise<void>((resolve) => {
      void startFiltered(t, [
        filter({
          request: (_, { signal }) => {
            signal.addEventListener("abort", () => resolve());
            entered();
            return new Promise<undefined>(() => {});
          },
        }),
      ]).then(async ({ port }) => {
        const connection = await dial(port);
        connection.send(request);
        await begun;
        connection.socket.resetAndDestroy();
      });
    });
    await left;
  });

test("a body waits with the client while a filter decides, and arrives whole", async (t) => {
  let decide = () => {};
  const decision = new Promise<void>((resolve) => {
    decide = resolve;
  });
  const { backend, port } = await startFiltered(t, [filter({ request: async () => void (await decision) })], {
    proxy: { limits: { filterTimeout: 0 } },
  });
  const body = "x".repeat(4 * 1024 * 1024);
  const connection = await dial(port);
  connection.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
  connection.send(body);
  await sleep(50);
  assert.ok(connection.socket.writableLength > 0, "nothing but the first reads is taken in");
  assert.equal(backend.requests.length, 0);
  decide();
  assert.equal((await connection.message()).status, 200);
  connection.close();
  assert.equal(backend.requests[0]?.body.length, body.length);
});

test("pipelined requests are filtered and answered in their order, each by its own head", async (t) => {
  const { port } = await startFiltered(
    t,
    [
      filter({
        request: ({ headers }) => sleep(2).then(() => ({ headers: { set: { "x-own": headers.get("x-n") ?? "" } } })),
      }),
    ],
    { respond: ({ headers }) => ok(headers["x-own"] ?? "none") },
  );
  const connection = await dial(port);
  connection.send(["1", "2", "3"].map((n) => get("/", [`X-N: ${n}`])).join(""));
  for (const n of ["1", "2", "3"]) assert.equal((await connection.message()).body, n);
  connection.close();
});

test("what a filter would write into its spec reaches no other request", async (t) => {
  const specs: unknown[] = [];
  const greedy = filter({
    request: (_, { spec }) => {
      specs.push(structuredClone(spec));
      (spec as { seen: number[] }).seen.push(1);
    },
  });
  const seen = { seen: [] };
  const { port, failures } = await startFiltered(t, [greedy], { rule: { filters: [extension("Custom", seen)] } });
  for (let i = 0; i < 2; i++) assert.equal((await exchange(port, get("/"))).status, 500);
  assert.deepEqual(specs, [{ seen: [] }, { seen: [] }]);
  assert.deepEqual(seen, { seen: [] });
  assert.match(messageOf(failures[0]) ?? "", /not extensible/);
});

test("what a filter keeps of a request shows it no other one", async (t) => {
  const kept: FilteredRequest[] = [];
  const { port } = await startFiltered(t, [filter({ request: (request) => void kept.push(request) })]);
  await exchange(port, get("/", ["X-Mine: 1"]));
  await exchange(port, get("/", ["X-Mine: 2"]));
  assert.throws(() => kept[0]?.headers.get("x-mine"), /The filter has ended/);
});

test("a swap replaces a filter; requests that wait go on with the one that they began with", async (t) => {
  let decide = () => {};
  const decision = new Promise<void>((resolve) => {
    decide = resolve;
  });
  const old = filter({ request: () => decision.then(() => ({ headers: { set: { "x-by": "old" } } })) });
  const { backend, port, proxy } = await startFiltered(t, [old], { proxy: { limits: { filterTimeout: 0 } } });
  const waiting = exchange(port, get("/"));
  await sleep(20);
  const next = filter({ request: () => ({ headers: { set: { "x-by": "new" } } }) });
  const rules = [{ filters: [extension("Custom")] }];
  await proxy.apply(snapshot({ rules, endpoints: { main: backend.port }, filters: [next] }));
  await exchange(port, get("/"));
  decide();
  await waiting;
  assert.deepEqual(
    backend.requests.map(({ headers }) => headers["x-by"]),
    ["new", "old"],
  );
});
