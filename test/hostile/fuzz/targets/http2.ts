import assert from "node:assert/strict";
import { requestText } from "../../../../proxy/dataplane/http1/request-text.ts";
import { trailerSection } from "../../../../proxy/dataplane/http1/trailers.ts";
import { requestFields } from "../../../../proxy/dataplane/http2/request-fields.ts";
import { Http2RequestHead } from "../../../../proxy/dataplane/http2/request-head.ts";
import { responseFields, trailerFields } from "../../../../proxy/dataplane/http2/response-fields.ts";
import { ResponseHead } from "../../../../proxy/dataplane/http2/response-head.ts";
import { defaultLimits } from "../../../../proxy/dataplane/limits/limits.ts";
import { peerOf, planForwarding } from "../../../../proxy/dataplane/message/forwarded.ts";
import { readRequests } from "../../smuggling/strict-reader.ts";
import { type FuzzTarget, kindOf, magnitude } from "../target.ts";

const head = new Http2RequestHead(defaultLimits.headFields);
const response = new ResponseHead(defaultLimits.headFields);
const marks = { authority: undefined, forwarding: planForwarding({}), id: "1", version: "2", trace: undefined };

/**
 * Makes fields as nghttp2 passes them on: names are tokens in lower case, values have no control characters, and
 * pseudo-header fields come first.
 */
function fieldList(input: Buffer): string[] {
  const lines = input.toString("latin1").split("\n").slice(0, 400);
  const fields = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(":", 1);
    if (colon < 0) return [];
    const name = line
      .slice(0, colon)
      .toLowerCase()
      .replace(/[^!#$%&'*+.^_`|~0-9a-z:-]/g, "");
    const value = line
      .slice(colon + 1)
      .replace(/[^\t\x20-\x7e\x80-\xff]/g, "")
      .replace(/^[ \t]+|[ \t]+$/g, "");
    return name === "" || name.indexOf(":", 1) >= 0 ? [] : [[name, value]];
  });
  return [
    ...fields.filter(([name]) => name.startsWith(":")),
    ...fields.filter(([name]) => !name.startsWith(":")),
  ].flat();
}

const tokens = [
  ...[
    "\n",
    ":method: GET",
    ":path: /a",
    ":scheme: https",
    ":authority: b",
    "host: b",
    "cookie: a=b",
    "te: trailers",
    "connection: x",
  ],
  ...[
    "content-length: 5",
    "transfer-encoding: chunked",
    "expect: 100-continue",
    ":status: 200",
    "upgrade: h2c",
    "date: x",
  ],
];

export const http2Requests: FuzzTarget = {
  name: "http2-requests",
  holds: "a list of fields is refused, or makes one request of HTTP/1.1 that the strictest reader reads as one",
  tokens,
  check: (input) => {
    const raw = fieldList(input);
    const refusal = head.read(raw, true, defaultLimits);
    if (refusal !== undefined) return kindOf(refusal.reason);
    const path = raw[raw.lastIndexOf(":path") + 1] as string;
    if (!/^(?:\/[\x21-\x7e]*|\*)$/.test(path)) return "a target that routing refuses";
    if (head.head.has(9) && head.head.first(9) !== "0") return "a length that nghttp2 refuses";
    const change = {
      ...{ method: head.method, target: path, host: undefined, modifiers: [] },
      ...{ peer: peerOf("192.0.2.7", 80), marks, keepExpect: false, upgrade: "" },
    };
    const text = requestText(head.head, change);
    const { requests, rest } = readRequests(text);
    assert.deepEqual([requests.length, rest], [1, ""], JSON.stringify(text));
    assert.equal(requests[0]?.line, `${head.method} ${path} HTTP/1.1`);
    const fields = requestFields(head.head, change);
    assert.equal(fields.length % 2, 0);
    for (let i = 8; i < fields.length; i += 2) assert.match(fields[i] as string, /^[!#$%&'*+.^_`|~0-9a-z-]+$/);
    return kindOf("request", magnitude(requests[0]?.fields.length ?? 0), head.head.seen);
  },
};

export const http2Responses: FuzzTarget = {
  name: "http2-responses",
  holds: "the fields of a response and of trailers come through with their values, without those of a connection",
  tokens,
  check: (input) => {
    const raw = fieldList(input);
    const trailers = trailerFields(trailerSection(raw, defaultLimits).lines);
    for (const name of Object.keys(trailers)) assert.match(name, /^[!#$%&'*+.^_`|~0-9a-z-]+$/);
    const fault = response.read(raw, defaultLimits);
    if (fault !== undefined) return kindOf(fault);
    const fields = responseFields(response, []);
    for (const name of ["connection", "transfer-encoding", "keep-alive", "upgrade", "te"])
      assert.equal(fields[name], undefined);
    const sent = new Set(raw);
    for (const [name, values] of Object.entries(fields)) {
      if (name === ":status" || name === "date" || name === "content-length") continue;
      for (const value of [values].flat()) assert.ok(sent.has(String(value)), `${name}: ${value}`);
    }
    return kindOf("response", magnitude(Object.keys(fields).length), response.length(false, false) < 0);
  },
};
