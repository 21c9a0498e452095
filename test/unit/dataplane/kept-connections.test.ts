import assert from "node:assert/strict";
import { test } from "node:test";
import { ok } from "./harness/backend.ts";
import { startPair } from "./harness/setup.ts";
import { dial, eventually, exchange, get } from "./harness/wire.ts";

for (const [what, head, isKept] of [
  ["204", "204 No Content\r\n", true],
  ["204 of length 0", "204 No Content\r\nContent-Length: 0\r\n", true],
  ["204 with a length", "204 No Content\r\nContent-Length: 5\r\n", false],
  ["chunked 204", "204 No Content\r\nTransfer-Encoding: chunked\r\n", false],
  ["304", "304 Not Modified\r\n", true],
  ["304 with a length", "304 Not Modified\r\nContent-Length: 5\r\n", true],
  ["chunked 304", "304 Not Modified\r\nTransfer-Encoding: chunked\r\n", false],
] as const) {
  test(`a connection to an endpoint is ${isKept ? "kept" : "not kept"} after a ${what}`, async (t) => {
    const { backend, port } = await startPair(t, () => `HTTP/1.1 ${head}\r\n`);
    const connection = await dial(port);
    for (let i = 0; i < 2; i++) {
      connection.send(get("/"));
      assert.equal((await connection.message()).status, Number(head.slice(0, 3)));
    }
    connection.close();
    assert.equal(backend.connections.length, isKept ? 1 : 2);
  });
}

const expecting = "POST / HTTP/1.1\r\nHost: acme.io\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello";

test("a connection is not kept if a request that expects 100 Continue is answered without", async (t) => {
  const { backend, port } = await startPair(t);
  assert.equal((await exchange(port, expecting)).status, 200);
  await eventually(() => backend.connections[0]?.ended === true, "the end of the connection");
  assert.equal((await exchange(port, get("/"))).status, 200);
  assert.equal(backend.connections.length, 2);
});

test("it is kept if the endpoint has asked for the body", async (t) => {
  const { backend, port } = await startPair(t, () => `HTTP/1.1 100 Continue\r\n\r\n${ok()}`);
  const connection = await dial(port);
  connection.send(expecting);
  assert.equal((await connection.message()).status, 100);
  assert.equal((await connection.message()).status, 200);
  connection.close();
  assert.equal((await exchange(port, get("/"))).status, 100);
  assert.equal(backend.connections.length, 1);
});
