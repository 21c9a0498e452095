import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { OK, PAUSED } from "../../../proxy/dataplane/http1/llhttp.ts";
import { type MessageParser, ParserPool } from "../../../proxy/dataplane/http1/message-parser.ts";
import type { Head } from "../../../proxy/dataplane/message/head.ts";
import {
  bit,
  CONNECTION,
  CONTENT_LENGTH,
  fieldIdOf,
  fieldIdOfName,
  HOST,
  hopByHop,
  KEEP_ALIVE,
  OTHER,
  TE,
  UNDERSCORED,
} from "../../../proxy/dataplane/message/header-names.ts";

const pool = new ParserPool("request", { headBytes: 65_536, headFields: 16 });

/** Parses a head that comes in pieces of the given sizes, in a buffer that is used again for each. */
function parse(text: string, sizes: readonly number[] = [], lead = 0): MessageParser {
  const parser = pool.take();
  const shared = Buffer.alloc(text.length + lead);
  let from = 0;
  for (const size of [...sizes, text.length]) {
    const piece = text.slice(from, from + size);
    if (piece === "") continue;
    from += piece.length;
    shared.fill(0x2a);
    shared.write(piece, lead, "latin1");
    const result = parser.parseHead(shared, lead, lead + piece.length);
    assert.equal(result, from === text.length ? PAUSED : OK);
  }
  return parser;
}

const text = [
  "GET /a?b HTTP/1.1",
  "Host: acme.io",
  "X-A:  one \t",
  "Connection: Keep-Alive, X-Gone",
  "x-a: two",
  "X-Gone: 1",
  "TE:",
  "X-Empty:",
  "Keep-Alive: timeout=5",
  "Last: z",
  "",
  "",
].join("\r\n");

function check(head: Head): void {
  assert.equal(head.target, "/a?b");
  assert.equal(head.startLine, "GET /a?b HTTP/1.1\r\n");
  assert.equal(head.count, 9);
  assert.equal(head.length, text.length);
  assert.equal(head.first(HOST), "acme.io");
  assert.equal(head.header("x-a"), "one, two");
  assert.equal(head.header("x-empty"), "");
  assert.equal(head.header("x-none"), undefined);
  assert.equal(head.has(TE), true);
  assert.equal(head.has(CONTENT_LENGTH), false);
  assert.equal(head.hasToken(CONNECTION, "keep-alive"), true);
  assert.equal(head.hasToken(CONNECTION, "keep"), false);
  assert.equal(head.hasToken(TE, "trailers"), false);
  assert.equal(head.lines(hopByHop), "Host: acme.io\r\nX-A:  one \t\r\nx-a: two\r\nX-Empty:\r\nLast: z\r\n");
  assert.deepEqual(head.list(hopByHop | bit(HOST)), ["X-A", "one", "x-a", "two", "X-Empty", "", "Last", "z"]);
}

test("fields are found in a head that comes at once, at any offset", () => {
  check(parse(text).head);
  check(parse(text, [], 100).head);
});

test("fields are found in a head that is cut anywhere", () => {
  for (let at = 1; at < text.length; at++) check(parse(text, [at], at % 7).head);
  check(parse(text, new Array(text.length).fill(1)).head);
});

test("a parser that was given up in the middle begins anew", () => {
  const parser = pool.take();
  const bytes = Buffer.from("POST /other HTTP/1.1\r\nHost: other\r\nX: y");
  assert.equal(parser.parseHead(bytes, 0, bytes.length), OK);
  pool.release(parser);
  const again = parse(text);
  assert.equal(again, parser);
  check(again.head);
});

test("lines without anything to drop are one copy, without fields none", () => {
  const { head } = parse("GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\r\n");
  assert.equal(head.lines(hopByHop), "Host: a\r\nB: c\r\n");
  assert.equal(head.lines(bit(HOST)), "B: c\r\n");
  assert.equal(parse("GET / HTTP/1.1\r\n\r\n").head.lines(hopByHop), "");
});

test("more fields than there is room for are told", () => {
  const many = `GET / HTTP/1.1\r\n${"A: b\r\n".repeat(17)}\r\n`;
  assert.equal(parse(many).head.overflow, true);
  assert.equal(parse(many.replace("A: b\r\n", "")).head.overflow, false);
});

test("repeated fields are told apart from single ones", () => {
  const { head } = parse("GET / HTTP/1.1\r\nHost: a\r\nKeep-Alive: 1\r\nhost: b\r\n\r\n");
  assert.equal(head.repeated, bit(HOST));
  assert.equal(head.joined(HOST), "a, b");
  assert.equal(head.joined(KEEP_ALIVE), "1");
  assert.equal(head.joined(TE), undefined);
});

test("names are known in any case and nothing else is taken for them", () => {
  const known = ["host", "connection", "content-length", "transfer-encoding", "x-forwarded-for", "te", "date"];
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.infiniteStream(fc.boolean()), (name, upper) => {
      const mixed = [...name].map((c) => (upper.next().value ? c.toUpperCase() : c)).join("");
      const bytes = Buffer.from(`..${mixed}..`);
      assert.equal(fieldIdOf(bytes, 2, 2 + name.length), fieldIdOfName(name));
      assert.notEqual(fieldIdOfName(name), OTHER);
    }),
  );
  for (const name of ["hose", "hos", "hostt", "h\x0fst", "dat\x85", "xe", "content.length"]) {
    const bytes = Buffer.from(name, "latin1");
    assert.equal(fieldIdOf(bytes, 0, bytes.length), OTHER, name);
  }
  for (const name of ["content_length", "X_Forwarded-For", "transfer_encoding"]) {
    const bytes = Buffer.from(name, "latin1");
    assert.equal(fieldIdOf(bytes, 0, bytes.length), UNDERSCORED, name);
  }
});
