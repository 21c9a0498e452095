/**
 * Requests that servers are known to read in different ways, each with the required behaviour of the proxy: it refuses
 * the request with a status, or forwards one request, with this request line.
 */
export interface Case {
  readonly what: string;
  /** latin1. */
  readonly bytes: string;
  /** The status of a refusal, or the request line that the backend must receive. */
  readonly verdict: number | string;
  /** The body that the backend must receive. */
  readonly body: string;
}

type Row = readonly [what: string, bytes: string, verdict: number | string, body?: string];

const post = "POST /case HTTP/1.1";
const get = "GET /case HTTP/1.1";
const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
const end = "0\r\n\r\n";

/** Returns a POST with these fields, and a body that ends at once in one reading and continues in another. */
const framed = (fields: string, body: string = end + smuggled): string =>
  `${post}\r\nHost: a\r\n${fields}\r\n\r\n${body}`;
const chunked = (body: string): string => framed("Transfer-Encoding: chunked", body);
const line = (text: string): string => `${text}\r\nHost: a\r\n\r\n`;
const fields = (text: string): string => `${get}\r\n${text}\r\n\r\n`;
const target = (text: string): string => line(`GET ${text} HTTP/1.1`);

const lengths: readonly Row[] = [
  ...[
    "+5",
    "-5",
    "5 5",
    "5,5",
    "5, 5",
    "5, 6",
    "0x5",
    "5_0",
    "5.0",
    "5e0",
    "",
    "five",
    "5;",
    '"5"',
    "\x0b5",
    "99999999999999999999",
    "18446744073709551621",
  ].map((value): Row => [`Content-Length ${JSON.stringify(value)}`, framed(`Content-Length: ${value}`), 400]),
  ["Content-Length beyond 2^53", framed("Content-Length: 9007199254740993"), 413],
  ["Content-Length twice, equal", framed("Content-Length: 5\r\nContent-Length: 5"), 400],
  ["Content-Length twice, different", framed("Content-Length: 5\r\nContent-Length: 0"), 400],
  ["Content-Length 0, then 5", framed("Content-Length: 0\r\nContent-Length: 5"), 400],
  ["Content-Length with leading zeros", framed("Content-Length: 0005", "hello"), post, "hello"],
  // These are refused by llhttp, which is stricter than RFC 9110 section 5.5.
  ["Content-Length with a tab behind it", framed("Content-Length: 5\t", "hello"), 400],
  ["Content-Length without a blank", framed("Content-Length:5", "hello"), post, "hello"],
  ["Content-Length between blanks", framed("Content-Length: \t 5  ", "hello"), post, "hello"],
  ["Content-Length of a request as body", framed(`Content-Length: ${smuggled.length}`, smuggled), post, smuggled],
  ["GET with a body", `${get}\r\nHost: a\r\nContent-Length: ${smuggled.length}\r\n\r\n${smuggled}`, get, smuggled],
  ["Content_Length beside Content-Length", framed("Content-Length: 5\r\nContent_Length: 0", "hello"), post, "hello"],
];

const codings: readonly Row[] = [
  ["CL.TE", framed("Content-Length: 5\r\nTransfer-Encoding: chunked"), 400],
  ["TE.CL", framed("Transfer-Encoding: chunked\r\nContent-Length: 5"), 400],
  ["TE.TE with a second one unknown", framed("Transfer-Encoding: chunked\r\nTransfer-Encoding: x"), 400],
  ["TE.TE, identity first", framed("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked"), 400],
  ["chunked twice", framed("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 400],
  ["chunked, chunked", framed("Transfer-Encoding: chunked, chunked"), 400],
  ["chunked, identity", framed("Transfer-Encoding: chunked, identity"), 400],
  ["chunked behind a vertical tab", framed("Transfer-Encoding: \x0bchunked"), 400],
  ["chunked behind a form feed", framed("Transfer-Encoding: \x0cchunked"), 400],
  ["NUL behind chunked", framed("Transfer-Encoding: chunked\0"), 400],
  ...[
    "identity",
    "gzip, chunked",
    "gzip",
    '"chunked"',
    "'chunked'",
    "xchunked",
    "chunkedx",
    "chunked;q=1",
    "x chunked",
    "cow",
    "\xa0chunked",
    "chunked\xff",
  ].map((value): Row => [`Transfer-Encoding ${JSON.stringify(value)}`, framed(`Transfer-Encoding: ${value}`), 501]),
  ["chunked in HTTP/1.0", `POST /case HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${end}`, 400],
  ["chunked behind a tab", framed("Transfer-Encoding:\tchunked", end), post],
  ["cHuNkEd", framed("tRANSFER-eNCODING: cHuNkEd", end), post],
  ["blank before the colon of Transfer-Encoding", framed("Transfer-Encoding : chunked"), 400],
  ["tab before the colon of Transfer-Encoding", framed("Transfer-Encoding\t: chunked"), 400],
  ["control before the colon of Transfer-Encoding", framed("Transfer-Encoding\x0b: chunked"), 400],
  ["blank before Transfer-Encoding", framed("A: b\r\n Transfer-Encoding: chunked"), 400],
  ["blank before the colon of Content-Length", framed("Content-Length : 5"), 400],
  ["folded Transfer-Encoding", framed("Transfer-Encoding:\r\n chunked"), 400],
  ["folded behind Transfer-Encoding", framed("Transfer-Encoding: chunked\r\n , identity"), 400],
  ["folded Content-Length", framed("Content-Length:\r\n 5"), 400],
  ["Transfer-Encoding behind a bare LF", framed("A: b\nTransfer-Encoding: chunked"), 400],
  ["Transfer-Encoding behind a bare CR", framed("A: b\rTransfer-Encoding: chunked"), 400],
  ["Transfer-Encoding behind CR CR LF", framed("A: b\r\r\nTransfer-Encoding: chunked"), 400],
  [
    "Transfer_Encoding beside Content-Length",
    framed("Transfer_Encoding: chunked\r\nContent-Length: 5", "hello"),
    post,
    "hello",
  ],
  [
    "Connection names Content-Length",
    framed("Connection: Content-Length\r\nContent-Length: 5", "hello"),
    post,
    "hello",
  ],
  [
    "Connection names Transfer-Encoding",
    framed("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked", end),
    post,
  ],
  ["Connection names Host", fields("Host: a\r\nConnection: Host"), get],
];

const chunks: readonly Row[] = [
  ...[
    "0x5",
    "+5",
    "-5",
    " 5",
    "5 ",
    "5\t",
    "5\0",
    "5_",
    "",
    "g",
    "fffffffffffffffff",
    "10000000000000005",
    "5;a\nb",
    "5;a\rb",
    '5;a="\r\n"',
    "5\n",
    "5\r",
  ].map((size): Row => [`chunk size ${JSON.stringify(size)}`, chunked(`${size}\r\nhello\r\n${end}`), 400]),
  ["chunk size without CR", chunked(`5\nhello\r\n${end}`), 400],
  ["chunk without line end", chunked(`5\r\nhello${end}`), 400],
  ["chunk that is too long", chunked(`5\r\nhello!\r\n${end}`), 400],
  ["bare LF behind a chunk", chunked(`5\r\nhello\n${end}`), 400],
  ["two bytes that are no line end behind a chunk", chunked(`5\r\nhelloXX${end}`), 400],
  ["last chunk without final line end", chunked("0\r\n"), 400],
  ["last chunk with bare LFs", chunked("0\n\n"), 400],
  ["Content-Length among trailers", chunked("0\r\nContent-Length: 5\r\n\r\n"), 400],
  ["folded trailer", chunked("0\r\nA: b\r\n c\r\n\r\n"), 400],
  ["chunk extension", chunked(`5;a=b\r\nhello\r\n${end}`), post, "hello"],
  ["quoted chunk extension", chunked(`5;a="b;c"\r\nhello\r\n${end}`), post, "hello"],
  ["chunk size with leading zeros", chunked(`0005\r\nhello\r\n${end}`), post, "hello"],
  ["Host among trailers", chunked("0\r\nHost: evil\r\nX-A: b\r\n\r\n"), post],
  ["a request as chunk", chunked(`${smuggled.length.toString(16)}\r\n${smuggled}\r\n${end}`), post, smuggled],
];

const hosts: readonly Row[] = [
  ["no Host", fields("A: b"), 400],
  ["two Hosts", fields("Host: a\r\nHost: b"), 400],
  ["the same Host twice", fields("Host: a\r\nhost: a"), 400],
  ["Host behind a blank", fields("A: b\r\nHost : a"), 400],
  ...[
    "",
    "u@a",
    "a/b",
    "a?b",
    "a#b",
    "a\\b",
    "a, b",
    "a b",
    "a:b",
    "a:99999",
    "a:80:80",
    "a:-1",
    "[::1",
    "::1",
    "%61",
    "a\tb",
    "a\xe9",
  ].map((value): Row => [`Host ${JSON.stringify(value)}`, fields(`Host: ${value}`), 400]),
  ["Host with a port", fields("Host: a:8080"), get],
  ["absolute-form beside another Host", fields("Host: b").replace("/case", "http://a/case"), get],
  ["absolute-form without Host", "GET http://a/case HTTP/1.1\r\n\r\n", 400],
  ["absolute-form with user information", target("http://u@a/case"), 400],
  ["absolute-form with an empty host", target("http:///case"), 400],
  ["absolute-form of another scheme", target("ftp://a/case"), 400],
  ["Host_ twin", fields("Host: a\r\nHost_: b"), get],
];

const lines: readonly Row[] = [
  ...[
    "GET  /case HTTP/1.1",
    "GET /case  HTTP/1.1",
    "GET\t/case HTTP/1.1",
    "GET /case\tHTTP/1.1",
    "GET /case HTTP/1.1 ",
    " GET /case HTTP/1.1",
    "GET /a b HTTP/1.1",
    "GET /case http/1.1",
    "GET /case HTTP/1.10",
    "GET /case\x0bHTTP/1.1",
    "GET /case HTTP/1.1\r",
    "GET case HTTP/1.1",
  ].map((text): Row => [JSON.stringify(text), line(text), 400]),
  ["HTTP/0.9", "GET /case\r\n\r\n", 505],
  ["HTTP/01.1", line("GET /case HTTP/01.1"), 505],
  ["HTTP/2.0", line("GET /case HTTP/2.0"), 505],
  ["HTTP/1.2", line("GET /case HTTP/1.2"), 505],
  ["CONNECT", line("CONNECT a:80 HTTP/1.1"), 501],
  ["unknown method", line("BREW /case HTTP/1.1"), 501],
  ["method in lower case", line("get /case HTTP/1.1"), 501],
  ["empty line first", `\r\n${line(get)}`, get],
  ["bare LFs", `${get}\nHost: a\n\n`, 400],
  ["bare LF first", `\n${line(get)}`, 400],
  ...["/a%00", "/a%2f../b", "/a%5c..%5cb", "/a\\b", "/a#b", "/..;/b", "/a%", "/a%zz", "/\xe9", "/\x7f", "*"].map(
    (text): Row => [`target ${JSON.stringify(text)}`, target(text), 400],
  ),
  ["dot segments", target("/x/../case"), get],
  ["encoded dot segments", target("/x/%2e%2e/case"), get],
  ["dot segments above the root", target("/../../case"), get],
  ["encoded letters", target("/%63ase"), get],
  ["NUL in a value", fields("Host: a\r\nA: b\0c"), 400],
  ["NUL in a name", fields("Host: a\r\nA\0: b"), 400],
  ["no colon", fields("Host: a\r\nnothing"), 400],
  ["empty name", fields("Host: a\r\n: b"), 400],
  ["bare CR in a value", fields("Host: a\r\nA: b\rc"), 400],
  ["folded value", fields("Host: a\r\nA: b\r\n c"), 400],
  ["fold before the first field", fields(" A: b\r\nHost: a"), 400],
  ["another expectation", framed("Content-Length: 5\r\nExpect: x", "hello"), 417],
  ["two expectations", framed("Content-Length: 5\r\nExpect: 100-continue\r\nExpect: x", "hello"), 417],
  ["100-continue of a GET without body", fields("Host: a\r\nExpect: 100-continue"), get],
  [
    "Upgrade to h2c",
    fields("Host: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk"),
    get,
  ],
  ["X_A beside X-A", fields("Host: a\r\nX-A: 1\r\nX_A: 2"), get],
];

export const cases: readonly Case[] = [...lengths, ...codings, ...chunks, ...hosts, ...lines].map(
  ([what, bytes, verdict, body = ""]) => ({ what, bytes, verdict, body }),
);
