import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Collector } from "../dataplane/observe/collector.ts";
import { ask, dev, gatewright, scratch } from "./gatewright.ts";

const acme = "examples/acme/acme.ts";

for (const workers of [[], ["--workers", "2"]]) {
  test(`dev ${workers.join(" ")} writes an access log to standard output and sends traces`, async (t) => {
    const collector = await new Collector().listen(t);
    const endpoint = collector.options().url.replace("/v1/traces", "");
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_BSP_SCHEDULE_DELAY: "50", OTEL_SERVICE_NAME: "acme" };
    const log = ["--access-log", "-", "--access-log-header", "user-agent"];
    const proxy = await dev(t, [acme, ...workers, "--admin", "127.0.0.1:0", ...log], { env });
    const url = proxy.address("edge/acme-external");
    const { text } = await ask(`${url}/store/cart`, { host: "acme.io", headers: { "user-agent": "test" } });
    const echoed = JSON.parse(text) as { readonly headers: Readonly<Record<string, string>> };
    await proxy.until("a line", () => /^\{"time"/m.test(proxy.stdout()));
    const line = JSON.parse(/^\{"time".*$/m.exec(proxy.stdout())?.[0] ?? "") as Readonly<Record<string, unknown>>;
    assert.deepEqual([line.path, line.status, line.headers], ["/store/cart", 200, { "user-agent": "test" }]);
    assert.equal(line.request_id, echoed.headers["x-request-id"]);
    const [span] = await collector.until(2);
    assert.equal(span?.traceId, line.trace_id);
    assert.equal(collector.resource["service.name"], "acme");
    const metrics = await ask(`${proxy.admin}/metrics`);
    assert.match(metrics.text, /gatewright_access_log_lines_total\{outcome="written"\} 1\n/);
    assert.match(
      metrics.text,
      /gatewright_request_duration_seconds_count\{gateway="edge\/acme-external",.*class="2xx"\} 1\n/,
    );
    assert.match(metrics.text, /gatewright_build_info\{version="[^"]+",node="v\d/);
    assert.equal(await proxy.stop(), 0);
  });
}

test("lines that wait are in the file when the command has ended", async (t) => {
  const file = join(await scratch(t), "access.log");
  const proxy = await dev(t, [acme, "--admin", "127.0.0.1:0", "--access-log", file]);
  const url = proxy.address("edge/acme-external");
  for (let i = 0; i < 3; i++) await ask(`${url}/store`, { host: "acme.io" });
  assert.equal(await proxy.stop(), 0);
  assert.equal(readFileSync(file, "utf8").split("\n").length, 4);
});

test("an access log that cannot be opened ends the command, and settings without effect are told", async () => {
  const ended = await gatewright(["dev", acme, "--access-log", "/nonexistent/access.log"]);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /^error: \/nonexistent\/access\.log: there is no such file/);
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
  const told = await gatewright(["dev", "--admin", "nonsense", acme], { env });
  assert.equal(told.code, 2);
  assert.match(told.stderr, /note: OTEL_EXPORTER_OTLP_PROTOCOL grpc: expected http\/json/);
});
