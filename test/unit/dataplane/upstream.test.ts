import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Backend, ok, rawBackend } from "./harness/backend.ts";
import { gateway } from "./harness/configuration.ts";
import { startBackend, startPair, startProxy, unusedPort } from "./harness/setup.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

/** Starts a backend whose connections serve one request, stay open, and reset when the next one arrives. */
async function stale(t: Parameters<typeof startBackend>[0]) {
  return startBackend(t, (_request, connection) => {
    const served = connection as { served?: number };
    served.served = (served.served ?? 0) + 1;
    if (served.served === 1) return ok("fresh");
    connection.socket.resetAndDestroy();
    return undefined;
  });
}

test("a kept connection that has gone stale is never an error to an idempotent request", async (t) => {
  const backend = await stale(t);
  const { proxy, port } = await startProxy(t, { endpoints: { main: backend.port } });
  const connection = await dial(port);
  for (const method of ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "GET"]) {
    connection.send(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
    // The backend answers HEAD with a body, as a faulty server might, so its connection is not reused.
    const response = await connection.message({ bodiless: method === "HEAD" });
    assert.equal(response.status, 200, method);
  }
  assert.ok(proxy.stats.resent >= 4, String(proxy.stats.resent));
  connection.close();
});

test("an idempotent request is sent again with its body", async (t) => {
  const backend = await stale(t);
  const { port } = await startProxy(t, { endpoints: { main: backend.port } });
  const connection = await dial(port);
  connection.send(get("/"));
  await connection.message();
  connection.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  assert.equal((await connection.message()).body, "fresh");
  assert.deepEqual(
    backend.requests.slice(1).map(({ body }) => body),
    ["hello", "hello"],
  );
  connection.close();
});

test("a POST that may have been carried out is not sent again", async (t) => {
  const backend = await stale(t);
  const { proxy, port } = await startProxy(t, { endpoints: { main: backend.port } });
  const connection = await dial(port);
  connection.send(get("/"));
  await connection.message();
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  const response = await connection.message();
  assert.equal(response.status, 502);
  assert.match(response.body, /BackendReset/);
  assert.equal(proxy.stats.resent, 0);
  connection.close();
});

test("a request is sent again once, not for ever", async (t) => {
  let connections = 0;
  const backend = await rawBackend((connection) => {
    connections++;
    connection.socket.once("data", () => connection.socket.resetAndDestroy());
  });
  t.after(() => backend.close());
  const { port } = await startProxy(t, { endpoints: { main: backend.port } });
  assert.equal((await exchange(port, get("/"))).status, 502);
  assert.equal(connections, 2);
});

test("a request of which a response byte has arrived is not sent again", async (t) => {
  let connections = 0;
  const backend = await rawBackend((connection) => {
    connections++;
    connection.socket.once("data", () => connection.socket.end("HTTP/1.1 2"));
  });
  t.after(() => backend.close());
  const { port } = await startProxy(t, { endpoints: { main: backend.port } });
  assert.equal((await exchange(port, get("/"))).status, 502);
  assert.equal(connections, 1);
});

test("a body that has been sent in parts is not sent again", async (t) => {
  const backend = await rawBackend((connection) => {
    connection.socket.on("data", () => {
      if (connection.received.includes("second")) connection.socket.resetAndDestroy();
    });
  });
  t.after(() => backend.close());
  const { proxy, port } = await startProxy(t, { endpoints: { main: backend.port } });
  const connection = await dial(port);
  connection.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 20\r\n\r\nfirst");
  await sleep(50);
  connection.send("second");
  assert.equal((await connection.message()).status, 502);
  assert.equal(proxy.stats.resent, 0);
  connection.close();
});

test("a dead endpoint shows to nobody while another lives, whatever the method", async (t) => {
  const alive = await startBackend(t);
  const { port } = await startProxy(t, { endpoints: { main: [await unusedPort(), alive.port] } });
  const connection = await dial(port);
  for (let i = 0; i < 10; i++) {
    connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    assert.equal((await connection.message()).status, 200);
  }
  connection.close();
});

test("no connection at all is answered 503, and the client's connection goes on", async (t) => {
  const { proxy, port } = await startProxy(t, { endpoints: { main: await unusedPort() } });
  const connection = await dial(port);
  for (let i = 0; i < 3; i++) {
    connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
    const response = await connection.message();
    assert.equal(response.status, 503);
    assert.match(response.body, /BackendUnreachable/);
  }
  assert.equal(proxy.stats.gateway(gateway).backends.get("default/main:80")?.errors.connect, 6);
  connection.close();
});

test("a backend that returns is used at once", async (t) => {
  const port = await unusedPort();
  const { port: proxyPort } = await startProxy(t, { endpoints: { main: port } });
  assert.equal((await exchange(proxyPort, get("/"))).status, 503);
  const backend = await new Backend(() => ok("back")).listen(port);
  t.after(() => backend.close());
  assert.equal((await exchange(proxyPort, get("/"))).body, "back");
});

test("a kept connection is closed before the backend would, and as early as the backend says", async (t) => {
  for (const [fields, least, most] of [
    [[], 250, 600],
    [["Keep-Alive: timeout=1, max=100"], 250, 600],
    [["Keep-Alive: timeout=0"], 0, 100],
  ] as const) {
    const { backend, port } = await startPair(t, () => ok("ok", fields), { limits: { upstreamIdleTimeout: 300 } });
    await exchange(port, get("/"));
    const started = performance.now();
    await eventually(() => backend.connections[0]?.ended === true, "the end of the kept connection");
    const kept = performance.now() - started;
    assert.ok(kept >= least && kept <= most, `${fields.join()}: ${kept}`);
  }
});

test("the backend's Keep-Alive counts where it is shorter than the proxy's own limit", async (t) => {
  const { backend, port } = await startPair(t, () => ok("ok", ["Keep-Alive: timeout=1"]));
  await exchange(port, get("/"));
  const started = performance.now();
  await eventually(() => backend.connections[0]?.ended === true, "the end of the kept connection");
  const kept = performance.now() - started;
  assert.ok(kept > 400 && kept < 900, String(kept));
});

test("Connection: close of a backend is obeyed and not passed on", async (t) => {
  const { backend, port } = await startPair(t, () => ok("ok", ["Connection: close"]));
  const connection = await dial(port);
  for (let i = 0; i < 3; i++) {
    connection.send(get("/"));
    const response = await connection.message();
    assert.equal(response.headers.connection, undefined);
  }
  assert.equal(backend.connections.length, 3);
  connection.close();
});

test("connections to an endpoint are bounded; requests beyond wait, and beyond those are answered 503", async (t) => {
  let most = 0;
  let now = 0;
  const { backend, port } = await startPair(
    t,
    async () => {
      most = Math.max(most, ++now);
      await sleep(30);
      now--;
      return ok();
    },
    { limits: { endpointConnections: 3, endpointQueue: 5 } },
  );
  const statuses = await Promise.all(Array.from({ length: 12 }, async () => (await exchange(port, get("/"))).status));
  assert.equal(most, 3);
  assert.equal(backend.connections.length, 3);
  const served = statuses.filter((status) => status === 200).length;
  const refused = statuses.filter((status) => status === 503).length;
  assert.equal(served + refused, 12);
  assert.ok(served >= 8, `${served} served`);
  assert.ok(refused >= 1, `${refused} refused`);
});

test("a request that waits too long for a connection is answered 503", async (t) => {
  const { backend, port } = await startPair(t, () => undefined, {
    limits: { endpointConnections: 1, connectTimeout: 150 },
  });
  const first = await dial(port);
  first.send(get("/"));
  await eventually(() => backend.requests.length === 1, "the first request");
  const response = await exchange(port, get("/"));
  assert.equal(response.status, 503);
  assert.match(response.body, /BackendConnectTimeout/);
  first.close();
});

const timeouts = [
  ["the proxy's own for a response", undefined, { responseTimeout: 150 }, "BackendTimeout"],
  ["the rule's for the backend", { backendRequest: 150 }, {}, "BackendTimeout"],
  ["the rule's for the request", { request: 150 }, {}, "RequestTimeout"],
  ["the shorter of the rule's", { request: 5_000, backendRequest: 150 }, {}, "BackendTimeout"],
] as const;

for (const [what, rule, limits, reason] of timeouts) {
  test(`a backend that does not answer is answered for with 504 after ${what}`, async (t) => {
    const backend = await startBackend(t, () => undefined);
    const timeouts = rule === undefined ? {} : { timeouts: rule };
    const { port } = await startProxy(t, { rules: [timeouts], endpoints: { main: backend.port } }, { limits });
    const started = performance.now();
    const response = await exchange(port, get("/"));
    const took = performance.now() - started;
    assert.equal(response.status, 504);
    assert.match(response.body, new RegExp(reason));
    assert.ok(took >= 150 && took < 600, String(took));
    await eventually(() => backend.connections.every(({ ended }) => ended), "the end of the backend's connection");
  });
}

test("a timeout of 0 is none", async (t) => {
  const backend = await startBackend(t, async () => {
    await sleep(300);
    return ok("late");
  });
  const { port } = await startProxy(
    t,
    { rules: [{ timeouts: { request: 0, backendRequest: 0 } }], endpoints: { main: backend.port } },
    { limits: { responseTimeout: 50 } },
  );
  assert.equal((await exchange(port, get("/"))).body, "late");
});

test("a response that stops in the middle is cut for the client", async (t) => {
  for (const [timeouts, limits] of [
    [{ backendRequest: 200 }, {}],
    [{ request: 200 }, {}],
    [{}, { responseIdleTimeout: 200 }],
  ] as const) {
    const backend = await startBackend(t, () => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
    const { port } = await startProxy(t, { rules: [{ timeouts }], endpoints: { main: backend.port } }, { limits });
    const connection = await dial(port);
    connection.send(get("/"));
    const seen = await connection.end();
    assert.match(seen, /half$/);
    assert.ok(connection.reset);
  }
});

test("a long upload is no slow response", async (t) => {
  const { port } = await startPair(t, ({ body }) => ok(body), { limits: { responseTimeout: 200 } });
  const connection = await dial(port);
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n");
  for (const byte of "upload") {
    await sleep(80);
    connection.send(byte);
  }
  assert.equal((await connection.message()).body, "upload");
  connection.close();
});

test("what a backend says unasked on a kept connection ends that connection", async (t) => {
  const { backend, port } = await startPair(t);
  const connection = await dial(port);
  connection.send(get("/"));
  await connection.message();
  backend.connections[0]?.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
  await eventually(() => backend.connections[0]?.ended === true, "the end of the kept connection");
  connection.send(get("/"));
  assert.equal((await connection.message()).status, 200);
  connection.close();
});
