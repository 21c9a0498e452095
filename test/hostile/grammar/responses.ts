import { type Answered, answered, head, type ResponseCase } from "./case.ts";

const ok = "HTTP/1.1 200 OK";
const good = (what: string, bytes: string, outcome: Answered, more: Partial<ResponseCase> = {}): ResponseCase => ({
  what,
  bytes,
  outcome,
  ...more,
});
const bad = (what: string, bytes: string): ResponseCase => ({ what, bytes, outcome: 502 });
const empty = "Content-Length: 0";
const chunked = (body: string): string => `${head(ok, "Transfer-Encoding: chunked")}${body}`;

const sample: readonly ResponseCase[] = [
  good("the least there is", head(ok, empty), answered(200)),
  good("no reason", head("HTTP/1.1 200 ", empty), answered(200)),
  good("neither reason nor blank", head("HTTP/1.1 200", empty), answered(200)),
  good("a long reason", head("HTTP/1.1 404 It is not here, nor there", empty), answered(404)),
  good("HTTP/1.0", head("HTTP/1.0 200 OK", empty), answered(200)),
  good("a status that nobody knows", head("HTTP/1.1 599 What", empty), answered(599)),
  good(
    "fields",
    head(ok, "Server: x", "X-Empty:", "x:  y ", empty),
    answered(200, { fields: ["Server: x", "X-Empty:", "x:  y "] }),
  ),
  good("a value beyond ASCII", head(ok, "x: \xe4", empty), answered(200, { fields: ["x: \xe4"] })),
  good(
    "fields of one connection are gone",
    head(ok, "Keep-Alive: timeout=5", "Connection: x", "x: y", empty),
    answered(200),
  ),
  good(
    "304 with a length and no body",
    head("HTTP/1.1 304 Not Modified", "Content-Length: 5"),
    answered(304, { fields: ["Content-Length: 5"] }),
  ),
  good("204", head("HTTP/1.1 204 No Content"), answered(204)),
  good(
    "a length of what HEAD does not bring",
    head(ok, "Content-Length: 5"),
    answered(200, { fields: ["Content-Length: 5"] }),
    { method: "HEAD" },
  ),
  good("a coding of what HEAD does not bring", head(ok, "Transfer-Encoding: chunked"), answered(200), {
    method: "HEAD",
  }),
];

const lines: readonly ResponseCase[] = [
  bad("HTTP/2.0", head("HTTP/2.0 200 OK", empty)),
  bad("HTTP/1.2", head("HTTP/1.2 200 OK", empty)),
  bad("RTSP", head("RTSP/1.1 200 OK", empty)),
  bad("ICY", head("ICY 200 OK", empty)),
  bad("a request", head("GET / HTTP/1.1", "Host: a")),
  bad("a status of two digits", head("HTTP/1.1 20 OK", empty)),
  bad("a status of four digits", head("HTTP/1.1 2000 OK", empty)),
  bad("a status that is no number", head("HTTP/1.1 2x0 OK", empty)),
  bad("a status below 100", head("HTTP/1.1 099 OK", empty)),
  bad("no status", head("HTTP/1.1 OK", empty)),
  bad("two blanks", head("HTTP/1.1  200 OK", empty)),
  bad("nothing that is HTTP", "hello\r\n"),
];

const fields: readonly ResponseCase[] = [
  bad("a folded value", head(ok, "x: y", " z", empty)),
  bad("a blank behind a name", head(ok, "x : y", empty)),
  bad("a name that is no token", head(ok, "[x]: y", empty)),
  bad("no colon", head(ok, "x", empty)),
  bad("an empty name", head(ok, ": y", empty)),
  bad("NUL in a value", head(ok, "x: y\0", empty)),
  bad("a bare CR in a value", head(ok, "x: y\rz", empty)),
  bad("a bare LF", `${ok}\r\nx: y\n${empty}\r\n\r\n`),
  bad("bare LFs throughout", `${ok}\n${empty}\n\n`),
];

const lengths: readonly ResponseCase[] = [
  good("a body", `${head(ok, "Content-Length: 5")}hello`, answered(200, { body: "hello" })),
  good("a body until the end", `${head(ok)}hello`, answered(200, { body: "hello" }), { ends: true }),
  good("HTTP/1.0 until the end", `${head("HTTP/1.0 200 OK")}hello`, answered(200, { body: "hello" }), { ends: true }),
  good("no body until the end", head(ok), answered(200), { ends: true }),
  bad("a length that is none", `${head(ok, "Content-Length: x")}`),
  bad("a list", `${head(ok, "Content-Length: 5, 5")}hello`),
  bad("two", `${head(ok, "Content-Length: 5", "Content-Length: 5")}hello`),
  bad("beyond 64 bits", head(ok, "Content-Length: 18446744073709551616")),
  bad("with a coding", `${head(ok, "Content-Length: 5", "Transfer-Encoding: chunked")}0\r\n\r\n`),
  { what: "a body that is too short", bytes: `${head(ok, "Content-Length: 5")}hell`, outcome: "cut", ends: true },
];

const codings: readonly ResponseCase[] = [
  good("a chunk", chunked("5\r\nhello\r\n0\r\n\r\n"), answered(200, { body: "hello" })),
  good("an extension", chunked("5;a=b\r\nhello\r\n0\r\n\r\n"), answered(200, { body: "hello" })),
  good("trailers", chunked("0\r\nX-Sum: 1\r\n\r\n"), answered(200, { trailers: ["X-Sum: 1"] })),
  bad("in HTTP/1.0", `${head("HTTP/1.0 200 OK", "Transfer-Encoding: chunked")}0\r\n\r\n`),
  bad("another", `${head(ok, "Transfer-Encoding: gzip")}x`),
  bad("another before it", `${head(ok, "Transfer-Encoding: gzip, chunked")}0\r\n\r\n`),
  bad("twice", `${head(ok, "Transfer-Encoding: chunked", "Transfer-Encoding: chunked")}0\r\n\r\n`),
  { what: "a size that is none", bytes: chunked("5\r\nhello\r\nx\r\n"), outcome: "cut" },
  { what: "a chunk that is too long", bytes: chunked("5\r\nhello!\r\n0\r\n\r\n"), outcome: "cut" },
  { what: "an end within chunks", bytes: chunked("5\r\nhello\r\n"), outcome: "cut", ends: true },
];

const interim: readonly ResponseCase[] = [
  good(
    "103 comes before",
    head("HTTP/1.1 103 Early Hints", "Link: </x>") + head(ok, empty),
    answered(200, { interim: [103] }),
  ),
  good(
    "two come before",
    head("HTTP/1.1 102 Processing") + head("HTTP/1.1 103 Early Hints") + head(ok, empty),
    answered(200, { interim: [102, 103] }),
  ),
  bad("101 that nobody asked for", head("HTTP/1.1 101 Switching Protocols", "Connection: upgrade", "Upgrade: x")),
];

const named = (category: string, cases: readonly ResponseCase[]): ResponseCase[] =>
  cases.map((each) => ({ ...each, what: `${category}: ${each.what}` }));

export const responses: readonly ResponseCase[] = [
  ...named("sample", sample),
  ...named("status line", lines),
  ...named("invalid", fields),
  ...named("content-length", lengths),
  ...named("transfer-encoding", codings),
  ...named("interim", interim),
];
