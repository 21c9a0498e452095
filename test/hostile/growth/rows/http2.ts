import { trailerSection } from "../../../../proxy/dataplane/http1/trailers.ts";
import { requestFields } from "../../../../proxy/dataplane/http2/request-fields.ts";
import { Http2RequestHead } from "../../../../proxy/dataplane/http2/request-head.ts";
import { responseFields, trailerFields } from "../../../../proxy/dataplane/http2/response-fields.ts";
import { ResponseHead } from "../../../../proxy/dataplane/http2/response-head.ts";
import { defaultLimits } from "../../../../proxy/dataplane/limits/limits.ts";
import { peerOf, planForwarding } from "../../../../proxy/dataplane/message/forwarded.ts";
import type { GrowthRow } from "../growth.ts";

const limits = { ...defaultLimits, headBytes: 2 ** 30, headFields: 60_000, targetBytes: 2 ** 30 };
const marks = { authority: undefined, forwarding: planForwarding({}), id: "1", version: "2", trace: undefined };
const modifier = { set: [{ name: "x1", value: "b" }], add: [{ name: "x2", value: "c" }], remove: ["x3"] };
const change = {
  ...{ method: "GET", target: "/", host: "b", peer: peerOf("192.0.2.7", 80), marks, keepExpect: false },
  upgrade: "",
  modifiers: [modifier],
};

function request(fields: readonly string[]): () => unknown {
  const head = new Http2RequestHead(limits.headFields);
  const raw = [":method", "GET", ":scheme", "http", ":authority", "a", ":path", "/", ...fields];
  return () => [head.read(raw, true, limits), requestFields(head.head, change)];
}

function response(fields: readonly string[]): () => unknown {
  const head = new ResponseHead(limits.headFields);
  return () => [head.read([":status", "200", ...fields], limits), responseFields(head, [modifier])];
}

const times = (count: number, field: (i: number) => readonly [string, string]) =>
  Array.from({ length: count }, (_, i) => field(i)).flat();

export const http2Rows: readonly GrowthRow[] = [
  { name: "fields of a request of HTTP/2", size: 3000, prepare: (n) => request(times(n, (i) => [`x${i}`, "y"])) },
  { name: "cookies of HTTP/2", size: 3000, prepare: (n) => request(times(n, () => ["cookie", "a=b"])) },
  { name: "fields of one name of HTTP/2", size: 3000, prepare: (n) => request(times(n, () => ["x1", "y"])) },
  { name: "fields of a response of HTTP/2", size: 3000, prepare: (n) => response(times(n, (i) => [`x${i}`, "y"])) },
  { name: "Set-Cookie fields of HTTP/2", size: 3000, prepare: (n) => response(times(n, () => ["set-cookie", "a=b"])) },
  {
    name: "trailers of HTTP/2",
    size: 3000,
    prepare: (n) => () =>
      trailerSection(
        times(n, (i) => [`x${i}`, "y"]),
        limits,
      ).lines,
  },
  {
    name: "trailers for HTTP/2",
    size: 3000,
    prepare: (n) => () => trailerFields(times(n, (i) => [`x${i}`, "y"]).join(":\r\n")),
  },
  { name: "trailers of one name for HTTP/2", size: 3000, prepare: (n) => () => trailerFields("a: b\r\n".repeat(n)) },
];
