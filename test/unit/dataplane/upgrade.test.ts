import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProxyOptions } from "../../../proxy/dataplane/proxy.ts";
import { ok, type Respond } from "./harness/backend.ts";
import { gateway, mirrorTo, modifier, type SnapshotOptions, snapshot } from "./harness/configuration.ts";
import { startBackend, startPair, startProxy } from "./harness/setup.ts";
import { dial, eventually, get, type Message, type RawConnection } from "./harness/wire.ts";

const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

function upgrade(path = "/", fields: readonly string[] = ["Connection: Upgrade", "Upgrade: websocket"]): string {
  return get(path, fields);
}

/** Opens a tunnel, with raw bytes on both ends. */
async function tunnel(t: TestContext, options: Partial<SnapshotOptions> = {}, proxyOptions: ProxyOptions = {}) {
  const backend = await startBackend(t, () => switching);
  const { proxy, port } = await startProxy(t, { endpoints: { main: backend.port }, ...options }, proxyOptions);
  const { client, server } = await open(t, port, backend);
  return { backend, proxy, port, client, server };
}

async function open(t: TestContext, port: number, backend: { readonly connections: readonly RawConnection[] }) {
  const client = await dial(port, { allowHalfOpen: true });
  t.after(() => client.close());
  client.send(upgrade());
  const response = await client.message();
  assert.equal(response.status, 101);
  return { client, server: backend.connections.at(-1) as RawConnection };
}

async function seen(connection: RawConnection, text: string): Promise<void> {
  await connection.until(() => (connection.received === text ? true : undefined), JSON.stringify(text));
}

test("a 101 makes a tunnel: the offer and the answer pass, then bytes both ways", async (t) => {
  const { backend, client, server, proxy } = await tunnel(t);
  const [request] = backend.requests;
  assert.equal(request?.headers.connection, "upgrade");
  assert.equal(request?.headers.upgrade, "websocket");
  client.send("GET / HTTP/9.9\r\nno HTTP at all\r\n");
  await seen(server, "GET / HTTP/9.9\r\nno HTTP at all\r\n");
  server.send("HTTP/1.1 400 no HTTP at all\r\n\r\n\x00\xff");
  await seen(client, "HTTP/1.1 400 no HTTP at all\r\n\r\n\x00\xff");
  const bytes = { received: 32, sent: 33 };
  assert.deepEqual(proxy.stats.tunnels, { opened: 1, active: 1, ...bytes });
  const stats = proxy.stats.gateway(gateway);
  assert.deepEqual(stats.backends.get("default/main:80")?.tunnels, { opened: 1, active: 1, ...bytes });
  assert.equal(stats.backends.get("default/main:80")?.active, 1, "least-request counts it");
  assert.equal(stats.responses.informational, 1);
  client.close();
  await eventually(() => server.ended, "the end of the backend's connection");
  await eventually(() => proxy.stats.tunnels.active === 0, "the end of the tunnel");
  assert.equal(stats.backends.get("default/main:80")?.tunnels.active, 0);
  assert.equal(stats.backends.get("default/main:80")?.active, 0);
});

const offers: readonly (readonly [string, string, string | undefined])[] = [
  ["as browsers write it", upgrade("/", ["Connection: keep-alive, Upgrade", "Upgrade: websocket"]), "websocket"],
  ["in any case", upgrade("/", ["CONNECTION: uPGRADE", "UPGRADE: WebSocket"]), "WebSocket"],
  ["on a connection that would close", upgrade("/", ["Connection: close, upgrade", "Upgrade: websocket"]), "websocket"],
  ["among others", upgrade("/", ["Connection: Upgrade", "Upgrade: h2c, websocket"]), "websocket"],
  ["in a field of its own", upgrade("/", ["Connection: Upgrade", "Upgrade: h2c", "Upgrade: websocket"]), "websocket"],
  [
    "with a body of no bytes",
    upgrade("/", ["Connection: Upgrade", "Upgrade: websocket", "Content-Length: 0"]),
    "websocket",
  ],
  [
    "of h2c",
    upgrade("/", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"]),
    undefined,
  ],
  ["of something else", upgrade("/", ["Connection: Upgrade", "Upgrade: websocket2"]), undefined],
  ["of a version of it", upgrade("/", ["Connection: Upgrade", "Upgrade: websocket/13"]), undefined],
  ["that Connection does not name", upgrade("/", ["Upgrade: websocket"]), undefined],
  ["of nothing", upgrade("/", ["Connection: Upgrade", "Upgrade:"]), undefined],
  ["without Upgrade", upgrade("/", ["Connection: Upgrade"]), undefined],
  ["in HTTP/1.0", upgrade().replace("HTTP/1.1", "HTTP/1.0"), undefined],
  ["with a body", `${upgrade("/", ["Connection: Upgrade", "Upgrade: websocket", "Content-Length: 2"])}hi`, undefined],
  [
    "with chunks",
    `${upgrade("/", ["Connection: Upgrade", "Upgrade: websocket", "Transfer-Encoding: chunked"])}2\r\nhi\r\n0\r\n\r\n`,
    undefined,
  ],
];

for (const [what, bytes, expected] of offers) {
  test(`an offer ${what} is ${expected === undefined ? "not " : ""}forwarded`, async (t) => {
    const { backend, port } = await startPair(t);
    const connection = await dial(port);
    t.after(() => connection.close());
    connection.send(bytes);
    assert.equal((await connection.message()).status, 200);
    const { headers, body } = backend.requests[0] as Message;
    assert.equal(headers.upgrade, expected);
    assert.equal(headers.connection, expected === undefined ? undefined : "upgrade");
    assert.equal(headers["http2-settings"], undefined);
    if (bytes.includes("hi")) assert.equal(body, "hi");
    if (bytes.includes("HTTP/1.0") || bytes.includes("close")) return;
    connection.send(get("/next"));
    assert.equal((await connection.message()).status, 200);
    assert.match(backend.requests[1]?.line ?? "", /^GET \/next /);
  });
}

test("protocols that are admitted are an option", async (t) => {
  const backend = await startBackend(t, ({ headers }) => switching.replace("websocket", headers.upgrade ?? ""));
  const { port } = await startProxy(t, { endpoints: { main: backend.port } }, { upgrades: ["Echo/2"] });
  const connection = await dial(port);
  t.after(() => connection.close());
  connection.send(upgrade("/", ["Connection: Upgrade", "Upgrade: websocket, echo/2"]));
  const { status, headers } = await connection.message();
  assert.deepEqual([status, headers.upgrade], [101, "echo/2"]);
  assert.equal(backend.requests[0]?.headers.upgrade, "echo/2");
});

const wrong: readonly (readonly [string, string, string])[] = [
  ["a 101 to another protocol", upgrade(), switching.replace("websocket", "h2c")],
  ["a 101 to two protocols", upgrade(), switching.replace("websocket", "websocket, h2c")],
  ["a 101 that names none", upgrade(), "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n"],
  ["a 101 nobody asked for", get("/"), switching],
  ["a 101 to an offer that was not forwarded", upgrade("/", ["Upgrade: websocket"]), switching],
];

for (const [what, request, response] of wrong) {
  test(`${what} is answered 502, and the client's connection goes on`, async (t) => {
    let first = true;
    const { backend, port } = await startPair(t, () => {
      const answer = first ? response : ok();
      first = false;
      return answer;
    });
    const connection = await dial(port);
    t.after(() => connection.close());
    connection.send(request);
    const { status, body } = await connection.message();
    assert.equal(status, 502);
    assert.match(body, /BackendInvalidResponse/);
    await eventually(() => backend.connections[0]?.ended === true, "the end of the backend's connection");
    connection.send(get("/"));
    assert.equal((await connection.message()).status, 200);
  });
}

test("a refusal is an ordinary response: both connections go on as HTTP", async (t) => {
  const { backend, port, proxy } = await startPair(t, ({ headers }) =>
    headers.upgrade === undefined ? ok("plain") : "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
  );
  const connection = await dial(port);
  t.after(() => connection.close());
  for (let i = 0; i < 3; i++) {
    connection.send(upgrade());
    const refused = await connection.message();
    assert.deepEqual([refused.status, refused.body], [403, "no"]);
    connection.send(get("/"));
    assert.equal((await connection.message()).body, "plain");
  }
  assert.equal(backend.connections.length, 1);
  assert.equal(proxy.stats.tunnels.opened, 0);
});

test("interim responses may come before the 101", async (t) => {
  const { port } = await startPair(t, () => `HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n${switching}`);
  const connection = await dial(port);
  t.after(() => connection.close());
  connection.send(upgrade());
  assert.equal((await connection.message()).status, 103);
  assert.equal((await connection.message()).status, 101);
});

test("bytes behind the head are passed on, from either side", async (t) => {
  const { backend, port } = await startPair(t, async (_, connection) => {
    await sleep(30);
    connection.send(`${switching}from the backend`);
    return undefined;
  });
  const connection = await dial(port);
  t.after(() => connection.close());
  connection.send(`${upgrade()}from the client`);
  assert.equal((await connection.message()).status, 101);
  await seen(connection, "from the backend");
  const server = backend.connections[0] as RawConnection;
  await seen(server, "from the client");
  connection.send(", and more");
  await seen(server, "from the client, and more");
});

test("bytes behind the head of a refused offer are the next request", async (t) => {
  const { port } = await startPair(t, async ({ line }) => {
    await sleep(20);
    return ok(line);
  });
  const connection = await dial(port);
  t.after(() => connection.close());
  connection.send(upgrade("/first") + get("/second"));
  assert.match((await connection.message()).body, /\/first/);
  assert.match((await connection.message()).body, /\/second/);
});

test("an end of one direction is passed on and leaves the other open", async (t) => {
  for (const ending of ["client", "server"] as const) {
    const backend = await startBackend(t, (_, connection) => {
      connection.socket.allowHalfOpen = true;
      return switching;
    });
    const { proxy, port } = await startProxy(t, { endpoints: { main: backend.port } });
    const ends = await open(t, port, backend);
    const [first, second] = ending === "client" ? [ends.client, ends.server] : [ends.server, ends.client];
    first.socket.end("last words", "latin1");
    await second.until(() => (second.ended ? true : undefined), "the end");
    assert.equal(second.received, "last words");
    second.send("still here");
    await seen(first, "still here");
    await sleep(30);
    assert.equal(proxy.stats.tunnels.active, 1, ending);
    second.socket.end();
    await first.end();
    await eventually(() => proxy.stats.tunnels.active === 0, "the end of the tunnel");
  }
});

test("a client that has ended its side behind its request gets its tunnel, and the end is passed on", async (t) => {
  const backend = await startBackend(t, async (_, connection) => {
    connection.socket.allowHalfOpen = true;
    await sleep(30);
    return switching;
  });
  const { port } = await startProxy(t, { endpoints: { main: backend.port } });
  for (const [index, behind] of ["", "all of it"].entries()) {
    const client = await dial(port, { allowHalfOpen: true });
    t.after(() => client.close());
    client.socket.end(upgrade() + behind, "latin1");
    assert.equal((await client.message()).status, 101);
    const server = backend.connections[index] as RawConnection;
    await eventually(() => server.ended, "the end");
    assert.equal(server.received, behind);
    server.send("answer");
    await seen(client, "answer");
  }
});

test("a side that dies ends the other, behind what was read from it", async (t) => {
  for (const dying of ["client", "server"] as const) {
    const { proxy, client, server } = await tunnel(t);
    const [first, second] = dying === "client" ? [client, server] : [server, client];
    first.send("last words");
    await seen(second, "last words");
    first.socket.resetAndDestroy();
    await second.end();
    await eventually(() => proxy.stats.tunnels.active === 0, `the end of the tunnel after the ${dying}`);
  }
});

test("a slow reader slows the other side down, and all bytes arrive", async (t) => {
  for (const slow of ["client", "server"] as const) {
    const { client, server } = await tunnel(t);
    const [reader, writer] = slow === "client" ? [client, server] : [server, client];
    reader.socket.pause();
    const megabyte = "x".repeat(1024 * 1024);
    for (let i = 0; i < 64; i++) writer.send(megabyte);
    await sleep(300);
    const left = writer.socket.writableLength;
    assert.ok(left > 16 * 1024 * 1024, `${slow}: the writer has only ${left} bytes left`);
    let arrived = 0;
    reader.socket.removeAllListeners("data");
    reader.socket.on("data", (chunk) => {
      arrived += chunk.length;
    });
    reader.socket.resume();
    await eventually(() => arrived === 64 * 1024 * 1024, `all bytes to the ${slow}`);
  }
});

test("a tunnel in which nothing moves is cut, one in which something does is not", async (t) => {
  const { proxy, client, server } = await tunnel(t, {}, { limits: { tunnelIdleTimeout: 250 } });
  for (let i = 0; i < 6; i++) {
    await sleep(100);
    (i % 2 === 0 ? client : server).send(".");
  }
  assert.equal(proxy.stats.tunnels.active, 1);
  const started = performance.now();
  await client.end();
  await server.end();
  const took = performance.now() - started;
  assert.ok(took >= 200 && took < 600, String(took));
  assert.equal(proxy.stats.tunnels.active, 0);
});

test("the timeouts of requests and connections end at the 101", async (t) => {
  const { client, server } = await tunnel(
    t,
    { rules: [{ timeouts: { request: 150, backendRequest: 100 } }] },
    { limits: { responseIdleTimeout: 100, idleTimeout: 100, upstreamIdleTimeout: 100, writeTimeout: 100 } },
  );
  await sleep(450);
  client.send("still");
  await seen(server, "still");
  server.send("here");
  await seen(client, "here");
});

test("until the 101 they hold", async (t) => {
  for (const [timeouts, reason] of [
    [{ request: 100 }, /RequestTimeout/],
    [{ backendRequest: 100 }, /BackendTimeout/],
  ] as const) {
    const backend = await startBackend(t, () => undefined);
    const { port } = await startProxy(t, { rules: [{ timeouts }], endpoints: { main: backend.port } });
    const connection = await dial(port);
    t.after(() => connection.close());
    connection.send(upgrade());
    const response = await connection.message();
    assert.equal(response.status, 504);
    assert.match(response.body, reason);
  }
});

test("tunnels live through changes of routes, also one that takes their backend away", async (t) => {
  const { backend, proxy, port, client, server } = await tunnel(t);
  const other = await startBackend(t, () => ok("other"));
  const [bound] = await proxy.apply({
    ...snapshot({ rules: [{ id: "new" }], endpoints: { other: other.port } }),
    sockets: [{ gateway, port: 80, host: "127.0.0.1", localPort: 0 }],
  });
  assert.equal(bound?.localPort, port);
  for (let i = 0; i < 5; i++) {
    await proxy.apply(snapshot({ rules: [{ id: `new-${i}` }], endpoints: { other: other.port } }));
    client.received = "";
    server.received = "";
    client.send(`up ${i}`);
    await seen(server, `up ${i}`);
    server.send(`down ${i}`);
    await seen(client, `down ${i}`);
  }
  assert.equal(proxy.stats.tunnels.active, 1);
  const fresh = await dial(port);
  t.after(() => fresh.close());
  fresh.send(get("/"));
  assert.equal((await fresh.message()).body, "other");
  client.close();
  await eventually(() => backend.connections[0]?.ended === true, "the end of the backend's connection");
});

test("a tunnel whose port is removed is cut at the drain deadline, and not before", async (t) => {
  const { proxy, client, server } = await tunnel(t, {}, { drainTimeout: 250 });
  const started = performance.now();
  await proxy.apply({ gateways: [], sockets: [], endpoints: new Map() });
  await sleep(100);
  client.send("still");
  await seen(server, "still");
  await client.end();
  await server.end();
  const took = performance.now() - started;
  assert.ok(took >= 200 && took < 700, String(took));
});

test("draining cuts tunnels at its deadline", async (t) => {
  const { proxy, client, server } = await tunnel(t, {}, { drainTimeout: 200 });
  const started = performance.now();
  const drained = proxy.drain(50);
  await sleep(120);
  client.send("still");
  await seen(server, "still");
  await drained;
  await client.end();
  await server.end();
  const took = performance.now() - started;
  assert.ok(took >= 240 && took < 800, String(took));
  await eventually(() => proxy.stats.tunnels.active === 0, "the end of the tunnel");
});

test("tunnels take none of the connections that requests have to an endpoint", async (t) => {
  const respond: Respond = ({ headers }) => (headers.upgrade === undefined ? ok() : switching);
  const { backend, port, proxy } = await startPair(t, respond, { limits: { endpointConnections: 1 } });
  for (let i = 0; i < 3; i++) await open(t, port, backend);
  const connection = await dial(port);
  t.after(() => connection.close());
  connection.send(get("/"));
  assert.equal((await connection.message()).status, 200);
  assert.deepEqual(proxy.stats.tunnels, { opened: 3, active: 3, received: 0, sent: 0 });
});

test("filters apply to an upgrade as to any request; mirrors get no copy of it", async (t) => {
  const backend = await startBackend(t, () => switching);
  const mirror = await startBackend(t);
  const filters = [
    modifier("RequestHeaderModifier", { set: { "x-in": "1", upgrade: "h2c" } }),
    modifier("ResponseHeaderModifier", { set: { "x-out": "2", connection: "close" } }),
    mirrorTo("mirror"),
  ];
  const { port, proxy } = await startProxy(t, {
    rules: [{ backends: { main: 1 }, filters }],
    endpoints: { main: backend.port, mirror: mirror.port },
    backend: { protocol: "ws" },
  });
  const connection = await dial(port);
  t.after(() => connection.close());
  connection.send(upgrade("/chat?room=1", ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]));
  const { status, headers } = await connection.message();
  assert.equal(status, 101);
  assert.deepEqual([headers["x-out"], headers.connection, headers.upgrade], ["2", "upgrade", "websocket"]);
  const [request] = backend.requests;
  assert.equal(request?.line, "GET /chat?room=1 HTTP/1.1");
  assert.deepEqual([request?.headers["x-in"], request?.headers.upgrade], ["1", "websocket"]);
  assert.equal(request?.headers["sec-websocket-version"], "13");
  await sleep(30);
  assert.equal(mirror.requests.length, 0);
  assert.deepEqual(proxy.stats.mirrors, { sent: 0, dropped: 0, failed: 0 });
});

test("a stale kept connection shows to no upgrade", async (t) => {
  let served = 0;
  const { port } = await startPair(t, ({ headers }, connection) => {
    if (headers.upgrade === undefined) return ok();
    if (served++ > 0) return switching;
    connection.socket.resetAndDestroy();
    return undefined;
  });
  const connection = await dial(port);
  t.after(() => connection.close());
  connection.send(get("/"));
  await connection.message();
  connection.send(upgrade());
  assert.equal((await connection.message()).status, 101);
});
