/** Trailer sections have the limits of header sections, in both directions and in every version of HTTP. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { TrailerSection } from "../../../proxy/dataplane/http1/trailers.ts";
import { ok } from "./harness/backend.ts";
import { answerOf, connectHttp2, open } from "./harness/http2.ts";
import { startHttp2Backend } from "./harness/http2-backend.ts";
import { startBackend, startPair, startProxy } from "./harness/setup.ts";
import { dial, exchange } from "./harness/wire.ts";

const post = (fields: string, body: string) => `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${body}`;
const fields = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("");

const excessive: readonly (readonly [string, string, string])[] = [
  ["one name again and again", fields(129, () => "a:b\r\n"), "TooManyTrailers"],
  ["fields that are not forwarded", fields(129, () => "host:b\r\n"), "TooManyTrailers"],
  ["many names", fields(2_000, (i) => `x-${i}:b\r\n`), "TooManyTrailers"],
  ["one value that is too long", `a: ${"b".repeat(70_000)}\r\n`, "TrailersTooLarge"],
  ["one name that is too long", `${"b".repeat(70_000)}: a\r\n`, "TrailersTooLarge"],
];

const chunked = (trailers: string) =>
  post("Transfer-Encoding: chunked", `10000\r\n${"x".repeat(65_536)}\r\n0\r\n${trailers}\r\n`);

for (const protocol of ["http1", "h2c"] as const) {
  for (const [what, trailers, reason] of excessive) {
    test(`a request to ${protocol} with ${what} in its trailers is answered 431`, async (context) => {
      const { port, requests } = await startEither(context, protocol);
      const response = await exchange(port, chunked(trailers));
      assert.equal(response.status, 431);
      assert.match(response.body, new RegExp(reason));
      assert.equal(requests(), 0, "requests that the backend took for complete");
      // A section within the limits passes: the proxy still works.
      assert.equal((await exchange(port, chunked(fields(100, (i) => `x-${i}: b\r\n`)))).status, 200);
    });
  }
}

test("a trailer section that does not end is refused as soon as it exceeds a bound", async (context) => {
  const { port } = await startPair(context);
  const connection = await dial(port);
  connection.send(post("Transfer-Encoding: chunked", "1\r\nx\r\n0\r\n"));
  connection.send(fields(130, () => "a:b\r\n"));
  assert.equal((await connection.message()).status, 431);
  assert.equal(await connection.end(), "");
});

test("a response with too many trailer fields is not completed", async (context) => {
  const { port } = await startPair(
    context,
    () => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${fields(30_000, () => "a:b\r\n")}\r\n`,
  );
  const connection = await dial(port);
  connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.doesNotMatch(await connection.end(), /\r\n0\r\n/);
});

test("HTTP/2 requests and responses have the same bounds", async (context) => {
  const backend = await startHttp2Backend(context, (stream) => {
    stream.respond({ ":status": 200 }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(Object.fromEntries(many(100, 700))));
    stream.end("ok");
  });
  const { port } = await startProxy(context, { endpoints: { main: backend.port }, backend: { protocol: "h2c" } });
  const session = await connectHttp2(context, port);
  assert.notEqual((await answerOf(open(session))).code, 0, "the response is reset");
  const { port: other } = await startPair(context, () => ok());
  const client = await connectHttp2(context, other);
  const stream = client.request({ ":method": "POST", ":authority": "acme.io" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers(Object.fromEntries(many(100, 700))));
  stream.end("body");
  const refused = await answerOf(stream);
  assert.ok(refused.status === 431 || refused.code !== 0, `the request is refused: ${refused.status}, ${refused.code}`);
});

test("the cost of a trailer section grows with its length at most", () => {
  const limits = { headBytes: 2 ** 30, headFields: 2 ** 20 };
  const work = (count: number) => {
    const section = new TrailerSection(limits);
    const begun = process.cpuUsage();
    for (let i = 0; i < count; i++) if (section.count(3)) section.add("a", "bc");
    assert.ok(section.lines.length > count);
    return process.cpuUsage(begun).user;
  };
  work(50_000);
  const times = Array.from({ length: 5 }, () => work(200_000) / Math.max(1_000, work(50_000)));
  assert.ok(Math.min(...times) < 8, `four times the fields cost ${times} times as much`);
});

function many(count: number, length: number): [string, string][] {
  return Array.from({ length: count }, (_, i) => [`x-${i}`, "v".repeat(length)]);
}

async function startEither(context: TestContext, protocol: "http1" | "h2c") {
  if (protocol === "http1") {
    const backend = await startBackend(context);
    const { port } = await startProxy(context, { endpoints: { main: backend.port } });
    return { port, requests: () => backend.requests.length };
  }
  let completed = 0;
  const backend = await startHttp2Backend(context, (stream) => {
    stream.on("end", () => {
      if (stream.rstCode === 0 && !stream.aborted) completed++;
      if (!stream.destroyed) {
        stream.respond({ ":status": 200 });
        stream.end("ok");
      }
    });
    stream.resume();
  });
  const { port } = await startProxy(context, { endpoints: { main: backend.port }, backend: { protocol } });
  return { port, requests: () => completed };
}
