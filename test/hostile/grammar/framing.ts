import { forwarded, head, type RequestCase } from "./case.ts";

const post = "POST / HTTP/1.1";
const host = "Host: a";
const get = "GET / HTTP/1.1";

const refused = (what: string, bytes: string, status = 400): RequestCase => ({ what, bytes, outcome: [status] });
const sized = (length: string, body: string): string => `${head(post, host, `Content-Length:${length}`)}${body}`;
const chunked = (body: string): string => `${head(post, host, "Transfer-Encoding: chunked")}${body}`;
const carries = (what: string, bytes: string, body: string, fields: readonly string[]): RequestCase => ({
  what,
  bytes,
  outcome: [forwarded(post, { fields, body })],
});

const lengths: readonly RequestCase[] = [
  carries("a body", sized(" 5", "hello"), "hello", [host, "Content-Length: 5"]),
  carries("no body", sized(" 0", ""), "", [host, "Content-Length: 0"]),
  carries("zeros in front", sized(" 005", "hello"), "hello", [host, "content-length: 5"]),
  carries("blanks around it", sized("  5 ", "hello"), "hello", [host, "content-length: 5"]),
  carries("bytes of every kind", sized(" 5", "\0\r\n\r\xff"), "\0\r\n\r\xff", [host, "Content-Length: 5"]),
  { what: "none, so no body", bytes: head(post, host), outcome: [forwarded(post)] },
  {
    what: "a body of GET",
    bytes: `${head(get, host, "Content-Length: 2")}hi`,
    outcome: [forwarded(get, { fields: [host, "Content-Length: 2"], body: "hi" })],
  },
  ...["", " ", " x", " -1", " +1", " 1 2", " 1,1", " 0x1", " 1.0", " 1\t2", " 18446744073709551616"].map((value) =>
    refused(`the value ${JSON.stringify(value)}`, sized(value, "1")),
  ),
  refused("more than can be counted", sized(" 9007199254740993", ""), 413),
  refused("two", head(post, host, "Content-Length: 1", "Content-Length: 1")),
  refused("folded", head(post, host, "Content-Length: 4", " 2")),
  refused("a name with CR for its dash", head(post, host, "Content\rLength: 42")),
];

const whole = [host, "transfer-encoding: chunked"];
const chunks = (what: string, body: string, text: string, trailers: readonly string[] = []): RequestCase => ({
  what,
  bytes: chunked(body),
  outcome: [forwarded(post, { fields: whole, body: text, trailers })],
});
const malformed = (what: string, body: string): RequestCase => refused(what, chunked(body));
const coded = (what: string, status: number, ...fields: readonly string[]): RequestCase =>
  refused(what, `${head(post, host, ...fields)}0\r\n\r\n`, status);

const codings: readonly RequestCase[] = [
  chunks("a chunk", "5\r\nhello\r\n0\r\n\r\n", "hello"),
  chunks("two chunks", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world"),
  chunks("nothing", "0\r\n\r\n", ""),
  chunks("nothing, in many zeros", "000\r\n\r\n", ""),
  chunks("sizes in hexadecimal", "a\r\n0123456789\r\nB\r\nabcdefghijk\r\n0\r\n\r\n", "0123456789abcdefghijk"),
  chunks("a chunk of line ends", "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n"),
  chunks("zeros before a size", "0005\r\nhello\r\n0\r\n\r\n", "hello"),
  chunks("trailers", "0\r\nX-Sum: 1\r\nx-more:\r\n\r\n", "", ["X-Sum: 1", "x-more: "]),
  // Fields that decide how a message is read must not be in trailers (RFC 9110 section 6.5.1).
  chunks("a trailer that is no trailer", "0\r\nVary: *\r\nHost: b\r\nX-Sum: 1\r\n\r\n", "", ["X-Sum: 1"]),
  chunks("an extension", "5;a\r\nhello\r\n0;b\r\n\r\n", "hello"),
  chunks("an extension with a value", "5;a=b;c=d\r\nhello\r\n0\r\n\r\n", "hello"),
  chunks("an extension in quotes", '5;a="b;c=\\"d"\r\nhello\r\n0\r\n\r\n', "hello"),
  malformed("an extension without a name", "5;\r\nhello\r\n0\r\n\r\n"),
  malformed("an extension with a blank", "5; a\r\nhello\r\n0\r\n\r\n"),
  malformed("an extension that is no token", "5;a[b\r\nhello\r\n0\r\n\r\n"),
  malformed("an extension with open quotes", '5;a="b\r\nhello\r\n0\r\n\r\n'),
  malformed("a bare LF in an extension", "5;a\nhello\r\n0\r\n\r\n"),
  malformed("a size that is none", "hello\r\n"),
  malformed("no size", "\r\nhello\r\n0\r\n\r\n"),
  malformed("a size with 0x", "0x5\r\nhello\r\n0\r\n\r\n"),
  malformed("a negative size", "-5\r\nhello\r\n0\r\n\r\n"),
  malformed("a blank in front of a size", " 5\r\nhello\r\n0\r\n\r\n"),
  malformed("a blank behind a size", "5 \r\nhello\r\n0\r\n\r\n"),
  malformed("a size beyond 64 bits", "fffffffffffffffff\r\n"),
  malformed("a bare LF behind a size", "5\nhello\r\n0\r\n\r\n"),
  malformed("a bare CR behind a size", "5\rhello\r\n0\r\n\r\n"),
  malformed("a chunk that is too short", "5\r\nhell\r\n0\r\n\r\n"),
  malformed("a chunk that is too long", "5\r\nhello!\r\n0\r\n\r\n"),
  malformed("a bare LF behind a chunk", "5\r\nhello\n0\r\n\r\n"),
  malformed("a trailer without colon", "0\r\nVary\r\n\r\n"),
  malformed("a folded trailer", "0\r\nVary: *\r\n x\r\n\r\n"),
  malformed("a bare LF behind a trailer", "0\r\nVary: *\n\r\n"),
  malformed("a length in the trailers", "0\r\nContent-Length: 1\r\n\r\n"),
  coded("with a length", 400, "Transfer-Encoding: chunked", "Content-Length: 5"),
  coded("behind a length", 400, "Content-Length: 5", "Transfer-Encoding: chunked"),
  coded("twice", 400, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked"),
  coded("chunked before another", 400, "Transfer-Encoding: chunked, deflate"),
  coded("another before chunked", 501, "Transfer-Encoding: deflate, chunked"),
  coded("another", 501, "Transfer-Encoding: deflate"),
  coded("identity", 501, "Transfer-Encoding: identity"),
  coded("pigeons", 501, "Transfer-Encoding: pigeons"),
  coded("folded", 400, "Transfer-Encoding: chunked", " , identity"),
  coded("folded at once", 400, "Transfer-Encoding:", " chunked"),
  coded("none", 501, "Transfer-Encoding:"),
  refused("in HTTP/1.0", `${head("POST / HTTP/1.0", host, "Transfer-Encoding: chunked")}0\r\n\r\n`),
];

const one = forwarded("GET /1 HTTP/1.1");
const two = forwarded("GET /2 HTTP/1.1");
const first = (...fields: readonly string[]): string => head("GET /1 HTTP/1.1", host, ...fields);
const second = head("GET /2 HTTP/1.1", host);
const both = (what: string, ...fields: readonly string[]): RequestCase => ({
  what,
  bytes: first(...fields) + second,
  outcome: [one, two],
});
const last = (what: string, ...fields: readonly string[]): RequestCase => ({
  what,
  bytes: first(...fields) + second,
  outcome: [one],
  closes: true,
});

/** Cases of what follows a request on its connection. */
const connections: readonly RequestCase[] = [
  both("goes on by default"),
  both("keep-alive", "Connection: keep-alive"),
  both("Keep-Alive in capitals", "Connection: KEEP-ALIVE"),
  both("an option that nobody knows", "Connection: x"),
  both("an option that looks like close", "Connection: closed, xclose"),
  both("fields that Connection names are gone", "Connection: x-hop", "x-hop: 1"),
  both("upgrade without Upgrade", "Connection: upgrade"),
  both("Upgrade without upgrade", "Upgrade: websocket"),
  both("Upgrade to what nobody knows", "Connection: upgrade", "Upgrade: irc/6.9"),
  both("Upgrade to h2c", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"),
  last("close", "Connection: close"),
  last("close among others", "Connection: x, Close, y"),
  last("close in a field of its own", "Connection: keep-alive", "Connection: close"),
  {
    what: "an empty line between requests",
    bytes: `${first()}\r\n${second}`,
    outcome: [one, two],
  },
  {
    what: "a body, and a request behind it",
    bytes: `${sized(" 5", "hello")}${second}`,
    outcome: [forwarded(post, { fields: [host, "Content-Length: 5"], body: "hello" }), two],
  },
  {
    what: "chunks, and a request behind them",
    bytes: chunked(`5\r\nhello\r\n0\r\n\r\n${second}`),
    outcome: [forwarded(post, { fields: whole, body: "hello" }), two],
  },
  { what: "a refusal behind a request", bytes: `${first()}GET /x#y HTTP/1.1\r\nHost: a\r\n\r\n`, outcome: [one, 400] },
  { what: "nothing behind a refusal", bytes: `GET / HTTP/9.9\r\nHost: a\r\n\r\n${second}`, outcome: [505] },
  {
    what: "four at once",
    bytes: first() + second + first() + second,
    outcome: [one, two, one, two],
  },
  {
    what: "HTTP/1.0 ends it",
    bytes: head("GET /1 HTTP/1.0", host) + second,
    outcome: [one],
    closes: true,
  },
];

/** Cases of the client ending its side. */
const finish: readonly RequestCase[] = [
  { what: "behind a request", bytes: first(), outcome: [one], closes: true, ends: true },
  { what: "behind two", bytes: first() + second, outcome: [one, two], closes: true, ends: true },
  { what: "before anything", bytes: "", outcome: [], closes: true, ends: true },
  { what: "within a request line", bytes: "GET / HT", outcome: [], closes: true, ends: true },
  { what: "within a field", bytes: "GET / HTTP/1.1\r\nHost: a\r\nx", outcome: [], closes: true, ends: true },
  { what: "before the empty line", bytes: "GET / HTTP/1.1\r\nHost: a\r\n", outcome: [], closes: true, ends: true },
  { what: "within a body", bytes: sized(" 5", "hel"), outcome: [], closes: true, ends: true },
  { what: "within chunks", bytes: chunked("5\r\nhello\r\n"), outcome: [], closes: true, ends: true },
  { what: "within trailers", bytes: chunked("0\r\nVary: *\r\n"), outcome: [], closes: true, ends: true },
];

const named = (category: string, cases: readonly RequestCase[]): RequestCase[] =>
  cases.map((each) => ({ ...each, what: `${category}: ${each.what}` }));

export const framing: readonly RequestCase[] = [
  ...named("content-length", lengths),
  ...named("transfer-encoding", codings),
  ...named("connection", connections),
  ...named("finish", finish),
];
