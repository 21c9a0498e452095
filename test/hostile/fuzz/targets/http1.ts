import assert from "node:assert/strict";
import { OK, PAUSED, REQUEST, RESPONSE } from "../../../../proxy/dataplane/http1/llhttp.ts";
import { MessageParser } from "../../../../proxy/dataplane/http1/message-parser.ts";
import { checkRequest, checkResponse } from "../../../../proxy/dataplane/http1/rules.ts";
import { defaultLimits } from "../../../../proxy/dataplane/limits/limits.ts";
import type { Random } from "../random.ts";
import { type FuzzTarget, kindOf, magnitude } from "../target.ts";

const parsers = {
  request: new MessageParser(REQUEST, defaultLimits),
  response: new MessageParser(RESPONSE, defaultLimits),
};

/** Cuts the bytes into up to four pieces, or into single bytes. */
function pieces(input: Buffer, random: Random): readonly Buffer[] {
  const count = input.length < 300 && random.below(4) === 0 ? input.length : random.below(4);
  const places = Array.from({ length: count }, (_, i) => (count === input.length ? i : random.below(input.length)));
  const cuts = [...new Set([...places, input.length])].filter((place) => place > 0).sort((a, b) => a - b);
  return cuts.map((cut, i) => Buffer.from(input.subarray(cuts[i - 1] ?? 0, cut)));
}

interface Reading {
  readonly result: number;
  /** The length of the head in bytes. */
  readonly length: number;
  readonly fields: readonly string[];
}

function readHead(parser: MessageParser, parts: readonly Buffer[]): Reading {
  parser.begin();
  let seen = 0;
  for (const part of parts) {
    const result = parser.parseHead(part, 0, part.length);
    if (result === OK) {
      seen += part.length;
      continue;
    }
    const { head } = parser;
    if (result !== PAUSED) return { result, length: 0, fields: [] };
    return { result, length: seen + parser.consumed, fields: head.list(0) };
  }
  return { result: OK, length: 0, fields: [] };
}

/** Asserts that a head gives the same result in one read and in several, and that no field is invented. */
function checkHead(type: "request" | "response", input: Buffer, random: Random): string {
  const parser = parsers[type];
  const whole = readHead(parser, [input]);
  const refusal =
    whole.result !== PAUSED
      ? undefined
      : type === "request"
        ? checkRequest(parser, defaultLimits)?.reason
        : checkResponse(parser, defaultLimits);
  const text = input.toString("latin1", 0, whole.length);
  for (const part of whole.fields) assert.ok(text.includes(part), `made up ${JSON.stringify(part)}`);
  if (whole.result === PAUSED && refusal === undefined) {
    for (let i = 0; i < whole.fields.length; i += 2) {
      assert.match(whole.fields[i] as string, /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/);
      assert.match(whole.fields[i + 1] as string, /^[\t\x20-\x7e\x80-\xff]*$/);
      assert.notEqual(parser.head.header((whole.fields[i] as string).toLowerCase()), undefined);
    }
  }
  const cut = readHead(parser, pieces(input, random));
  // With several reads, llhttp may report another error than with one read. It only has to stop in both cases.
  assert.equal(cut.result === OK, whole.result === OK, `${cut.result} in pieces, ${whole.result} in one`);
  assert.equal(cut.result === PAUSED, whole.result === PAUSED);
  assert.deepEqual([cut.length, cut.fields], [whole.length, whole.fields]);
  return kindOf(whole.result, refusal ?? "", magnitude(whole.fields.length));
}

const tokens = [
  ...[
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    ":",
    " ",
    "\t",
    "\x0b",
    "Host: a\r\n",
    "Content-Length: 5\r\n",
    "HTTP/1.1",
    "HTTP/1.0",
  ],
  ...["Transfer-Encoding: chunked\r\n", "Connection: close, x\r\n", "Expect: 100-continue\r\n", "Upgrade: h2c\r\n"],
  ...[
    "GET ",
    "POST ",
    "HTTP/1.1 200 OK\r\n",
    " folded\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "Cookie: a=b; c=d\r\n",
  ],
];

export const requestHeads: FuzzTarget = {
  name: "request-heads",
  holds: "a head reads the same in one read and in several, and its fields are those that were sent",
  tokens,
  check: (input, random) => checkHead("request", input, random),
};

export const responseHeads: FuzzTarget = {
  ...requestHeads,
  name: "response-heads",
  check: (input, random) => checkHead("response", input, random),
};

const chunkedHead = Buffer.from("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

interface Body {
  readonly result: number;
  readonly length: number;
  readonly data: string;
  readonly trailers: string;
  readonly excess: string | undefined;
}

function readBody(parts: readonly Buffer[]): Body {
  const parser = parsers.request;
  parser.begin();
  assert.equal(parser.parseHead(chunkedHead, 0, chunkedHead.length), PAUSED);
  let data = "";
  let seen = 0;
  for (const part of parts) {
    const result = parser.parseBody(part, 0, part.length);
    for (let i = 0; i < parser.pieceCount; i++) {
      data += part.toString("latin1", parser.pieces[i * 2], parser.pieces[i * 2 + 1]);
    }
    if (result === OK) {
      seen += part.length;
      continue;
    }
    const { trailers, trailerExcess: excess } = parser;
    return result === PAUSED
      ? { result, length: seen + parser.consumed, data, trailers, excess }
      : { result, length: 0, data, trailers: "", excess };
  }
  return { result: OK, length: seen, data, trailers: "", excess: undefined };
}

/**
 * Parses a chunked body (RFC 9112 section 7.1); undefined if it is not whole and valid. Shares no code with the proxy.
 */
function strictBody(
  text: string,
): { readonly data: string; readonly length: number; readonly trailers: string[] } | undefined {
  let data = "";
  let at = 0;
  for (;;) {
    const size = matchAt(/([0-9a-fA-F]+)(?:;[\t\x20-\x7e\x80-\xff]*)?\r\n/y, text, at);
    if (size === null) return undefined;
    const length = Number.parseInt(size[1] as string, 16);
    at += size[0].length;
    if (length === 0) break;
    data += text.slice(at, at + length);
    at += length;
    if (text.slice(at, at + 2) !== "\r\n") return undefined;
    at += 2;
  }
  const trailers = matchAt(/((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n/y, text, at);
  if (trailers === null) return undefined;
  const lines = (trailers[1] as string).split("\r\n").filter((line) => line !== "");
  return { data, length: at + trailers[0].length, trailers: lines };
}

function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

export const chunks: FuzzTarget = {
  name: "chunks",
  holds: "a chunked body and its trailers read as RFC 9112 has them, however they are cut, or not at all",
  tokens: [
    "\r\n",
    "\n",
    "0\r\n",
    "5\r\nhello\r\n",
    ";a=b",
    ';a="b"',
    "0\r\n\r\n",
    "X: y\r\n",
    "Host: b\r\n",
    "ffffffff",
    "+1",
    "0x",
    "1 \r\n",
  ],
  check: (input, random) => {
    const whole = readBody([input]);
    const cut = readBody(pieces(input, random));
    assert.equal(cut.result === OK, whole.result === OK);
    assert.equal(cut.result === PAUSED, whole.result === PAUSED);
    if (whole.result === PAUSED) {
      assert.deepEqual({ ...cut, result: 0 }, { ...whole, result: 0 });
      const strict = strictBody(input.toString("latin1"));
      assert.ok(strict, "a body that RFC 9112 does not have");
      assert.deepEqual([whole.data, whole.length], [strict.data, strict.length]);
      checkTrailers(whole, strict.trailers);
    } else if (whole.result === OK)
      assert.equal(strictBody(input.toString("latin1")), undefined, "a body that is whole goes on");
    return kindOf(whole.result, whole.excess ?? "", magnitude(whole.data.length), magnitude(whole.trailers.length));
  },
};

function checkTrailers({ trailers, excess }: Body, sent: readonly string[]): void {
  if (excess !== undefined) return;
  const wanted = sent.map((line) => {
    const colon = line.indexOf(":");
    return `${line.slice(0, colon)}: ${line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "")}`;
  });
  const lines = trailers.split("\r\n").slice(0, -1);
  let next = 0;
  for (const line of lines) {
    while (next < wanted.length && wanted[next] !== line) next++;
    assert.ok(next++ < wanted.length, `made up or out of order: ${JSON.stringify(line)}`);
  }
}
