import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "../../../lib/cli/dev/metrics.ts";
import { Stats } from "../../../proxy/dataplane/stats.ts";

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
