import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Metrics, metricDefinitions } from "../../../../lib/cli/metrics/metrics.ts";
import { Stats } from "../../../../proxy/dataplane/stats/stats.ts";
import { addStats } from "../../../../proxy/dataplane/stats/stats-sum.ts";
import { root } from "../../../../tools/build/layout.ts";
import { metricsPage } from "../../../../tools/docs/metrics-page.ts";

test("every scrape tells the counters as they are", async () => {
  const stats = new Stats();
  const metrics = new Metrics(stats);
  const gateway = stats.gateway({ namespace: "edge", name: "acme" });
  gateway.responses.count(200);
  gateway.responses.count(404);
  gateway.countAnswer("NoRoute");
  gateway.rule("HTTPRoute/store/a/rules/0").requests = 7;
  gateway.rule("HTTPRoute/store/a/rules/0").retries = 6;
  const backend = gateway.backend("store/a:8080");
  backend.requests = 5;
  backend.mirrored = 2;
  backend.active = 1;
  backend.tunnels.active = 4;
  backend.errors.connect = 3;
  const { text, contentType } = await metrics.text();
  assert.match(contentType, /^text\/plain/);
  for (const line of [
    'gatewright_responses_total{gateway="edge/acme",class="2xx"} 1',
    'gatewright_responses_total{gateway="edge/acme",class="4xx"} 1',
    'gatewright_answers_total{gateway="edge/acme",reason="NoRoute"} 1',
    'gatewright_rule_requests_total{gateway="edge/acme",rule="HTTPRoute/store/a/rules/0"} 7',
    'gatewright_rule_retries_total{gateway="edge/acme",rule="HTTPRoute/store/a/rules/0"} 6',
    'gatewright_backend_requests_total{gateway="edge/acme",backend="store/a:8080"} 5',
    'gatewright_mirrored_requests_total{gateway="edge/acme",backend="store/a:8080"} 2',
    'gatewright_backend_requests_active{gateway="edge/acme",backend="store/a:8080"} 1',
    'gatewright_backend_errors_total{gateway="edge/acme",backend="store/a:8080",error="connect"} 3',
    'gatewright_backend_tunnels_active{gateway="edge/acme",backend="store/a:8080"} 4',
    "gatewright_connections_active 0",
    "gatewright_tunnels_opened_total 0",
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
  backend.requests = 6;
  gateway.rules.clear();
  const later = (await metrics.text()).text;
  assert.match(later, /backend_requests_total\{[^}]*\} 6\n/);
  assert.doesNotMatch(later, /rule_requests_total\{/, "what is gone from the configuration is gone from the metrics");
});

/** Returns statistics in which every counter has a value. */
function busyStats(): Stats {
  const stats = new Stats();
  const gateway = stats.gateway({ namespace: "edge", name: "acme" });
  gateway.rule("HTTPRoute/store/a/rules/0").responses.count(200);
  gateway.backend("store/a:8080").responses.count(200);
  gateway.listener("Gateway/edge/acme/http").count(200);
  gateway.countAnswer("NoRoute");
  gateway.unrouted.observe(3, 404);
  for (const duration of [0.5, 1, 1.1, 70_000]) gateway.route("HTTPRoute/store/a").observe(duration, 200);
  stats.filter("acme.io/Key").passed = 1;
  return stats;
}

test("durations are cumulated by bucket, in seconds, for the classes that occur", async () => {
  const { text } = await new Metrics(busyStats()).text();
  const labels = 'gateway="edge/acme",route="HTTPRoute/store/a",class="2xx"';
  for (const line of [
    "# TYPE gatewright_request_duration_seconds histogram",
    `gatewright_request_duration_seconds_bucket{${labels},le="0.001"} 2`,
    `gatewright_request_duration_seconds_bucket{${labels},le="0.0025"} 3`,
    `gatewright_request_duration_seconds_bucket{${labels},le="60"} 3`,
    `gatewright_request_duration_seconds_bucket{${labels},le="+Inf"} 4`,
    `gatewright_request_duration_seconds_count{${labels}} 4`,
    'gatewright_request_duration_seconds_bucket{gateway="edge/acme",route="",class="4xx",le="0.005"} 1',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
  assert.match(text, /request_duration_seconds_sum\{[^}]*2xx[^}]*\} 70\.0026\d*\n/);
  assert.doesNotMatch(text, /request_duration_seconds_bucket\{[^}]*5xx/);
});

test("counters of threads are summed, those of requests' durations too", async () => {
  const sum = new Stats();
  for (let i = 0; i < 2; i++) addStats(sum, structuredClone(busyStats()));
  const { text } = await new Metrics(sum).text();
  const labels = 'gateway="edge/acme",route="HTTPRoute/store/a",class="2xx"';
  assert.ok(text.includes(`gatewright_request_duration_seconds_count{${labels}} 8\n`));
  assert.ok(text.includes(`gatewright_request_duration_seconds_bucket{${labels},le="0.001"} 4\n`));
});

test("every metric has the labels it says it has, and a name by Prometheus' conventions", () => {
  const names = metricDefinitions.map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
  for (const { name, type, labels, help, samples } of metricDefinitions) {
    const found = samples(busyStats());
    assert.ok(found.length > 0, name);
    for (const sample of found) {
      const own = Object.keys(sample.labels).filter((label) => label !== "le");
      assert.deepEqual(own.sort(), [...labels].sort(), name);
    }
    assert.equal(name.endsWith("_total"), type === "counter", name);
    assert.match(help, /^[A-Z].*\.$/, name);
  }
});

test("docs/metrics.md is what `npm run docs` writes", () => {
  assert.equal(readFileSync(join(root, "docs/metrics.md"), "utf8"), metricsPage());
});
