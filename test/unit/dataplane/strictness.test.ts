import assert from "node:assert/strict";
import { test } from "node:test";
import { startPair } from "./harness/setup.ts";
import { dial } from "./harness/wire.ts";

/** Requests that must not reach a backend: a name, the bytes, the status, the reason in the body. */
const refused: readonly (readonly [string, string, number, string])[] = [
  // RFC 9112 section 3: the request line.
  ["two blanks before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "InvalidRequestLine"],
  ["two blanks before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400, "InvalidRequestLine"],
  ["a tab in the request line", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "Malformed"],
  ["a blank in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "Malformed"],
  ["a blank behind the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400, "Malformed"],
  ["a blank before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "Malformed"],
  ["a bare LF before the request line", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "InvalidRequestLine"],
  ["an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 501, "UnknownMethod"],
  ["a method in lower case", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501, "UnknownMethod"],
  ["CONNECT", "CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n", 501, "ConnectNotSupported"],
  // RFC 9112 section 2.3, RFC 9110 section 15.6.6: versions.
  ["HTTP/0.9", "GET /\r\nHost: a\r\n\r\n", 505, "UnsupportedVersion"],
  ["HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505, "UnsupportedVersion"],
  ["HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505, "UnsupportedVersion"],
  ["HTTP/3.0", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505, "UnsupportedVersion"],
  ["an HTTP/2 preface behind an empty line", "\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "UnsupportedVersion"],
  ["http/1.1", "GET / http/1.1\r\nHost: a\r\n\r\n", 400, "Malformed"],
  ["RTSP", "PLAY / RTSP/1.0\r\nHost: a\r\n\r\n", 400, "InvalidRequestLine"],
  ["ICE", "SOURCE / ICE/1.0\r\nHost: a\r\n\r\n", 400, "InvalidRequestLine"],
  // RFC 9112 section 3.2: Host.
  ["no Host", "GET / HTTP/1.1\r\n\r\n", 400, "HostMissing"],
  ["two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400, "HostRepeated"],
  ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, "HostRepeated"],
  ["the same Host twice", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", 400, "HostRepeated"],
  ["an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "EmptyHost"],
  ["a list as Host", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "InvalidHost"],
  ["a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "InvalidHost"],
  ["a Host with user information", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, "UserInfo"],
  ["a Host with a port that is none", "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n", 400, "InvalidPort"],
  ["no Host beside absolute-form", "GET http://a/ HTTP/1.1\r\n\r\n", 400, "HostMissing"],
  // RFC 9112 section 3.2: targets.
  ["a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "Fragment"],
  ["a backslash", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "Backslash"],
  ["%00", "GET /a%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "EncodedNull"],
  ["a hidden dot segment", "GET /a%2f../b HTTP/1.1\r\nHost: a\r\n\r\n", 400, "EncodedDotSegment"],
  ["a scheme that is not http", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400, "UnsupportedScheme"],
  ["* for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, "AsteriskForm"],
  ["bytes beyond ASCII", "GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "Malformed"],
  // RFC 9112 section 5: fields.
  ["a blank before the colon", "GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", 400, "Malformed"],
  ["a folded line", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", 400, "Malformed"],
  ["a line folded at once", "GET / HTTP/1.1\r\nHost: a\r\nA:\r\n c\r\n\r\n", 400, "Malformed"],
  ["a bare LF", "GET / HTTP/1.1\r\nHost: a\nA: b\r\n\r\n", 400, "Malformed"],
  ["bare LFs throughout", "GET / HTTP/1.1\nHost: a\n\n", 400, "Malformed"],
  ["a bare CR in a value", "GET / HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n", 400, "Malformed"],
  ["NUL in a value", "GET / HTTP/1.1\r\nHost: a\r\nA: b\0c\r\n\r\n", 400, "Malformed"],
  ["NUL in a name", "GET / HTTP/1.1\r\nHost: a\r\nA\0: b\r\n\r\n", 400, "Malformed"],
  ["an empty name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n", 400, "Malformed"],
  ["a name that is no token", "GET / HTTP/1.1\r\nHost: a\r\n(a): b\r\n\r\n", 400, "Malformed"],
  ["a line without colon", "GET / HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n", 400, "Malformed"],
  ["a blank first field line", "GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n", 400, "Malformed"],
  // RFC 9112 sections 6.1 to 6.3: framing.
  ["TE and CL", request("Transfer-Encoding: chunked\r\nContent-Length: 3"), 400, "Malformed"],
  ["CL and TE", request("Content-Length: 3\r\nTransfer-Encoding: chunked"), 400, "Malformed"],
  ["two lengths", request("Content-Length: 3\r\nContent-Length: 4"), 400, "Malformed"],
  ["the same length twice", request("Content-Length: 3\r\nContent-Length: 3"), 400, "Malformed"],
  ["a list of lengths", request("Content-Length: 3, 3"), 400, "Malformed"],
  ["a length with a sign", request("Content-Length: +3"), 400, "Malformed"],
  ["a negative length", request("Content-Length: -1"), 400, "Malformed"],
  ["a hexadecimal length", request("Content-Length: 0x3"), 400, "Malformed"],
  ["an empty length", request("Content-Length:"), 400, "Malformed"],
  ["a length with a blank in it", request("Content-Length: 1 2"), 400, "Malformed"],
  ["a length over 64 bits", request("Content-Length: 99999999999999999999"), 400, "Malformed"],
  ["a length over 53 bits", request("Content-Length: 9007199254740993"), 413, "ContentTooLarge"],
  ["chunked twice", request("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 400, "Malformed"],
  ["chunked, chunked", request("Transfer-Encoding: chunked, chunked"), 400, "Malformed"],
  ["chunked not last", request("Transfer-Encoding: chunked, gzip"), 400, "Malformed"],
  ["another coding", request("Transfer-Encoding: gzip, chunked"), 501, "UnknownTransferCoding"],
  ["only another coding", request("Transfer-Encoding: gzip"), 501, "UnknownTransferCoding"],
  ["identity", request("Transfer-Encoding: identity"), 501, "UnknownTransferCoding"],
  ["xchunked", request("Transfer-Encoding: xchunked"), 501, "UnknownTransferCoding"],
  ["chunked behind a vertical tab", request("Transfer-Encoding: \x0bchunked"), 400, "Malformed"],
  ["chunked in quotes", request('Transfer-Encoding: "chunked"'), 501, "UnknownTransferCoding"],
  [
    "chunked in HTTP/1.0",
    "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    400,
    "TransferEncodingOnHttp10",
  ],
  // RFC 9112 section 7.1: chunks.
  ["a chunk size that is none", chunked("x\r\nhello\r\n0\r\n\r\n"), 400, "MalformedBody"],
  ["a chunk size with 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), 400, "MalformedBody"],
  ["a chunk size with a sign", chunked("+5\r\nhello\r\n0\r\n\r\n"), 400, "MalformedBody"],
  ["a chunk size with a blank", chunked("5 \r\nhello\r\n0\r\n\r\n"), 400, "MalformedBody"],
  ["a chunk size over 64 bits", chunked("fffffffffffffffff\r\n"), 400, "MalformedBody"],
  ["a bare LF behind a chunk size", chunked("5\nhello\r\n0\r\n\r\n"), 400, "MalformedBody"],
  ["a bare LF behind a chunk", chunked("5\r\nhello\n0\r\n\r\n"), 400, "MalformedBody"],
  ["no line end behind a chunk", chunked("5\r\nhello0\r\n\r\n"), 400, "MalformedBody"],
  ["a bare LF in an extension", chunked("5;a\nb\r\nhello\r\n0\r\n\r\n"), 400, "MalformedBody"],
  ["a length among the trailers", chunked("0\r\nContent-Length: 3\r\n\r\n"), 400, "MalformedBody"],
  ["a trailer that is none", chunked("0\r\nA b\r\n\r\n"), 400, "MalformedBody"],
  ["endless chunk extensions", chunked(`5;${"a".repeat(20_000)}\r\nhello\r\n0\r\n\r\n`), 400, "TooMuchFraming"],
  ["endless trailers", chunked(`0\r\n${"A: b\r\n".repeat(4_000)}\r\n`), 431, "TooManyTrailers"],
  // Limits (RFC 9110 section 15.5.15, RFC 6585 section 5) and expectations (RFC 9110 section 10.1.1).
  ["a target that is too long", `GET /${"a".repeat(17_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414, "TargetTooLong"],
  ["a target without end", `GET /${"a".repeat(40_000)}`, 414, "TargetTooLong"],
  ["a header section that is too large", request(`A: ${"a".repeat(70_000)}`), 431, "HeadTooLarge"],
  ["a header section without end", `GET / HTTP/1.1\r\nHost: a\r\nA: ${"a".repeat(70_000)}`, 431, "HeadTooLarge"],
  ["too many fields", request("A: b\r\n".repeat(200).trimEnd()), 431, "TooManyFields"],
  ["another expectation", request("Content-Length: 3\r\nExpect: 200-ok"), 417, "UnknownExpectation"],
];

function request(fields: string): string {
  return `POST / HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`;
}

function chunked(body: string): string {
  return `${request("Transfer-Encoding: chunked")}${body}`;
}

test("requests that HTTP/1.1 does not admit are answered and their connections closed", async (t) => {
  const { backend, proxy, port } = await startPair(t);
  for (const [what, bytes, status, reason] of refused) {
    await t.test(what, async () => {
      const connection = await dial(port);
      // The bytes after it must never be parsed as a request.
      const behind = bytes.endsWith("\n") ? "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n" : "";
      connection.send(bytes + behind);
      const response = await connection.message();
      assert.equal(response.status, status);
      assert.match(response.body, new RegExp(reason));
      assert.equal(response.headers.connection, "close");
      assert.equal(await connection.end(), "");
      connection.close();
    });
  }
  const paths = backend.requests.map(({ line }) => line);
  assert.deepEqual(paths, [], "a backend saw a whole request");
  assert.equal(proxy.stats.gateway({ namespace: "edge", name: "test" }).responses.total, refused.length);
});

test("the same bytes one by one have the same answers", async (t) => {
  const { port } = await startPair(t);
  const short = refused.filter(([, bytes]) => bytes.length < 200);
  assert.ok(short.length > 50);
  await Promise.all(
    short.map(async ([what, bytes, status]) => {
      const connection = await dial(port);
      for (const byte of bytes) {
        connection.send(byte);
        await new Promise((resolve) => setImmediate(resolve));
      }
      const response = await connection.message();
      assert.equal(response.status, status, what);
      connection.close();
    }),
  );
});

const admitted: readonly (readonly [string, string, RegExp])[] = [
  ["an empty line first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", /^GET \/ HTTP\/1\.1$/],
  ["a Host with a port", "GET / HTTP/1.1\r\nHost: a:8080\r\n\r\n", /^GET \/ /],
  ["an IPv6 Host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", /^GET \/ /],
  ["absolute-form", "GET http://b/x?y HTTP/1.1\r\nHost: a\r\n\r\n", /^GET \/x\?y /],
  ["OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", /^OPTIONS \* /],
  ["dot segments", "GET /a/./b/../c HTTP/1.1\r\nHost: a\r\n\r\n", /^GET \/a\/c /],
  ["obs-text in a value", "GET / HTTP/1.1\r\nHost: a\r\nA: \xe9\r\n\r\n", /^GET \/ /],
  ["an Upgrade to h2c", "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", /^GET \/ /],
  ["zeros before a length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 003\r\n\r\nabc", /^POST \/ /],
  ["Chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", /^POST \/ /],
  ["QUERY", "QUERY / HTTP/1.1\r\nHost: a\r\n\r\n", /^QUERY \/ /],
];

test("requests that are unusual but right are served", async (t) => {
  const { backend, port } = await startPair(t);
  const connection = await dial(port);
  for (const [what, bytes, line] of admitted) {
    connection.send(bytes);
    const response = await connection.message();
    assert.equal(response.status, 200, what);
    assert.match(backend.requests.at(-1)?.line ?? "", line, what);
  }
  connection.close();
});

test("absolute-form overrides Host", async (t) => {
  const { backend, port } = await startPair(t);
  const connection = await dial(port);
  connection.send("GET http://Other.example:8080/x HTTP/1.1\r\nHost: a\r\n\r\n");
  await connection.message();
  assert.equal(backend.requests[0]?.headers.host, "other.example:8080");
  connection.close();
});

test("a length goes to the backend in its plainest form, with one reading for every server", async (t) => {
  const { backend, port } = await startPair(t);
  const connection = await dial(port);
  for (const field of [
    "Content-Length:3",
    "Content-Length:\t3",
    "Content-Length: 3  ",
    "Content-Length:  3",
    "Content-Length: 003",
  ]) {
    connection.send(`POST / HTTP/1.1\r\nHost: a\r\n${field}\r\nA: b\r\n\r\nabc`);
    assert.equal((await connection.message()).status, 200, field);
    const { fields, body } = backend.requests.at(-1) ?? {};
    assert.deepEqual(
      fields?.filter((line) => /^content-length/i.test(line)),
      ["content-length: 3"],
    );
    assert.equal(body, "abc");
  }
  connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
  await connection.message();
  assert.ok(backend.requests.at(-1)?.fields.includes("Content-Length: 3"), "a plain one stays as it came");
  connection.close();
});

test("a length comes to the client in its plainest form as well", async (t) => {
  for (const field of ["Content-Length:3", "Content-Length:\t3", "Content-Length: 3  ", "content-length: 003"]) {
    const { port } = await startPair(t, () => `HTTP/1.1 200 OK\r\n${field}\r\nA: b\r\n\r\nabc`);
    const connection = await dial(port);
    connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const { fields, body } = await connection.message();
    assert.deepEqual(
      fields.filter((line) => /^content-length/i.test(line)),
      ["content-length: 3"],
      field,
    );
    assert.equal(body, "abc");
    connection.close();
  }
});
