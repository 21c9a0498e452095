import assert from "node:assert/strict";
import { test } from "node:test";
import { modifier } from "./harness/configuration.ts";
import { connectHttp2, request } from "./harness/http2.ts";
import { startBackend, startPair, startProxy } from "./harness/setup.ts";
import { exchange } from "./harness/wire.ts";

const message = (method: string, fields: readonly string[] = [], body = "") =>
  `${[`${method} /a HTTP/1.1`, "Host: acme.io", ...fields].join("\r\n")}\r\n\r\n${body}`;

for (const method of ["OPTIONS", "TRACE"]) {
  for (const filters of [[], [modifier("RequestHeaderModifier", { set: { "x-a": "1" } })]]) {
    test(`${method} goes one hop less far with each proxy${filters.length > 0 ? ", with filters" : ""}`, async (t) => {
      const backend = await startBackend(t);
      const { port } = await startProxy(t, { rules: [{ filters }], endpoints: { main: backend.port } });
      for (const hops of ["1", "10", "007"]) {
        assert.equal((await exchange(port, message(method, [`Max-Forwards: ${hops}`]))).status, 200);
      }
      assert.deepEqual(
        backend.requests.map(({ headers }) => headers["max-forwards"]),
        ["0", "9", "6"],
      );
      assert.equal((await exchange(port, message(method))).status, 200);
      assert.equal(backend.requests.at(-1)?.headers["max-forwards"], undefined);
    });
  }

  test(`${method} ends at the proxy with the last hop`, async (t) => {
    const { backend, port } = await startPair(t);
    const { status, body } = await exchange(port, message(method, ["Max-Forwards: 0"]));
    assert.equal(status, method === "TRACE" ? 501 : 204);
    assert.match(body, method === "TRACE" ? /MaxForwardsReached/ : /^$/);
    for (const hops of ["x", "-1", "1, 2", "", "1".repeat(30)]) {
      const refused = await exchange(port, message(method, [`Max-Forwards: ${hops}`]));
      assert.equal(refused.status, 400, hops);
      assert.match(refused.body, /InvalidMaxForwards/);
    }
    assert.equal(backend.requests.length, 0);
  });
}

test("Max-Forwards of other methods passes as it came", async (t) => {
  const { backend, port } = await startPair(t);
  await exchange(port, message("GET", ["Max-Forwards: 0"]));
  assert.equal(backend.requests[0]?.headers["max-forwards"], "0");
});

test("TRACE with credentials or content is refused, over both versions of HTTP", async (t) => {
  const { backend, port } = await startPair(t);
  for (const field of ["Authorization: Basic eDp5", "cookie: a=b", "Proxy-Authorization: Basic eDp5"]) {
    const { status, body } = await exchange(port, message("TRACE", [field]));
    assert.equal(status, 400, field);
    assert.match(body, /TraceWithCredentials/);
  }
  const withContent = await exchange(port, message("TRACE", ["Content-Length: 1"], "x"));
  assert.equal(withContent.status, 400);
  assert.match(withContent.body, /TraceWithContent/);
  const session = await connectHttp2(t, port);
  assert.equal((await request(session, { ":method": "TRACE", cookie: "a=b" })).status, 400);
  assert.equal((await request(session, { ":method": "OPTIONS", "max-forwards": "0" })).status, 204);
  assert.equal((await request(session, { ":method": "OPTIONS", "max-forwards": "3" })).status, 200);
  assert.equal(backend.requests.length, 1);
  assert.equal(backend.requests[0]?.headers["max-forwards"], "2");
});
