import assert from "node:assert/strict";
import { test } from "node:test";
import { PAUSED } from "../../../proxy/dataplane/http1/llhttp.ts";
import { MessageParser } from "../../../proxy/dataplane/http1/message-parser.ts";
import { requestText } from "../../../proxy/dataplane/http1/request-text.ts";
import { requestFields } from "../../../proxy/dataplane/http2/request-fields.ts";
import { peerOf, planForwarding } from "../../../proxy/dataplane/message/forwarded.ts";
import type { RequestChange } from "../../../proxy/dataplane/message/request-change.ts";

const change: RequestChange = {
  method: "POST",
  target: "/a?b=c",
  host: undefined,
  modifiers: [],
  peer: peerOf("192.0.2.7", 80),
  marks: { forwarding: planForwarding({}), id: "", version: "1.1", trace: undefined, authority: undefined },
  keepExpect: true,
  upgrade: "",
};

const forwarded = [
  ...["x-forwarded-for", "192.0.2.7", "x-forwarded-proto", "http"],
  ...["x-forwarded-port", "80", "x-forwarded-host", "acme.io"],
];

function headOf(fields: readonly string[]) {
  const parser = new MessageParser(1, { headBytes: 65_536, headFields: 32 });
  parser.begin();
  const bytes = Buffer.from(`POST /a?b=c HTTP/1.1\r\nHost: acme.io\r\n${fields.map((f) => `${f}\r\n`).join("")}\r\n`);
  assert.equal(parser.parseHead(bytes, 0, bytes.length), PAUSED);
  return parser.head;
}

function pseudo(authority: string): string[] {
  return [":method", "POST", ":scheme", "http", ":authority", authority, ":path", "/a?b=c"];
}

test("names are in lower case, the host is :authority, and fields keep their order", () => {
  const head = headOf(["X-One: 1", "Content-Length: 2", "Cookie: a=b", "X-One: 2"]);
  assert.deepEqual(requestFields(head, change), [
    ...pseudo("acme.io"),
    ...["x-one", "1", "content-length", "2", "cookie", "a=b", "x-one", "2"],
    ...forwarded,
  ]);
});

test("nothing of an HTTP/1.1 connection is left: framing, Connection and what it names, an upgrade", () => {
  const head = headOf([
    ...["Connection: x-hop, upgrade", "X-Hop: 1", "Upgrade: websocket", "Keep-Alive: timeout=5"],
    ...["Proxy-Connection: close", "Transfer-Encoding: chunked", "TE: gzip, trailers"],
  ]);
  const fields = requestFields(head, { ...change, upgrade: "websocket" });
  assert.deepEqual(fields, [...pseudo("acme.io"), ...forwarded, "te", "trailers"]);
});

test("a host that is rewritten or set is the authority", () => {
  const head = headOf([]);
  const fields = requestFields(head, { ...change, host: "store.internal" });
  assert.deepEqual(fields.slice(0, 8), pseudo("store.internal"));
  const set = [{ set: [{ name: "Host", value: "set.internal" }], add: [{ name: "X-A", value: "1" }], remove: [] }];
  const modified = requestFields(head, { ...change, modifiers: set });
  assert.deepEqual(modified.slice(0, 8), pseudo("set.internal"));
  assert.deepEqual(modified.slice(-2), ["x-a", "1"]);
  assert.ok(!modified.includes("host"));
});

test("both forms carry the same fields", () => {
  const head = headOf(["Accept: */*", "X-Forwarded-For: 198.51.100.1", "Expect: 100-continue", "TE: trailers"]);
  const lines = requestText(head, change).split("\r\n").slice(1, -2);
  const fields = requestFields(head, change).slice(8);
  const names = lines.map((line) => line.split(":")[0]?.toLowerCase());
  assert.deepEqual(
    fields.filter((_, i) => i % 2 === 0),
    names.filter((name) => name !== "host"),
  );
});
