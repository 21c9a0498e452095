import { OK, REQUEST, RESPONSE } from "../../../../proxy/dataplane/http1/llhttp.ts";
import { MessageParser } from "../../../../proxy/dataplane/http1/message-parser.ts";
import { requestList, requestText } from "../../../../proxy/dataplane/http1/request-text.ts";
import { responseText } from "../../../../proxy/dataplane/http1/response-text.ts";
import { checkRequest, checkResponse } from "../../../../proxy/dataplane/http1/rules.ts";
import { TrailerSection, withoutBlanks } from "../../../../proxy/dataplane/http1/trailers.ts";
import { defaultLimits } from "../../../../proxy/dataplane/limits/limits.ts";
import { forwardedList, peerOf, planForwarding } from "../../../../proxy/dataplane/message/forwarded.ts";
import { Head } from "../../../../proxy/dataplane/message/head.ts";
import { jsonText } from "../../../../proxy/dataplane/observe/json-text.ts";
import type { GrowthRow } from "../growth.ts";

/** Limits that are in nobody's way: what is measured is the work, not the bound. */
const limits = { ...defaultLimits, headBytes: 2 ** 30, headFields: 60_000, targetBytes: 2 ** 30 };
const peer = peerOf("192.0.2.7", 80);
const marks = {
  ...{ authority: undefined, id: "1", version: "1.1", trace: undefined },
  forwarding: planForwarding({ trustedHops: 1, forwarded: "both", via: "gw" }),
};
const modifier = { set: [{ name: "x1", value: "b" }], add: [{ name: "x2", value: "c" }], remove: ["x3"] };
const change = {
  ...{ method: "GET", target: "/", host: undefined, peer, marks, keepExpect: false, upgrade: "" },
  modifiers: [modifier],
};

function request(fields: string): Buffer {
  return Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`, "latin1");
}

const times = (count: number, piece: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => piece(i)).join("");

/** Parses a head and does all that is done with it until it is sent on. */
function forward(bytes: Buffer): () => unknown {
  const parser = new MessageParser(REQUEST, limits);
  return () => {
    parser.begin();
    parser.parseHead(bytes, 0, bytes.length);
    checkRequest(parser, limits);
    const { head } = parser;
    return [
      head.header("x1"),
      requestText(head, change),
      requestText(head, { ...change, modifiers: [] }),
      requestList(head, change),
      forwardedList(head, peer, marks),
    ];
  };
}

function forwardResponse(bytes: Buffer): () => unknown {
  const parser = new MessageParser(RESPONSE, limits);
  return () => {
    parser.begin();
    parser.parseHead(bytes, 0, bytes.length);
    checkResponse(parser, limits);
    return responseText(parser.head, 200, { modifiers: [modifier], chunked: false, connection: "" });
  };
}

function readChunks(body: string): () => unknown {
  const parser = new MessageParser(REQUEST, limits);
  const head = request("Transfer-Encoding: chunked\r\n");
  const bytes = Buffer.from(body, "latin1");
  return () => {
    parser.begin();
    parser.parseHead(head, 0, head.length);
    parser.parseBody(bytes, 0, bytes.length);
    return parser.trailers;
  };
}

export const http1Rows: readonly GrowthRow[] = [
  { name: "fields of a request", size: 4000, prepare: (n) => forward(request(times(n, (i) => `x${i}: y\r\n`))) },
  { name: "fields of one name", size: 4000, prepare: (n) => forward(request("x1: y\r\n".repeat(n))) },
  { name: "cookies", size: 4000, prepare: (n) => forward(request("Cookie: a=b\r\n".repeat(n))) },
  {
    name: "options of Connection",
    size: 4000,
    prepare: (n) => forward(request(`Connection: ${times(n, (i) => `x${i}, `)}z\r\nx: y\r\n`)),
  },
  {
    name: "options of Connection, and fields that they name",
    size: 2000,
    prepare: (n) =>
      forward(request(`Connection: ${times(n, (i) => `x${i}, `)}z\r\n${times(n, (i) => `x${i}: y\r\n`)}`)),
  },
  { name: "Connection fields", size: 4000, prepare: (n) => forward(request("Connection: close\r\n".repeat(n))) },
  {
    name: "entries of X-Forwarded-For",
    size: 4000,
    prepare: (n) => forward(request("X-Forwarded-For: 192.0.2.1\r\n".repeat(n))),
  },
  {
    name: "entries of Forwarded and Via",
    size: 4000,
    prepare: (n) => forward(request("Forwarded: for=a\r\nVia: 1.1 a\r\n".repeat(n))),
  },
  {
    name: "protocols of Upgrade",
    size: 4000,
    prepare: (n) => forward(request(`Upgrade: ${"a, ".repeat(n)}b\r\nConnection: upgrade\r\n`)),
  },
  { name: "bytes of one value", size: 100_000, prepare: (n) => forward(request(`x1: ${"a".repeat(n)}\r\n`)) },
  { name: "blanks in a value", size: 100_000, prepare: (n) => forward(request(`x1: a${" ".repeat(n)}b\r\n`)) },
  {
    name: "reads of one head",
    size: 2000,
    prepare: (n) => {
      const bytes = request(times(n, (i) => `x${i}: y\r\n`));
      const parser = new MessageParser(REQUEST, limits);
      return () => {
        parser.begin();
        for (let at = 0; at < bytes.length; at += 8) {
          if (parser.parseHead(bytes, at, Math.min(at + 8, bytes.length)) !== OK) return;
        }
      };
    },
  },
  {
    name: "fields of a response",
    size: 4000,
    prepare: (n) => forwardResponse(Buffer.from(`HTTP/1.1 200 OK\r\n${times(n, (i) => `x${i}: y\r\n`)}\r\n`)),
  },
  {
    name: "Set-Cookie fields of a response",
    size: 4000,
    prepare: (n) => forwardResponse(Buffer.from(`HTTP/1.1 200 OK\r\n${"Set-Cookie: a=b\r\n".repeat(n)}\r\n`)),
  },
  { name: "chunks", size: 4000, prepare: (n) => readChunks(`${"1\r\na\r\n".repeat(n)}0\r\n\r\n`) },
  {
    name: "bytes of chunk extensions",
    size: 100_000,
    prepare: (n) => readChunks(`1;${"a=b;".repeat(n / 4)}\r\na\r\n0\r\n\r\n`),
  },
  {
    name: "chunk extensions with quotes",
    size: 50_000,
    prepare: (n) => readChunks(`1;a="${"\\a".repeat(n)}"\r\na\r\n0\r\n\r\n`),
  },
  { name: "trailers", size: 4000, prepare: (n) => readChunks(`0\r\n${times(n, (i) => `x${i}: y\r\n`)}\r\n`) },
  { name: "trailers of one name", size: 4000, prepare: (n) => readChunks(`0\r\n${"a:b\r\n".repeat(n)}\r\n`) },
  {
    name: "trailers that come byte by byte",
    size: 2000,
    prepare: (n) => {
      const section = new TrailerSection(limits);
      return () => {
        section.clear();
        for (let i = 0; i < n; i++) if (section.count(4)) section.add("a", "b");
        return section.lines;
      };
    },
  },
  {
    name: "blanks in a trailer",
    size: 50_000,
    prepare: (n) => () => withoutBlanks(`a${" ".repeat(n)}b${" ".repeat(n)}`),
  },
  {
    name: "lookups of a head with many fields",
    size: 2000,
    prepare: (n) => {
      const head = new Head(60_000);
      const bytes = request(times(n, (i) => `x${i}: y\r\n`));
      const parser = new MessageParser(REQUEST, limits);
      parser.begin();
      parser.parseHead(bytes, 0, bytes.length);
      head.clear();
      return () => [parser.head.header("absent"), parser.head.header("x1"), parser.head.detached()];
    },
  },
  {
    name: "characters of a text in the access log",
    size: 100_000,
    prepare: (n) => () => jsonText("\u20ac".repeat(n), 512),
  },
  {
    name: "characters of a text that is written whole",
    size: 50_000,
    prepare: (n) => () => jsonText("\n".repeat(n), n * 10),
  },
];
