import assert from "node:assert/strict";
import { test } from "node:test";
import { Command } from "commander";
import { credentialNames } from "../../../lib/api/kinds/credentials.ts";
import { addProxyOptions, type ProxyFlags, proxyOptions } from "../../../lib/cli/options/proxy.ts";
import { UsageError } from "../../../lib/cli/report/terminal.ts";

type Environment = Readonly<Record<string, string>>;

function read(args: readonly string[], env: Environment = {}) {
  const command = addProxyOptions(new Command()).exitOverride();
  command.parse(args, { from: "user" });
  return proxyOptions(command.opts<ProxyFlags & Record<string, unknown>>(), env);
}

const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };

test("without flags and environment the proxy has its defaults", () => {
  assert.deepEqual(read([]), {
    options: { trustedHops: 0, forwarded: "x-forwarded", requestId: true, headerUnderscores: "allow" },
    notes: [],
  });
});

test("flags become options that a worker can be handed", () => {
  const { options } = read([
    ...["--trusted-hops", "2", "--forwarded", "both", "--no-request-id", "--via", "edge-1"],
    ...["--header-underscores", "drop"],
    ...["--access-log", "-", "--access-log-query", "--access-log-header", "User-Agent"],
    ...["--access-log-header", "user-agent", "--access-log-status", "500", "--access-log-share", "0.25"],
    ...["--proxy-protocol", "10.0.0.0/8, ::1"],
    ...["--otlp-endpoint", "http://127.0.0.1:4318/base/", "--limit", "idleTimeout=1000", "--limit", "connections=5"],
    ...["--ejection", "failures=3", "--ejection", "maxTime=60000", "--ejection", "statuses=502,503"],
  ]);
  const { tracing, ...rest } = structuredClone(options);
  assert.deepEqual(rest, {
    trustedHops: 2,
    forwarded: "both",
    requestId: false,
    headerUnderscores: "drop",
    via: "edge-1",
    accessLog: {
      ...{ to: 1, query: true, credentials: credentialNames, headers: ["user-agent"], lowestStatus: 500, share: 0.25 },
    },
    proxyProtocol: { from: ["10.0.0.0/8", "::1"] },
    limits: { idleTimeout: 1000, connections: 5 },
    ejection: { failures: 3, maxTime: 60_000, statuses: [502, 503] },
  });
  assert.equal(tracing?.url, "http://127.0.0.1:4318/base/v1/traces");
});

test("values that cannot be meant are refused, with what is allowed", () => {
  for (const [args, message] of [
    [["--trusted-hops", "-1"], /--trusted-hops -1: expected a whole number from 0 to 100/],
    [["--trusted-hops", "1.5"], /whole number/],
    [["--via", "a b"], /--via a b: expected a token/],
    [["--access-log", ""], /expected a file/],
    [["--access-log-query"], /no access log without/],
    [["--access-log-header", "a"], /no access log without/],
    [["--access-log", "-", "--access-log-header", "a:b"], /token/],
    [["--access-log", "-", "--access-log-status", "600"], /from 0 to 599/],
    [["--access-log", "-", "--access-log-status", "500", "--access-log-share", "2"], /from 0 to 1/],
    [["--access-log", "-", "--access-log-share", "0.5"], /--access-log-status/],
    [["--otlp-endpoint", "collector:4318"], /expected a URL of http or https/],
    [["--proxy-protocol", "10.0.0.0/33"], /expected required, or addresses/],
    [["--proxy-protocol", ""], /expected required, or addresses/],
    [["--access-log", "-", ...Array.from({ length: 17 }, () => ["--access-log-header", "a"]).flat()], /up to 16/],
    [["--limit", "idleTimeout"], /expected NAME=NUMBER/],
    [["--limit", "toString=1"], /one of the names/],
    [["--limit", "idleTimeout=1s"], /--limit idleTimeout 1s: expected a whole number/],
    [["--limit", "idleTimeout=1", "--limit", "idleTimeout=2"], /given twice/],
    [["--ejection", "failures"], /expected NAME=NUMBER or .* baseTime, failures, maxTime, statuses/],
    [["--ejection", "tries=3"], /one of the names/],
    [["--ejection", "failures=-1"], /--ejection failures -1: expected a whole number from 0/],
    [["--ejection", "baseTime=0"], /from 1 to 86400000/],
    [["--ejection", "statuses=502,"], /from 100 to 599/],
    [["--ejection", "baseTime=400000"], /no more than maxTime, which is 300000/],
    [["--ejection", "failures=1", "--ejection", "failures=2"], /given twice/],
  ] as const) {
    assert.throws(
      () => read(args),
      (error) => error instanceof UsageError && message.test(error.message),
      args.join(" "),
    );
  }
});

test("tracing is on when the environment names an endpoint", () => {
  const { options, notes } = read([], {
    ...traced,
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc, x-team = edge",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=prod,service.name=ignored",
    OTEL_SERVICE_NAME: "gate",
    OTEL_TRACES_SAMPLER: "traceidratio",
    OTEL_TRACES_SAMPLER_ARG: "0.1",
    OTEL_BSP_MAX_QUEUE_SIZE: "100",
    OTEL_EXPORTER_OTLP_TIMEOUT: "500",
  });
  assert.deepEqual(notes, []);
  const { resource, ...tracing } = options.tracing ?? {};
  assert.deepEqual(tracing, {
    url: "http://collector:4318/v1/traces",
    headers: { authorization: "Bearer abc", "x-team": "edge" },
    sampling: { ratio: 0.1, followsCaller: false },
    queueSize: 100,
    timeout: 500,
  });
  assert.equal(resource?.["service.name"], "gate");
  assert.equal(resource?.["deployment.environment.name"], "prod");
});

test("the endpoint of traces is taken as it stands, and the flag wins", () => {
  const env = { ...traced, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://t:1/x" };
  assert.equal(read([], env).options.tracing?.url, "https://t:1/x");
  assert.equal(read(["--otlp-endpoint", "http://f:2"], env).options.tracing?.url, "http://f:2/v1/traces");
});

test("what the environment says and this proxy cannot do is told", () => {
  for (const [env, note, on] of [
    [{ OTEL_SDK_DISABLED: "true" }, undefined, false],
    [{ OTEL_TRACES_EXPORTER: "none" }, undefined, false],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" }, /grpc: expected http\/json.*nothing is traced/, false],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf" }, /sent as http\/json/, true],
    [{ OTEL_TRACES_SAMPLER: "xray" }, /OTEL_TRACES_SAMPLER xray/, true],
    [{ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "7" }, /from 0 to 1/, true],
    [{ OTEL_BSP_SCHEDULE_DELAY: "soon" }, /OTEL_BSP_SCHEDULE_DELAY soon/, true],
    [{ OTEL_EXPORTER_OTLP_HEADERS: "secret%ZZ" }, /^OTEL_EXPORTER_OTLP_HEADERS: expected NAME=VALUE(?!.*secret)/, true],
    [{ OTEL_EXPORTER_OTLP_CERTIFICATE: "/nonexistent.pem" }, /OTEL_EXPORTER_OTLP_CERTIFICATE/, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "nonsense" }, /nonsense.*nothing is traced/, false],
  ] as const) {
    const { options, notes } = read([], { ...traced, ...env });
    assert.equal(options.tracing !== undefined, on, JSON.stringify(env));
    assert.equal(notes.length, note === undefined ? 0 : 1, notes.join());
    if (note !== undefined) assert.match(notes[0] ?? "", note);
  }
});
