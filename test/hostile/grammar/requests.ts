import { forwarded, head, type RequestCase } from "./case.ts";

const ok = (what: string, bytes: string, line: string, fields: readonly string[] = ["Host: a"]): RequestCase => ({
  what,
  bytes,
  outcome: [forwarded(line, { fields })],
});
const refused = (what: string, bytes: string, status = 400): RequestCase => ({ what, bytes, outcome: [status] });
const get = "GET / HTTP/1.1";

const sample: readonly RequestCase[] = [
  ok("the least there is", head(get, "Host: a"), get),
  ok(
    "fields as a tool sends them",
    head("GET /t HTTP/1.1", "User-Agent: tool/7.1", "Host: a:8080", "Accept: */*"),
    "GET /t HTTP/1.1",
    ["User-Agent: tool/7.1", "Host: a:8080", "Accept: */*"],
  ),
  ok(
    "fields as a browser sends them",
    head(
      "GET /icon HTTP/1.1",
      "Host: a",
      "User-Agent: B/1 (X; U)",
      "Accept: text/html,*/*;q=0.8",
      "Accept-Language: en,de;q=0.5",
      "Keep-Alive: 300",
      "Connection: keep-alive",
    ),
    "GET /icon HTTP/1.1",
    ["Host: a", "User-Agent: B/1 (X; U)", "Accept: text/html,*/*;q=0.8", "Accept-Language: en,de;q=0.5"],
  ),
  ok("a value of signs only", head(get, "Host: a", "x: ++++++++++"), get, ["Host: a", "x: ++++++++++"]),
  ok("no blank behind a colon", head(get, "Host:a", "x:y"), get, ["Host:a", "x:y"]),
  ok("blanks around a value", head(get, "Host: a", "x: \t y \t "), get, ["Host: a", "x: \t y \t "]),
  ok("an empty value", head(get, "Host: a", "x:", "y: "), get, ["Host: a", "x:", "y: "]),
  ok("a colon in a value", head(get, "Host: a", "x: y:z::"), get, ["Host: a", "x: y:z::"]),
  ok("every sign of a token", head(get, "Host: a", "!#$%&'*+-.^_`|~09AZaz: y"), get, [
    "Host: a",
    "!#$%&'*+-.^_`|~09AZaz: y",
  ]),
  ok("the same name twice", head(get, "Host: a", "x: 1", "X: 2"), get, ["Host: a", "x: 1", "X: 2"]),
  ok("one empty line first", `\r\n${head(get, "Host: a")}`, get),
  ok("HTTP/1.0 that keeps alive", head("GET / HTTP/1.0", "Host: a", "Connection: keep-alive"), get),
  { what: "HTTP/1.0", bytes: head("GET / HTTP/1.0", "Host: a"), outcome: [forwarded(get)], closes: true },
];

const known = [
  ...["DELETE", "POST", "PUT", "OPTIONS", "TRACE", "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND", "PROPPATCH", "SEARCH"],
  ...["UNLOCK", "BIND", "REBIND", "UNBIND", "ACL", "REPORT", "MKACTIVITY", "CHECKOUT", "MERGE", "M-SEARCH", "NOTIFY"],
  ...["SUBSCRIBE", "UNSUBSCRIBE", "PATCH", "PURGE", "MKCALENDAR", "LINK", "UNLINK", "SOURCE", "QUERY"],
];

const methods: readonly RequestCase[] = [
  ...known.map((method) => ok(method, head(`${method} /m HTTP/1.1`, "Host: a"), `${method} /m HTTP/1.1`)),
  ok("HEAD", head("HEAD /m HTTP/1.1", "Host: a"), "HEAD /m HTTP/1.1"),
  ok("OPTIONS *", head("OPTIONS * HTTP/1.1", "Host: a"), "OPTIONS * HTTP/1.1"),
  refused("CONNECT", head("CONNECT a:443 HTTP/1.1", "Host: a:443"), 501),
  refused("CONNECT with a body behind it", `${head("CONNECT a:443 HTTP/1.1", "Host: a:443")}blarfcicle`, 501),
  refused("a method that nobody knows", head("BREW / HTTP/1.1", "Host: a"), 501),
  refused("a method in lower case", head("get / HTTP/1.1", "Host: a"), 501),
  refused("a known method with more behind it", head("GETX / HTTP/1.1", "Host: a"), 501),
  refused("half a method", head("GE / HTTP/1.1", "Host: a"), 501),
  refused("a method that is no token", head("G(T / HTTP/1.1", "Host: a")),
  refused("a method of RTSP", head("PLAY rtsp://a/ RTSP/1.0", "Host: a")),
  refused("OPTIONS in RTSP", head("OPTIONS /x RTSP/1.0", "Host: a")),
  refused("SOURCE in ICE", head("SOURCE /x ICE/1.0", "Host: a")),
  refused("GET in ICE", head("GET /x ICE/1.0", "Host: a")),
  refused("the preface of HTTP/2 in a later version", head("PRI * HTTP/3.0", "Host: a"), 505),
];

const to = (target: string, forwardedAs = target): RequestCase =>
  ok(`the target ${JSON.stringify(target)}`, head(`GET ${target} HTTP/1.1`, "Host: a"), `GET ${forwardedAs} HTTP/1.1`);
const no = (target: string, status = 400): RequestCase =>
  refused(`the target ${JSON.stringify(target)}`, head(`GET ${target} HTTP/1.1`, "Host: a"), status);
const absolute = (target: string, line: string, host: string): RequestCase =>
  ok(`the target ${target}`, head(`GET ${target} HTTP/1.1`, "Host: a"), `GET ${line} HTTP/1.1`, [`host: ${host}`]);

const uri: readonly RequestCase[] = [
  to("/a?b=c&d"),
  to("/a?foo=bar??"),
  to("/a?b=?"),
  to("/?a=/b/c"),
  to("/a?q=%22x%22"),
  to('/with_"stupid"_quotes', "/with_%22stupid%22_quotes"),
  to("/a?b"),
  to("/a?", "/a"),
  to("/a;b=c"),
  to("/(x)!$&'*+,=:@~-._"),
  to("//a//b"),
  to("/a/../b/./c", "/b/c"),
  to("/%7euser/%2f", "/~user/%2F"),
  to("/<>^`{|}", "/%3C%3E%5E%60%7B%7C%7D"),
  absolute("http://b", "/", "b"),
  absolute("http://b?q=1", "/?q=1", "b"),
  absolute("http://b:8080/x?q", "/x?q", "b:8080"),
  absolute("HTTP://B.example/x", "/x", "b.example"),
  absolute("http://under_score.b/x", "/x", "under_score.b"),
  no("/a#b"),
  no("/?a#b"),
  no("/%"),
  no("/%0g"),
  no("/%00"),
  no("/\\"),
  no("/\xe4"),
  no("/?\xe4"),
  no("/\x7f"),
  no("/a\tb"),
  no("/a b"),
  no("relative"),
  no("*"),
  no("?q"),
  no("a:80"),
  no("http://"),
  no("http:///x"),
  no("http://u@b/"),
  no("http://b:port/"),
  no("ftp://b/"),
  no("http:/b"),
];

const lines: readonly RequestCase[] = [
  refused("no version", head("GET /", "Host: a"), 505),
  refused("an empty version", head("GET / ", "Host: a"), 400),
  refused("HTTP/2.0", head("GET / HTTP/2.0", "Host: a"), 505),
  refused("HTTP/1.2", head("GET / HTTP/1.2", "Host: a"), 505),
  refused("HTTP/01.1", head("GET / HTTP/01.1", "Host: a"), 505),
  refused("HTTP/1.1a", head("GET / HTTP/1.1a", "Host: a"), 400),
  refused("HTTP/11.1", head("GET / HTTP/11.1", "Host: a"), 505),
  refused("HTTP 1.1", head("GET / HTTP 1.1", "Host: a"), 400),
  refused("http/1.1", head("GET / http/1.1", "Host: a")),
  refused("a blank behind the version", head("GET / HTTP/1.1 ", "Host: a")),
  refused("a blank in front of the method", head(" GET / HTTP/1.1", "Host: a")),
  refused("two blanks", head("GET  / HTTP/1.1", "Host: a")),
  refused("a tab for a blank", head("GET\t/ HTTP/1.1", "Host: a")),
  refused("a bare CR behind the line", `GET / HTTP/1.1\rHost: a\r\n\r\n`),
  refused("bytes of TLS", "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03"),
  refused("bytes of nothing", "\x00\x01\x02\x03\r\n\r\n"),
];

const host = "Host: a";
const field = (what: string, ...fields: readonly string[]): RequestCase => refused(what, head(get, ...fields));

/** Requests that llhttp accepts only in its lenient modes, which the proxy does not use. */
const invalid: readonly RequestCase[] = [
  field("a folded value", host, "x: y", " z"),
  field("a value folded with a tab", host, "x: y", "\tz"),
  field("a value that begins folded", host, "x:", " y"),
  field("a folded name", host, "x", " y: z"),
  field("a blank in front of the first name", ` ${host}`),
  field("a blank behind a name", host, "x : y"),
  field("a tab behind a name", host, "x\t: y"),
  field("a blank in a name", host, "x y: z"),
  field("no colon", host, "x"),
  field("an empty name", host, ": y"),
  field("a name with NUL", host, "x\0: y"),
  field("a name beyond ASCII", host, "\xe4: y"),
  field("a name in brackets", host, "[x]: y"),
  field("a value with NUL", host, "x: y\0z"),
  field("a value with a bell", host, "x: y\x07z"),
  field("a value with DEL", host, "x: y\x7fz"),
  field("a value with a bare CR", host, "x: y\rz"),
  field("a value with a CR at its end", host, "x: y\r"),
  refused("a bare LF behind a value", `${get}\r\n${host}\nx: y\r\n\r\n`),
  refused("a bare LF behind the line", `${get}\n${host}\r\n\r\n`),
  refused("a bare LF at the end of the head", `${get}\r\n${host}\r\n\n`),
  refused("bare CRs", `${get}\r${host}\r\r`),
  ok("a value beyond ASCII", head(get, host, "x: \xe4\xf6\x80\xff"), get, [host, "x: \xe4\xf6\x80\xff"]),
  ok("a value with a tab", head(get, host, "x: y\tz"), get, [host, "x: y\tz"]),
];

const hosts: readonly RequestCase[] = [
  refused("none", head(get)),
  refused("two", head(get, "Host: a", "Host: a")),
  refused("an empty one", head(get, "Host:")),
  refused("one in a list", head(get, "Host: a,b")),
  refused("one with a path", head(get, "Host: a/b")),
  refused("one with a blank", head(get, "Host: a b")),
  ok("an address", head(get, "Host: 127.0.0.1:80"), get, ["Host: 127.0.0.1:80"]),
  ok("an IPv6 address", head(get, "Host: [::1]:80"), get, ["Host: [::1]:80"]),
];

const named = (category: string, cases: readonly RequestCase[]): RequestCase[] =>
  cases.map((each) => ({ ...each, what: `${category}: ${each.what}` }));

export const requests: readonly RequestCase[] = [
  ...named("sample", sample),
  ...named("method", methods),
  ...named("uri", uri),
  ...named("request line", lines),
  ...named("invalid", invalid),
  ...named("host", hosts),
];
