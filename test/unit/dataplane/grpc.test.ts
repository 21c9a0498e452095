import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpDataPlane } from "../../../proxy/dataplane/proxy.ts";
import { snapshot } from "./harness/configuration.ts";
import { grpcSnapshot } from "./harness/grpc.ts";
import { answerOf, connectHttp2, open, request } from "./harness/http2.ts";
import { bodyOf, startHttp2Backend } from "./harness/http2-backend.ts";
import { unusedPort } from "./harness/setup.ts";
import { exchange, get } from "./harness/wire.ts";

const call = { ":method": "POST", ":path": "/acme.Store/Get", "content-type": "application/grpc", te: "trailers" };
const message = "\0\0\0\0\x05hello";

test("calls of a GRPCRoute go to their backend over HTTP/2, with messages and trailers both ways", async (context) => {
  const backend = await startHttp2Backend(context, (stream) => {
    void bodyOf(stream).then((body) => {
      stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "grpc-message": "fine" }));
      stream.end(body, "latin1");
    });
  });
  const proxy = new HttpDataPlane();
  context.after(() => proxy.close());
  const [bound] = await proxy.apply(grpcSnapshot({ endpoints: { main: backend.port } }));
  const session = await connectHttp2(context, bound?.localPort ?? 0);
  const answers = await Promise.all(Array.from({ length: 5 }, () => request(session, call, message)));
  for (const { status, body, headers, trailers } of answers) {
    assert.deepEqual([status, body, headers["content-type"]], [200, message, "application/grpc"]);
    assert.deepEqual([trailers["grpc-status"], trailers["grpc-message"]], ["0", "fine"]);
  }
  assert.equal(backend.heads[0]?.te, "trailers");
});

test("messages stream both ways at once", async (context) => {
  const backend = await startHttp2Backend(context, (stream) => {
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.on("data", (chunk: Buffer) => stream.write(chunk));
    stream.on("end", () => stream.end());
  });
  const proxy = new HttpDataPlane();
  context.after(() => proxy.close());
  const [bound] = await proxy.apply(grpcSnapshot({ endpoints: { main: backend.port } }));
  const session = await connectHttp2(context, bound?.localPort ?? 0);
  const stream = session.request({ ":authority": "acme.io", ...call }, { endStream: false });
  const answer = answerOf(stream);
  for (let i = 0; i < 5; i++) {
    stream.write(`message ${i};`);
    await new Promise((resolve) => stream.once("data", resolve));
  }
  stream.end();
  const { body, trailers } = await answer;
  assert.deepEqual([body.split(";").length, trailers["grpc-status"]], [6, "0"]);
});

test("answers of the proxy's own are calls that have failed", async (context) => {
  const proxy = new HttpDataPlane();
  context.after(() => proxy.close());
  const [bound] = await proxy.apply(
    grpcSnapshot({ endpoints: { main: await unusedPort() }, rules: [{ backends: { "!BackendNotFound": 1 } }] }),
  );
  const port = bound?.localPort ?? 0;
  const session = await connectHttp2(context, port);
  const { status, headers, body } = await answerOf(open(session, call, message));
  assert.deepEqual(
    [status, headers["grpc-status"], headers["content-type"], body],
    [200, "14", "application/grpc", ""],
  );
  assert.equal(headers["grpc-message"], "500 BackendNotFound: The test says so.");
  const [gateway] = proxy.stats.gateways.values();
  assert.equal(gateway?.answers.get("BackendNotFound"), 1);
  await proxy.apply({
    ...grpcSnapshot({ endpoints: { main: await unusedPort() } }),
    sockets: snapshot({ endpoints: {} }).sockets,
  });
  const unreachable = await request(session, call, message);
  assert.deepEqual([unreachable.status, unreachable.headers["grpc-status"]], [200, "14"]);
  const plain = await exchange(port, get("/"));
  assert.deepEqual([plain.status, plain.headers["grpc-status"]], [503, undefined]);
});
