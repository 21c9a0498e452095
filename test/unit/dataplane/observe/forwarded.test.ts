import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { PAUSED } from "../../../../proxy/dataplane/http1/llhttp.ts";
import { MessageParser } from "../../../../proxy/dataplane/http1/message-parser.ts";
import { requestList, requestText } from "../../../../proxy/dataplane/http1/request-text.ts";
import { peerOf, planForwarding, type RequestMarks } from "../../../../proxy/dataplane/message/forwarded.ts";
import type { RequestChange } from "../../../../proxy/dataplane/message/request-change.ts";
import type { ProxyOptions } from "../../../../proxy/dataplane/proxy.ts";
import { ok } from "../harness/backend.ts";
import { mirrorTo, modifier } from "../harness/configuration.ts";
import { connectHttp2, request } from "../harness/http2.ts";
import { startBackend, startPair, startProxy } from "../harness/setup.ts";
import { eventually, exchange, get } from "../harness/wire.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Returns the forwarding fields that a backend receives for a request with these fields. */
async function told(t: TestContext, options: ProxyOptions, fields: readonly string[] = [], version = "1.1") {
  const { backend, port } = await startPair(t, () => ok(), options);
  await exchange(port, get("/", fields).replace("HTTP/1.1", `HTTP/${version}`));
  return backend.requests[0]?.headers ?? {};
}

const forged = ["Forwarded: for=1.2.3.4;host=evil;proto=https", "Forwarded: for=5.6.7.8"];

test("Forwarded of an untrusted client is not passed on", async (t) => {
  const headers = await told(t, {}, forged);
  assert.equal(headers.forwarded, undefined);
  assert.equal(headers["x-forwarded-for"], "127.0.0.1");
});

test("Forwarded of a trusted proxy is appended to, also where it is not asked for", async (t) => {
  const headers = await told(t, { trustedHops: 1 }, forged);
  assert.equal(
    headers.forwarded,
    "for=1.2.3.4;host=evil;proto=https, for=5.6.7.8, for=127.0.0.1;host=acme.io;proto=http",
  );
});

test("Forwarded instead of X-Forwarded-*: what a client says in either is gone", async (t) => {
  const headers = await told(t, { forwarded: "forwarded" }, [
    ...forged,
    "X-Forwarded-For: 9.9.9.9",
    "X-Forwarded-Proto: https",
  ]);
  assert.equal(headers.forwarded, "for=127.0.0.1;host=acme.io;proto=http");
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith("x-forwarded")),
    [],
  );
});

test("Forwarded instead of X-Forwarded-*: a trusted proxy's X-Forwarded-* are kept up", async (t) => {
  const headers = await told(t, { forwarded: "forwarded", trustedHops: 1 }, ["X-Forwarded-For: 9.9.9.9"]);
  assert.equal(headers["x-forwarded-for"], "9.9.9.9, 127.0.0.1");
  assert.equal(headers.forwarded, "for=127.0.0.1;host=acme.io;proto=http");
});

test("both forms tell the same", async (t) => {
  const headers = await told(t, { forwarded: "both" });
  assert.equal(headers.forwarded, "for=127.0.0.1;host=acme.io;proto=http");
  assert.equal(headers["x-forwarded-for"], "127.0.0.1");
  assert.equal(headers["x-forwarded-host"], "acme.io");
});

const ids = ["X-Request-Id: from-the-client"];

test("each request of an untrusted client gets an id of its own", async (t) => {
  const { backend, port } = await startPair(t);
  for (let i = 0; i < 2; i++) await exchange(port, get("/", ids));
  const [first, second] = backend.requests.map(({ headers }) => headers["x-request-id"]);
  assert.match(first ?? "", uuid);
  assert.match(second ?? "", uuid);
  assert.notEqual(first, second);
});

test("the id of a trusted proxy is kept if it is one", async (t) => {
  const { backend, port } = await startPair(t, () => ok(), { trustedHops: 1 });
  for (const fields of [
    ids,
    [],
    ["X-Request-Id: a", "X-Request-Id: b"],
    [`X-Request-Id: ${"a".repeat(129)}`],
    ["X-Request-Id: a b"],
    ["X-Request-Id: \xe9"],
  ])
    await exchange(port, get("/", fields));
  const [kept, ...made] = backend.requests.map(({ headers }) => headers["x-request-id"]);
  assert.equal(kept, "from-the-client");
  assert.equal(made.length, 5);
  for (const id of made) assert.match(id ?? "", uuid);
});

test("with ids turned off, what the client sends passes", async (t) => {
  assert.equal((await told(t, { requestId: false }, ids))["x-request-id"], "from-the-client");
  assert.equal((await told(t, { requestId: false }))["x-request-id"], undefined);
});

test("mirrors get the id of the request, and filters of the rule may change it", async (t) => {
  const main = await startBackend(t);
  const copy = await startBackend(t);
  const rules = [
    { filters: [mirrorTo("copy")], path: { type: "PathPrefix", value: "/copy" }, backends: { main: 1 } },
    { filters: [modifier("RequestHeaderModifier", { set: { "x-request-id": "set" } })], backends: { main: 1 } },
  ] as const;
  const { port } = await startProxy(t, { rules, endpoints: { main: main.port, copy: copy.port } });
  await exchange(port, get("/copy"));
  await eventually(() => copy.requests.length === 1, "the copy");
  assert.match(main.requests[0]?.headers["x-request-id"] ?? "", uuid);
  assert.equal(copy.requests[0]?.headers["x-request-id"], main.requests[0]?.headers["x-request-id"]);
  await exchange(port, get("/"));
  assert.equal(main.requests[1]?.headers["x-request-id"], "set");
});

test("Via is left alone by default, and appended to by name, with the version that the request came in", async (t) => {
  assert.equal((await told(t, {}, ["Via: 1.0 fred"])).via, "1.0 fred");
  assert.equal((await told(t, {})).via, undefined);
  assert.equal(
    (await told(t, { via: "edge" }, ["Via: 1.0 fred", "Via: 1.1 barney"])).via,
    "1.0 fred, 1.1 barney, 1.1 edge",
  );
  assert.equal((await told(t, { via: "edge" }, [], "1.0")).via, "1.0 edge");
  const { backend, port } = await startPair(t, () => ok(), { via: "edge" });
  await request(await connectHttp2(t, port), { ":path": "/" });
  assert.equal(backend.requests[0]?.headers.via, "2 edge");
});

test("without tracing, traceparent and tracestate pass as they came, whatever they hold", async (t) => {
  const headers = await told(t, {}, ["Traceparent: nonsense", "Tracestate: a=b", "TraceState: c=d"]);
  assert.equal(headers.traceparent, "nonsense");
  assert.equal(headers.tracestate, "a=b, c=d");
});

test("addresses and hosts are written into Forwarded as RFC 7239 wants them", () => {
  const cases = [
    ["2001:db8::7", "acme.io", 'for="[2001:db8::7]";host=acme.io;proto=http'],
    ["fe80::1%eth0", "acme.io", 'for="[fe80::1]";host=acme.io;proto=http'],
    ["::ffff:192.0.2.1", "acme.io:8080", 'for=192.0.2.1;host="acme.io:8080";proto=http'],
    [undefined, "[2001:db8::1]:80", 'for=unknown;host="[2001:db8::1]:80";proto=http'],
  ] as const;
  for (const [address, host, expected] of cases) {
    const list = requestList(headOf(host, []), changeOf(address, { form: "forwarded" }));
    assert.equal(list[list.indexOf("forwarded") + 1], expected);
  }
});

test("text and list tell the same, whatever the options and the fields", () => {
  const name = fc.constantFrom(
    ...["Forwarded", "X-Forwarded-For", "x-forwarded-host", "X-Request-Id", "Via", "Traceparent", "X-One"],
  );
  const fields = fc.array(fc.tuple(name, fc.stringMatching(/^[a-z0-9";=,]{0,12}$/)), { maxLength: 6 });
  const options = fc.record({
    trustedHops: fc.constantFrom(0, 1),
    form: fc.constantFrom("x-forwarded", "forwarded", "both"),
    requestId: fc.boolean(),
    via: fc.constantFrom(undefined, "edge"),
  });
  fc.assert(
    fc.property(fields, options, (given, chosen) => {
      const head = headOf(
        "acme.io",
        given.map(([key, value]) => `${key}: ${value}`),
      );
      const change = changeOf("192.0.2.7", chosen);
      const list = requestList(head, change);
      const lines: string[] = [];
      for (let i = 0; i < list.length; i += 2) lines.push(`${list[i]}: ${list[i + 1]}`);
      const text = requestText(head, change).split("\r\n").slice(1, -2);
      assert.deepEqual(text.map((line) => line.trim()).sort(), lines.map((line) => line.trim()).sort());
    }),
  );
});

interface Chosen {
  readonly trustedHops?: number;
  readonly form?: string;
  readonly requestId?: boolean;
  readonly via?: string | undefined;
}

function changeOf(
  address: string | undefined,
  { trustedHops = 0, form, requestId = true, via }: Chosen,
): RequestChange {
  const forwarded = form as "both";
  const forwarding = planForwarding({ trustedHops, forwarded, requestId, ...(via !== undefined && { via }) });
  const marks: RequestMarks = {
    forwarding,
    id: requestId ? "one" : "",
    version: "1.1",
    trace: undefined,
    authority: undefined,
  };
  const peer = peerOf(address, 80);
  return { method: "GET", target: "/", host: undefined, modifiers: [], peer, marks, keepExpect: true, upgrade: "" };
}

function headOf(host: string, fields: readonly string[]) {
  const parser = new MessageParser(1, { headBytes: 65_536, headFields: 32 });
  parser.begin();
  const bytes = Buffer.from(`GET / HTTP/1.1\r\nHost: ${host}\r\n${fields.map((field) => `${field}\r\n`).join("")}\r\n`);
  assert.equal(parser.parseHead(bytes, 0, bytes.length), PAUSED);
  return parser.head;
}
