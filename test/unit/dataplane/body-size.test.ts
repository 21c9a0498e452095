import assert from "node:assert/strict";
import { test } from "node:test";
import { ok, rawBackend } from "./harness/backend.ts";
import { gateway } from "./harness/configuration.ts";
import { startPair, startProxy } from "./harness/setup.ts";
import { dial, eventually } from "./harness/wire.ts";

const limits = { bodyBytes: 10 };
const post = "POST / HTTP/1.1\r\nHost: a\r\n";

test("bodies up to the bound pass, whether their length is told or not", async (t) => {
  const { port } = await startPair(t, ({ body }) => ok(body), { limits });
  const connection = await dial(port);
  connection.send(`${post}Content-Length: 10\r\n\r\n0123456789`);
  assert.equal((await connection.message()).body, "0123456789");
  connection.send(`${post}Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n`);
  assert.equal((await connection.message()).body, "0123456789");
  connection.close();
});

test("without a bound any length passes", async (t) => {
  const { port } = await startPair(t, ({ body }) => ok(String(body.length)));
  const connection = await dial(port);
  const body = "x".repeat(3_000_000);
  connection.send(`${post}Content-Length: ${body.length}\r\n\r\n${body}`);
  assert.equal((await connection.message()).body, "3000000");
  connection.close();
});

for (const [what, expect] of [
  ["", ""],
  [", without 100-continue", "Expect: 100-continue\r\n"],
] as const) {
  test(`a length beyond the bound is answered 413 before the body comes${what}`, async (t) => {
    const { backend, proxy, port } = await startPair(t, () => ok(), { limits });
    const connection = await dial(port);
    connection.send(`${post}Content-Length: 11\r\n${expect}\r\n`);
    const response = await connection.message();
    assert.equal(response.status, 413);
    assert.match(response.body, /BodyTooLarge/);
    assert.equal(response.headers.connection, "close");
    assert.equal(await connection.end(), "");
    assert.equal(backend.connections.length, 0);
    assert.equal(proxy.stats.gateway(gateway).answers.get("BodyTooLarge"), 1);
  });
}

test("what a client sends behind its 413 does not destroy it", async (t) => {
  const { port } = await startPair(t, () => ok(), { limits });
  const connection = await dial(port);
  connection.send(`${post}Content-Length: 500000\r\n\r\n${"x".repeat(500_000)}`);
  assert.equal((await connection.message()).status, 413);
  await connection.end();
  assert.equal(connection.reset, false);
});

test("a chunked body that grows beyond the bound is answered 413, and its request never completed", async (t) => {
  const seen = { text: "", ended: false };
  const backend = await rawBackend((connection) => {
    connection.socket.on("data", () => {
      seen.text = connection.received;
    });
    connection.socket.on("close", () => {
      seen.ended = true;
    });
  });
  t.after(() => backend.close());
  const { port } = await startProxy(t, { endpoints: { main: backend.port } }, { limits });
  const connection = await dial(port);
  connection.send(`${post}Transfer-Encoding: chunked\r\n\r\n6\r\n012345\r\n`);
  await eventually(() => seen.text.includes("012345"), "the beginning of the body");
  connection.send("5\r\n67890\r\n0\r\n\r\n");
  const response = await connection.message();
  assert.equal(response.status, 413);
  assert.equal(response.headers.connection, "close");
  await eventually(() => seen.ended, "the end of the backend's connection");
  assert.doesNotMatch(seen.text, /67890|\r\n0\r\n\r\n/);
  await connection.end();
});

test("a body that grows too large behind the beginning of its response cuts the connection", async (t) => {
  const { port } = await startProxy(
    t,
    { endpoints: { main: (await answeringEarly(t)).port } },
    { limits: { bodyBytes: 10 } },
  );
  const connection = await dial(port);
  connection.send(`${post}Transfer-Encoding: chunked\r\n\r\n1\r\n0\r\n`);
  await eventually(() => connection.received.includes("half"), "the beginning of the response");
  connection.send(`14\r\n${"x".repeat(20)}\r\n`);
  await connection.end();
  assert.equal(connection.reset, true);
});

async function answeringEarly(t: Parameters<typeof startProxy>[0]) {
  const backend = await rawBackend((connection) => {
    connection.socket.once("data", () => connection.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
  });
  t.after(() => backend.close());
  return backend;
}
