import assert from "node:assert/strict";
import { test } from "node:test";
import { gateway } from "../harness/configuration.ts";
import { startBackend, startProxy, unusedPort } from "../harness/setup.ts";
import { exchange, get } from "../harness/wire.ts";
import { LogFile } from "./log-file.ts";

const host = "Host: acme.io\r\n";
const chunked = "Transfer-Encoding: chunked\r\n";

/** Errors of clients and backends, with the status and the reason of the proxy's response. */
const cases: readonly (readonly [request: string, status: number, reason: string])[] = [
  ["GET / HTTP/1.1\r\n\r\n", 400, "HostMissing"],
  [`GET / HTTP/1.1\r\n${host}${host}\r\n`, 400, "HostRepeated"],
  ["GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "InvalidHost"],
  [`GET  / HTTP/1.1\r\n${host}\r\n`, 400, "InvalidRequestLine"],
  [`GET / HTTP/2.0\r\n${host}\r\n`, 505, "UnsupportedVersion"],
  [`FOO / HTTP/1.1\r\n${host}\r\n`, 501, "UnknownMethod"],
  ["CONNECT acme.io:443 HTTP/1.1\r\nHost: acme.io:443\r\n\r\n", 501, "ConnectNotSupported"],
  [`GET / HTTP/1.1\r\n${host}a b: c\r\n\r\n`, 400, "MalformedRequest"],
  [`GET /${"a".repeat(20_000)} HTTP/1.1\r\n${host}\r\n`, 414, "TargetTooLong"],
  [`GET / HTTP/1.1\r\n${host}${"a: b\r\n".repeat(200)}\r\n`, 431, "TooManyFields"],
  [`GET / HTTP/1.1\r\n${host}a: ${"b".repeat(70_000)}\r\n\r\n`, 431, "HeadTooLarge"],
  [`POST / HTTP/1.0\r\n${host}${chunked}\r\n0\r\n\r\n`, 400, "TransferEncodingOnHttp10"],
  [`POST / HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n`, 501, "UnknownTransferCoding"],
  [`POST / HTTP/1.1\r\n${host}Expect: tea\r\n\r\n`, 417, "UnknownExpectation"],
  [`POST / HTTP/1.1\r\n${host}${chunked}\r\nzz\r\n`, 400, "MalformedBody"],
  [`POST / HTTP/1.1\r\n${host}${chunked}\r\n1;${"a".repeat(20_000)}\r\n`, 400, "TooMuchFraming"],
  [get("/none"), 404, "NoRoute"],
  [get(`/${"ab".repeat(4000)}`), 500, "MatchingTooExpensive"],
  [get("/invalid"), 500, "BackendNotFound"],
  [get("/empty"), 503, "NoEndpoint"],
  [get("/dead"), 503, "BackendUnreachable"],
  [get("/reset"), 502, "BackendReset"],
  [get("/nonsense"), 502, "BackendInvalidResponse"],
  [get("/slow"), 504, "BackendTimeout"],
];

for (const [request, status, reason] of cases) {
  test(`${reason} is named in the body, the log and the metric`, async (t) => {
    const log = new LogFile(t);
    const backend = await startBackend(t, ({ line }, connection) => {
      if (line.includes("/reset")) connection.close();
      return line.includes("/nonsense") ? "220 smtp\r\n\r\n" : undefined;
    });
    const prefix = (value: string, name: string) => ({
      path: { type: "PathPrefix", value } as const,
      backends: { [name]: 1 },
    });
    const expensive = { type: "RegularExpression", value: "/[ab]*a[ab]{600}" } as const;
    const rules = [
      { path: expensive, backends: { main: 1 } },
      ...[prefix("/invalid", "!BackendNotFound"), prefix("/empty", "empty"), prefix("/dead", "dead")],
      ...[
        prefix("/reset", "main"),
        prefix("/nonsense", "main"),
        { ...prefix("/slow", "main"), timeouts: { backendRequest: 50 } },
      ],
      { ...prefix("/", "main"), method: "POST" },
    ];
    const endpoints = { main: backend.port, dead: await unusedPort(), empty: [] };
    const { port, proxy } = await startProxy(t, { rules, endpoints }, { accessLog: log.options });
    const answer = await exchange(port, request);
    assert.equal(answer.status, status);
    assert.match(answer.body, new RegExp(`^${status} ${reason}: .+\\n$`));
    const stats = proxy.stats.gateway(gateway);
    assert.deepEqual([...stats.answers], [[reason, 1]]);
    assert.equal(stats.responses.total, 1);
    const lines = await log.until(1);
    assert.deepEqual(
      lines.map((line) => [line.status, line.reason]),
      [[status, reason]],
    );
    assert.equal(stats.active, 0);
  });
}
