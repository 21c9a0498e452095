import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { RuleIR } from "../../../lib/routing/ir.ts";
import type { ProxyOptions } from "../../../proxy/dataplane/proxy.ts";
import { type RetryPlan, retryDelay } from "../../../proxy/dataplane/upstream/retry.ts";
import { ok, type Respond, rawBackend } from "./harness/backend.ts";
import { gateway, mirrorTo, type RuleOptions, snapshot } from "./harness/configuration.ts";
import { startBackend, startProxy, unusedPort } from "./harness/setup.ts";
import { dial, eventually, exchange, get, type RawConnection } from "./harness/wire.ts";

type Retry = NonNullable<RuleIR["retry"]>;

const response = (status: number, body = "x"): string =>
  `HTTP/1.1 ${status} S\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

const request = (method: string, body = "", fields: readonly string[] = []): string =>
  [`${method} / HTTP/1.1`, "Host: a", `Content-Length: ${body.length}`, ...fields, "", body].join("\r\n");

/** The behaviour of a backend in one attempt. */
type Behaviour =
  | number
  | "reset"
  | "reset in the head"
  | "silence"
  | "nonsense"
  | "chunked 503"
  | "endless 503"
  | "large 503";

function behave(behaviour: Behaviour, connection: RawConnection): string | undefined {
  switch (behaviour) {
    case "reset":
      connection.socket.resetAndDestroy();
      return undefined;
    case "reset in the head":
      connection.socket.end("HTTP/1.1 200 O");
      return undefined;
    case "silence":
      return undefined;
    case "nonsense":
      return "HTTQ/1.1 200 OK\r\n\r\n";
    case "chunked 503":
      return "HTTP/1.1 503 S\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
    case "endless 503":
      return "HTTP/1.1 503 S\r\nContent-Length: 100\r\n\r\nhalf";
    case "large 503":
      return response(503, "x".repeat(100_000));
    default:
      return response(behaviour, `answer ${behaviour}`);
  }
}

/** Starts a backend with one behaviour after another; the last one repeats. */
async function scripted(t: TestContext, script: readonly Behaviour[]) {
  let attempt = 0;
  const times: number[] = [];
  const respond: Respond = (_, connection) => {
    times.push(performance.now());
    return behave(script[Math.min(attempt++, script.length - 1)] as Behaviour, connection);
  };
  return { backend: await startBackend(t, respond), times };
}

async function retrying(t: TestContext, script: readonly Behaviour[], rule: RuleOptions, options?: ProxyOptions) {
  const { backend, times } = await scripted(t, script);
  const { proxy, port } = await startProxy(t, { rules: [rule], endpoints: { main: backend.port } }, options);
  const retries = () => proxy.stats.gateway(gateway).rules.get("HTTPRoute/default/test/rules/0")?.retries;
  return { backend, times, proxy, port, retries };
}

const codes = [500, 502, 503, 504];
const once: Retry = { attempts: 1, codes, backoff: 1 };
const thrice: Retry = { attempts: 3, codes, backoff: 1 };
const never: Retry = { attempts: 0, codes, backoff: 1 };
const connections: Retry = { attempts: 2, codes: [], backoff: 1 };

/** The backend's behaviours, the rule's retry, the method, then the client's status and the number of attempts. */
const table: readonly (readonly [readonly Behaviour[], Retry | undefined, string, number, number])[] = [
  [[503, 200], undefined, "GET", 503, 1],
  [[503, 200], never, "GET", 503, 1],
  [[503, 200], connections, "GET", 503, 1],
  [[503, 200], once, "GET", 200, 2],
  [[503, 200], once, "POST", 200, 2],
  [[503, 200], once, "HEAD", 200, 2],
  [[500, 200], once, "PATCH", 200, 2],
  [[502, 200], once, "DELETE", 200, 2],
  [[504, 200], once, "GET", 200, 2],
  [[501, 200], once, "GET", 501, 1],
  [[404, 200], once, "GET", 404, 1],
  [[404, 200], { attempts: 1, codes: [404], backoff: 1 }, "GET", 200, 2],
  [[200], thrice, "GET", 200, 1],
  [[503, 502], once, "GET", 502, 2],
  [[503], once, "GET", 503, 2],
  [[503], thrice, "GET", 503, 4],
  [[503, 500, 502, 200], thrice, "GET", 200, 4],
  [[503, 404], thrice, "GET", 404, 2],
  [["chunked 503", 200], once, "GET", 200, 2],
  [["endless 503", 200], once, "GET", 200, 2],
  [["large 503", 200], once, "GET", 200, 2],
  [["reset", 200], undefined, "GET", 200, 2],
  [["reset"], undefined, "GET", 502, 2],
  [["reset"], never, "GET", 502, 1],
  [["reset", 200], once, "GET", 200, 2],
  [["reset"], once, "GET", 502, 2],
  [["reset"], thrice, "GET", 502, 4],
  [["reset"], connections, "PUT", 502, 3],
  [["reset"], thrice, "POST", 502, 1],
  [["reset in the head", 200], once, "GET", 200, 2],
  [["reset in the head", 200], once, "POST", 502, 1],
  [["nonsense", 200], thrice, "GET", 502, 1],
  [["reset", 503, 200], thrice, "GET", 200, 3],
  [["chunked 503", "reset", 200], thrice, "GET", 200, 3],
];

for (const [script, retry, method, status, attempts] of table) {
  const settings = retry === undefined ? "no retry" : `${retry.attempts} on ${retry.codes.join() || "no codes"}`;
  test(`${method}, ${settings}, [${script.join(", ")}]: ${status} after ${attempts}`, async (t) => {
    const { backend, port, retries } = await retrying(t, script, retry === undefined ? {} : { retry });
    const connection = await dial(port);
    t.after(() => connection.close());
    connection.send(request(method));
    const bodiless = method === "HEAD";
    // The scripted backend sends a body even for HEAD; the client must not receive any of it.
    assert.equal((await connection.message({ bodiless })).status, status);
    await sleep(10);
    assert.equal(connection.received, "");
    assert.equal(backend.requests.length, attempts);
    assert.equal(retries(), retry === undefined ? 0 : attempts - 1);
    connection.send(get("/next"));
    await eventually(() => backend.requests.some(({ line }) => line.includes("/next")), "the next request");
  });
}

test("what is discarded is counted for the backend, and the client's response once", async (t) => {
  const { proxy, port } = await retrying(t, [503, 503, 200], { retry: thrice });
  await exchange(port, get("/"));
  const stats = proxy.stats.gateway(gateway);
  const backend = stats.backends.get("default/main:80");
  assert.deepEqual([backend?.requests, backend?.responses.serverError, backend?.responses.success], [3, 2, 1]);
  assert.deepEqual([stats.responses.serverError, stats.responses.success], [0, 1]);
  assert.equal(backend?.active, 0);
});

test("a short response that is discarded leaves its connection for the next attempt", async (t) => {
  const { backend, port } = await retrying(t, [503, 503, 503, 200], { retry: thrice });
  assert.equal((await exchange(port, get("/"))).status, 200);
  assert.equal(backend.connections.length, 1);
});

for (const [what, first] of [
  ["refuses connections", "refused"],
  ["answers 503", "503"],
  ["resets", "reset"],
] as const) {
  test(`the next attempt goes to another endpoint if one ${what}`, async (t) => {
    const good = await startBackend(t);
    const bad = await startBackend(t, (_, connection) => behave(first === "reset" ? "reset" : 503, connection));
    const badPort = first === "refused" ? await unusedPort() : bad.port;
    const { port } = await startProxy(t, { rules: [{ retry: once }], endpoints: { main: [badPort, good.port] } });
    for (let i = 0; i < 6; i++) assert.equal((await exchange(port, get("/"))).status, 200);
    assert.equal(good.requests.length, 6);
  });
}

test("a connection that cannot be made is an attempt, whatever the method", async (t) => {
  for (const [retry, errors] of [
    [undefined, 2],
    [never, 1],
    [once, 2],
    [thrice, 4],
  ] as const) {
    const rule = retry === undefined ? {} : { retry };
    const { proxy, port } = await startProxy(t, { rules: [rule], endpoints: { main: await unusedPort() } });
    const { status, body } = await exchange(port, request("POST", "hello"));
    assert.equal(status, 503);
    assert.match(body, /BackendUnreachable/);
    assert.equal(proxy.stats.gateway(gateway).backends.get("default/main:80")?.errors.connect, errors);
  }
});

test("no connection in time is tried again", async (t) => {
  const busy = await startBackend(t, () => undefined);
  const free = await startBackend(t, () => ok("free"));
  const limits = { endpointConnections: 1, connectTimeout: 150 };
  const rules = [{ retry: once }];
  const { proxy, port } = await startProxy(t, { rules, endpoints: { main: busy.port } }, { limits });
  const first = await dial(port);
  t.after(() => first.close());
  first.send(get("/"));
  await eventually(() => busy.requests.length === 1, "the first request");
  const second = exchange(port, request("POST", "hello"));
  await sleep(50);
  await proxy.apply(snapshot({ rules, endpoints: { main: free.port } }));
  assert.equal((await second).body, "free");
});

test("a kept connection that has gone stale costs no attempt", async (t) => {
  const { backend, proxy, port, retries } = await retrying(t, [200, "reset", 503, 200], { retry: once });
  const connection = await dial(port);
  t.after(() => connection.close());
  connection.send(get("/"));
  await connection.message();
  connection.send(get("/"));
  assert.equal((await connection.message()).status, 200);
  assert.equal(backend.requests.length, 4);
  assert.equal(proxy.stats.resent, 1);
  assert.equal(retries(), 1);
});

const timed: readonly (readonly [string, RuleOptions["timeouts"], Retry, number, number, readonly [number, number]])[] =
  [
    ["GET", { backendRequest: 100 }, once, 504, 2, [200, 600]],
    ["GET", { backendRequest: 100 }, connections, 504, 3, [300, 900]],
    ["POST", { backendRequest: 100 }, once, 504, 2, [200, 600]],
    ["POST", { backendRequest: 100 }, { ...once, codes: [503] }, 504, 1, [100, 350]],
    ["GET", { backendRequest: 100 }, never, 504, 1, [100, 350]],
    ["GET", { request: 600, backendRequest: 350 }, { ...thrice, attempts: 9 }, 504, 2, [600, 900]],
    ["GET", { request: 150 }, thrice, 504, 1, [150, 400]],
  ];

for (const [method, timeouts, retry, status, attempts, [least, most]] of timed) {
  const name = `${method} to silence, ${JSON.stringify(timeouts)}, ${retry.attempts} on ${retry.codes}`;
  test(`${name}: ${status} after ${attempts}`, async (t) => {
    const { backend, port } = await retrying(t, ["silence"], { retry, ...(timeouts && { timeouts }) });
    const started = performance.now();
    const answer = await exchange(port, request(method));
    const took = performance.now() - started;
    assert.equal(answer.status, status);
    assert.match(answer.body, timeouts?.request === undefined ? /BackendTimeout/ : /RequestTimeout/);
    assert.equal(backend.requests.length, attempts);
    assert.ok(took >= least && took < most, String(took));
    await eventually(() => backend.connections.every(({ ended }) => ended), "the end of every attempt");
  });
}

test("the request's time covers the waits between attempts", async (t) => {
  const { backend, port } = await retrying(t, [503], {
    retry: { attempts: 5, codes, backoff: 10_000 },
    timeouts: { request: 150 },
  });
  const started = performance.now();
  const answer = await exchange(port, get("/"));
  const took = performance.now() - started;
  assert.equal(answer.status, 504);
  assert.match(answer.body, /RequestTimeout/);
  assert.ok(took >= 150 && took < 400, String(took));
  assert.equal(backend.requests.length, 1);
});

test("backoff is the shortest wait, and each one is twice the one before", async (t) => {
  const { times, port } = await retrying(t, [503], { retry: { attempts: 3, codes, backoff: 100 } });
  await exchange(port, get("/"));
  const waits = times.slice(1).map((time, i) => time - (times[i] as number));
  for (const [i, least] of [100, 200, 400].entries()) {
    const wait = waits[i] as number;
    assert.ok(wait >= least && wait < least * 1.5 + 150, `${i}: ${wait}`);
  }
});

test("a delay is from the shortest to half as much again, and the shortest grows 16 times at most", () => {
  const plan: RetryPlan = { attempts: 100, codes: new Set(), backoff: 40 };
  for (const [made, shortest] of [
    [0, 40],
    [1, 80],
    [3, 320],
    [4, 640],
    [5, 640],
    [99, 640],
  ] as const) {
    const delays = Array.from({ length: 200 }, () => retryDelay(plan, made));
    assert.ok(Math.min(...delays) >= shortest && Math.max(...delays) <= shortest * 1.5, String(made));
    assert.ok(Math.max(...delays) - Math.min(...delays) > shortest / 4, "chance has its part");
  }
});

test("a body is sent again as it came, also one that comes in parts and chunked", async (t) => {
  for (const [head, parts, body] of [
    ["Content-Length: 10", ["hello", "world"], "helloworld"],
    ["Transfer-Encoding: chunked", ["5\r\nhello\r\n", "5\r\nworld\r\n0\r\n\r\n"], "helloworld"],
    ["Transfer-Encoding: chunked\r\nTrailer: x-t", ["5\r\nhello\r\n", "0\r\nx-t: 1\r\n\r\n"], "hello"],
    ["Content-Length: 60000", ["a".repeat(30_000), "b".repeat(30_000)], "a".repeat(30_000) + "b".repeat(30_000)],
  ] as const) {
    const { backend, port } = await retrying(t, [503, 503, 200], { retry: thrice });
    const connection = await dial(port);
    connection.send(`POST / HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n`);
    for (const part of parts) {
      await sleep(30);
      connection.send(part);
    }
    assert.equal((await connection.message()).status, 200);
    assert.deepEqual(
      backend.requests.map((seen) => seen.body),
      [body, body, body],
    );
    if (head.includes("x-t")) assert.ok(backend.requests.every(({ trailers }) => trailers[0] === "x-t: 1"));
    connection.close();
  }
});

test("a body beyond the limit is sent once", async (t) => {
  for (const [limit, attempts] of [
    [100_000, 2],
    [40_000, 1],
  ] as const) {
    const { backend, port } = await retrying(t, [503, 200], { retry: once }, { limits: { retryBody: limit } });
    const connection = await dial(port);
    connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 90000\r\n\r\n");
    for (let i = 0; i < 3; i++) {
      await sleep(30);
      connection.send("x".repeat(30_000));
    }
    const status = (await connection.message()).status;
    assert.deepEqual([status, backend.requests.length], [attempts === 2 ? 200 : 503, attempts]);
    connection.close();
  }
});

test("an answer that does not wait for the body is tried again, and the body follows the attempt", async (t) => {
  let attempt = 0;
  const seen: string[] = [];
  const hasty = await rawBackend((connection) => {
    const number = attempt++;
    connection.socket.on("data", (chunk: Buffer) => {
      seen[number] = (seen[number] ?? "") + chunk.toString("latin1");
      if (number === 0) connection.send(response(503));
      else if (seen[number]?.endsWith("helloworld")) connection.send(response(200));
    });
  });
  t.after(() => hasty.close());
  const { port } = await startProxy(t, { rules: [{ retry: once }], endpoints: { main: hasty.port } });
  const connection = await dial(port);
  t.after(() => connection.close());
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
  await eventually(() => attempt === 2, "the second attempt");
  connection.send("world");
  assert.equal((await connection.message()).status, 200);
  assert.ok(seen[1]?.endsWith("\r\n\r\nhelloworld"));
});

test("nothing is tried again once the response has begun", async (t) => {
  const { backend, port } = await retrying(t, ["silence"], { retry: thrice });
  backend.respond((_, connection) => {
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    setTimeout(() => connection.socket.resetAndDestroy(), 30);
    return undefined;
  });
  const connection = await dial(port);
  t.after(() => connection.close());
  connection.send(get("/"));
  await connection.end();
  assert.match(connection.received, /half$/);
  assert.equal(backend.requests.length, 1);
});

test("a client that leaves while the next attempt waits ends it", async (t) => {
  const { backend, proxy, port } = await retrying(t, [503], { retry: { attempts: 5, codes, backoff: 150 } });
  const connection = await dial(port);
  connection.send(get("/"));
  await eventually(() => backend.requests.length === 1, "the first attempt");
  connection.socket.resetAndDestroy();
  await sleep(400);
  assert.equal(backend.requests.length, 1);
  assert.equal(proxy.stats.gateway(gateway).backends.get("default/main:80")?.active, 0);
});

test("requests that wait in the pipeline keep their order behind one that is tried again", async (t) => {
  let failed = false;
  const { backend, port } = await retrying(t, [200], { retry: once });
  backend.respond(({ line }) => {
    if (line.includes("/1") && !failed) {
      failed = true;
      return response(503);
    }
    return ok(line);
  });
  const connection = await dial(port);
  t.after(() => connection.close());
  connection.send(get("/1") + get("/2") + get("/3"));
  for (const path of ["/1", "/2", "/3"]) assert.match((await connection.message()).body, new RegExp(`GET ${path} `));
});

test("a retry goes on with the rule it began with, and to endpoints as they are", async (t) => {
  const failing = await startBackend(t, () => response(503));
  const good = await startBackend(t);
  const retry = { attempts: 1, codes, backoff: 200 };
  const { proxy, port } = await startProxy(t, { rules: [{ retry }], endpoints: { main: failing.port } });
  const answer = exchange(port, get("/"));
  await eventually(() => failing.requests.length === 1, "the first attempt");
  await proxy.apply(snapshot({ rules: [{ id: "other" }], endpoints: { main: good.port } }));
  assert.equal((await answer).status, 200);
  assert.equal(good.requests.length, 1);
});

test("mirrors get one copy, however often the request is sent", async (t) => {
  const mirror = await startBackend(t);
  const { backend } = await scripted(t, [503, 503, 200]);
  const rule = { retry: thrice, filters: [mirrorTo("mirror")], backends: { main: 1 } };
  const { port } = await startProxy(t, { rules: [rule], endpoints: { main: backend.port, mirror: mirror.port } });
  assert.equal((await exchange(port, request("POST", "hello"))).status, 200);
  assert.equal(backend.requests.length, 3);
  await eventually(() => mirror.requests.length > 0, "the copy");
  await sleep(30);
  assert.deepEqual(
    mirror.requests.map(({ body }) => body),
    ["hello"],
  );
});

test("an offer to upgrade is tried again like any request", async (t) => {
  const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  const { backend, port } = await retrying(t, [503], { retry: once });
  backend.respond(() => (backend.requests.length === 1 ? response(503) : switching));
  const connection = await dial(port);
  t.after(() => connection.close());
  connection.send(get("/", ["Connection: Upgrade", "Upgrade: websocket"]));
  assert.equal((await connection.message()).status, 101);
  connection.send("frame");
  await eventually(() => backend.connections.some(({ received }) => received === "frame"), "the bytes");
});
