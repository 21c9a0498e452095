/** Tests which host a request is for if its Host field does not say it, and which host the backend receives. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mirrorTo, modifier } from "./harness/configuration.ts";
import { startBackend, startPair, startProxy } from "./harness/setup.ts";
import { exchange } from "./harness/wire.ts";

test("an HTTP/1.0 request without Host, as of a health check, is for the address that it came to", async (context) => {
  const { backend, port } = await startPair(context);
  const response = await exchange(port, "GET /healthz HTTP/1.0\r\n\r\n");
  assert.equal(response.status, 200);
  const [seen] = backend.requests;
  assert.equal(seen?.line, "GET /healthz HTTP/1.1");
  assert.equal(seen?.headers.host, "127.0.0.1");
  assert.equal(seen?.headers["x-forwarded-host"], "127.0.0.1");
});

test("an HTTP/1.0 request without Host finds no listener that has a hostname", async (context) => {
  const backend = await startBackend(context);
  const { port } = await startProxy(context, { endpoints: { main: backend.port }, hostname: "acme.io" });
  assert.equal((await exchange(port, "GET / HTTP/1.0\r\n\r\n")).status, 404);
  assert.equal((await exchange(port, "GET / HTTP/1.0\r\nHost: acme.io\r\n\r\n")).status, 200);
});

for (const filters of [[], [modifier("RequestHeaderModifier", { set: { "x-a": "1" } })], [mirrorTo("main")]]) {
  const passed = filters.map(({ type }) => type).join() || "no filter";
  test(`with ${passed}, X-Forwarded-Host is the host of an absolute-form target, not a forged Host`, async (context) => {
    const backend = await startBackend(context);
    const { port } = await startProxy(context, { endpoints: { main: backend.port }, rules: [{ filters }] });
    const response = await exchange(port, "GET http://real.io/a HTTP/1.1\r\nHost: forged.io\r\n\r\n");
    assert.equal(response.status, 200);
    for (const { headers } of backend.requests) {
      assert.deepEqual([headers.host, headers["x-forwarded-host"]], ["real.io", "real.io"]);
    }
  });
}

test("Forwarded has the host of an absolute-form target as well", async (context) => {
  const { backend, port } = await startPair(context, undefined, { forwarded: "both" });
  await exchange(port, "GET http://real.io/a HTTP/1.1\r\nHost: forged.io\r\n\r\n");
  assert.match(backend.requests[0]?.headers.forwarded ?? "", /;host=real\.io;/);
});
