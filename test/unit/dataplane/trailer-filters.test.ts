/** What a filter has set or removed in a head does not come back as a trailer. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mirrorTo, modifier } from "./harness/configuration.ts";
import { answerOf, connectHttp2, open } from "./harness/http2.ts";
import { startBackend, startProxy } from "./harness/setup.ts";
import { exchange } from "./harness/wire.ts";

const forged = [
  ...["x-request-id", "X-Real-IP", "traceparent", "X-Forwarded-For", "x-forwarded-prefix", "Forwarded", "via"],
  ...["x_forwarded_for", "x_request_id"],
];
const trailers = ["X-User: forged", "x-role: forged", "x-good: 1", ...forged.map((name) => `${name}: forged`)];
const response = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${trailers.join("\r\n")}\r\n\r\n`;
const changes = { set: { "x-role": "guest" }, remove: ["x-user"] };
const head = "POST / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\nTransfer-Encoding: chunked\r\n\r\n";

test("trailers of requests and responses have no field that a filter or the proxy has a say in", async (t) => {
  const backend = await startBackend(t, () => response);
  const copy = await startBackend(t);
  const filters = [
    modifier("RequestHeaderModifier", changes),
    modifier("ResponseHeaderModifier", changes),
    mirrorTo("copy"),
  ];
  const endpoints = { main: backend.port, copy: copy.port };
  const { port } = await startProxy(t, { rules: [{ filters, backends: { main: 1 } }], endpoints });
  const answer = await exchange(port, `${head}1\r\nx\r\n0\r\n${trailers.join("\r\n")}\r\n\r\n`);
  assert.deepEqual(answer.trailers, ["x-good: 1"]);
  for (const { requests } of [backend, copy]) assert.deepEqual(requests[0]?.trailers, ["x-good: 1"]);
  const stream = open(await connectHttp2(t, port), { ":method": "GET" });
  const { "x-good": good, ...others } = (await answerOf(stream)).trailers;
  assert.equal(good, "1");
  assert.deepEqual(Object.keys(others), []);
});

test("without filters only the proxy's own fields are missing", async (t) => {
  const backend = await startBackend(t, () => response);
  const { port } = await startProxy(t, { endpoints: { main: backend.port } });
  const answer = await exchange(port, `${head}1\r\nx\r\n0\r\n${trailers.join("\r\n")}\r\n\r\n`);
  assert.deepEqual(answer.trailers, trailers.slice(0, 3));
  assert.deepEqual(backend.requests[0]?.trailers, trailers.slice(0, 3));
});
