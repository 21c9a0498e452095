import assert from "node:assert/strict";
import { announcedTimeout } from "../../../../proxy/dataplane/http1/keep-alive.ts";
import { PAUSED, REQUEST } from "../../../../proxy/dataplane/http1/llhttp.ts";
import { MessageParser } from "../../../../proxy/dataplane/http1/message-parser.ts";
import { checkRequest } from "../../../../proxy/dataplane/http1/rules.ts";
import { defaultLimits } from "../../../../proxy/dataplane/limits/limits.ts";
import { forwardedList, peerOf, planForwarding } from "../../../../proxy/dataplane/message/forwarded.ts";
import { jsonText } from "../../../../proxy/dataplane/observe/json-text.ts";
import { parseTraceparent, traceparent } from "../../../../proxy/dataplane/observe/tracing/trace-context.ts";
import { type FuzzTarget, kindOf, magnitude } from "../target.ts";

export const logTexts: FuzzTarget = {
  name: "log-texts",
  holds:
    "any text in a line of the access log is one JSON string of visible ASCII within its bound, and reads as its beginning",
  tokens: ['"', "\\", "\\u0041", "\r\n", "\x1b[31m", "\u2028", "</script>", "\x00", "\x9b"],
  check: (input, random) => {
    const text = input.toString(random.below(2) === 0 ? "latin1" : "utf8");
    const longest = random.of([16, 64, 256, 2048]);
    const written = jsonText(text, longest);
    assert.match(written, /^"[ -~]*"$/);
    assert.ok(written.length <= longest + 2, `${written.length} characters`);
    const read = JSON.parse(written) as string;
    if (read !== text) assert.ok(read.endsWith("\u2026") && text.startsWith(read.slice(0, -1)), written);
    return kindOf(read === text, magnitude(text.length), magnitude(written.length));
  },
};

export const traceparents: FuzzTarget = {
  name: "traceparents",
  holds: "a traceparent is followed only if it is one by the W3C's grammar, and is written as it was read",
  tokens: ["00-", "ff-", "-01", "-00", "0".repeat(32), "a".repeat(16), "-", "4bf92f3577b34da6a3ce929d0e0e4736", "G"],
  check: (input) => {
    const value = input.toString("latin1");
    const read = parseTraceparent(value);
    if (read === undefined) return kindOf("none", magnitude(value.length));
    const { traceId, spanId, flags } = read;
    assert.ok(value.slice(3, 52) === `${traceId}-${spanId}` && !/^0+$/.test(traceId) && !/^0+$/.test(spanId));
    assert.deepEqual(parseTraceparent(traceparent(traceId, spanId, flags)), read);
    return kindOf("followed", value.slice(0, 2) === "00", flags);
  },
};

const parser = new MessageParser(REQUEST, defaultLimits);
const plans = [
  planForwarding({}),
  planForwarding({ trustedHops: 1, forwarded: "both", via: "gw" }),
  planForwarding({ trustedHops: 2, forwarded: "forwarded", requestId: false }),
];

export const forwardedFields: FuzzTarget = {
  name: "forwarded-fields",
  holds:
    "what is told of a client has no line end, ends with the address that connected, and without trust repeats no host of the client's",
  tokens: [
    "for=",
    "host=evil",
    ";",
    ",",
    "X-Forwarded-For: ",
    "Forwarded: ",
    "\r\nX-Forwarded-Host: evil",
    '"',
    "proto=https",
    "unknown",
    "[::1]:80",
  ],
  check: (input, random) => {
    const fields = input.toString("latin1").replaceAll("\n", "\r\n").replaceAll("\r\r", "\r");
    const bytes = Buffer.from(`GET / HTTP/1.1\r\nHost: acme.io\r\n${fields}\r\n\r\n`, "latin1");
    parser.begin();
    if (parser.parseHead(bytes, 0, bytes.length) !== PAUSED || checkRequest(parser, defaultLimits) !== undefined)
      return "refused";
    announcedTimeout(fields, 5000);
    const forwarding = random.of(plans);
    const marks = { authority: undefined, forwarding, id: "1", version: "1.1", trace: undefined };
    const list = forwardedList(parser.head, peerOf("192.0.2.7", 80), marks);
    for (const part of list) assert.doesNotMatch(part, /[\r\n\0]/);
    const told = new Map(
      Array.from({ length: list.length / 2 }, (_, i) => [list[i * 2] as string, list[i * 2 + 1] as string]),
    );
    const chain = told.get("x-forwarded-for");
    if (chain !== undefined) assert.match(chain, /(?:^|, )192\.0\.2\.7$/);
    const own = told.get("forwarded");
    if (own !== undefined) assert.match(own, /for="?192\.0\.2\.7"?/);
    if (forwarding.trustedHops === 0) assert.equal(told.get("x-forwarded-host"), "acme.io");
    return kindOf(plans.indexOf(forwarding), [...told.keys()].length, magnitude(parser.head.count));
  },
};
