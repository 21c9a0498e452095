import { Counter, Gauge, Registry } from "prom-client";
import type { GatewayStats, ResponseStats, Stats } from "../../../proxy/dataplane/stats.ts";

/** One sample: its labels and value. */
type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/**
 * The proxy's counters in the Prometheus text format. Every label is a name of the configuration or one of a fixed
 * set, never something from a request, so the number of series is bounded by the configuration.
 */
export class Metrics {
  readonly #registry = new Registry();

  constructor(stats: Stats) {
    this.#global(stats);
    this.#gateways(stats);
    this.#backends(stats);
  }

  async text(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  #global(stats: Stats): void {
    const { connections, mirrors, tunnels, workers } = stats;
    this.#counter("connections_accepted_total", "Client connections accepted", [], () => [[{}, connections.accepted]]);
    this.#counter("connections_refused_total", "Client connections refused", [], () => [[{}, connections.refused]]);
    this.#counter("connections_failed_total", "Client connections that could not be accepted", [], () => [
      [{}, connections.failed],
    ]);
    this.#counter("connections_shed_total", "Idle client connections closed for others", [], () => [
      [{}, connections.shed],
    ]);
    this.#counter("overload_total", "Connections and requests refused for want of something", ["reason"], () =>
      Object.entries(stats.overload).map(([reason, count]): Sample => [{ reason }, count]),
    );
    this.#gauge("connections_active", "Client connections open", [], () => [[{}, connections.active]]);
    this.#counter("handshake_errors_total", "TLS handshakes that failed", ["error"], () =>
      Object.entries(stats.handshakeErrors).map(([error, count]): Sample => [{ error }, count]),
    );
    this.#counter("http2_connections_total", "Client connections that spoke HTTP/2", [], () => [
      [{}, stats.http2.accepted],
    ]);
    this.#counter("http2_connections_calmed_total", "HTTP/2 connections ended with ENHANCE_YOUR_CALM", [], () => [
      [{}, stats.http2.calmed],
    ]);
    this.#counter("proxy_header_errors_total", "Connections without the PROXY header they need", ["error"], () =>
      Object.entries(stats.proxyHeaderErrors).map(([error, count]): Sample => [{ error }, count]),
    );
    this.#counter("requests_resent_total", "Requests sent again on a fresh connection", [], () => [[{}, stats.resent]]);
    this.#counter("tunnels_opened_total", "Connections upgraded, such as to WebSocket", [], () => [
      [{}, tunnels.opened],
    ]);
    this.#counter("filter_requests_total", "Requests to filters for ExtensionRef", ["filter", "outcome"], () =>
      [...stats.filters].flatMap(([filter, { passed, answered, failed, timedOut }]) =>
        Object.entries({ passed, answered, failed, timedOut }).map(
          ([outcome, count]): Sample => [{ filter, outcome }, count],
        ),
      ),
    );
    this.#counter("filter_responses_total", "Responses to filters for ExtensionRef", ["filter", "outcome"], () =>
      [...stats.filters].flatMap(([filter, { responsesPassed: passed, responsesFailed: failed }]) =>
        Object.entries({ passed, failed }).map(([outcome, count]): Sample => [{ filter, outcome }, count]),
      ),
    );
    this.#gauge("workers", "Worker threads that serve; 0 where the proxy has none", [], () => [[{}, workers.running]]);
    this.#counter("worker_failures_total", "Worker threads that crashed, or did not answer for a while", ["kind"], () =>
      Object.entries({ crash: workers.crashed, hang: workers.hung }).map(([kind, count]): Sample => [{ kind }, count]),
    );
    this.#counter("workers_replaced_total", "Worker threads that took the place of a failed one", [], () => [
      [{}, workers.replaced],
    ]);
    this.#counter("mirrors_total", "Copies of requests for RequestMirror filters", ["outcome"], () =>
      Object.entries(mirrors).map(([outcome, count]): Sample => [{ outcome }, count]),
    );
  }

  #gateways(stats: Stats): void {
    const each = (samples: (gateway: GatewayStats) => Sample[]) => () => eachGateway(stats, samples);
    this.#counter(
      "responses_total",
      "Responses to clients",
      ["gateway", "class"],
      each(({ responses }) => classes(responses)),
    );
    this.#counter(
      "answers_total",
      "Responses that the proxy made itself",
      ["gateway", "reason"],
      each(({ answers }) => [...answers].map(([reason, count]): Sample => [{ reason }, count])),
    );
    this.#counter(
      "listener_responses_total",
      "Responses by listener",
      ["gateway", "listener", "class"],
      each(({ listeners }) => [...listeners].flatMap(([listener, responses]) => classes(responses, { listener }))),
    );
    this.#counter(
      "rule_requests_total",
      "Requests by rule",
      ["gateway", "rule"],
      each(({ rules }) => [...rules].map(([rule, { requests }]): Sample => [{ rule }, requests])),
    );
    this.#counter(
      "rule_retries_total",
      "Requests sent again by a rule's retry",
      ["gateway", "rule"],
      each(({ rules }) => [...rules].map(([rule, { retries }]): Sample => [{ rule }, retries])),
    );
    this.#counter(
      "rule_responses_total",
      "Responses by rule",
      ["gateway", "rule", "class"],
      each(({ rules }) => [...rules].flatMap(([rule, { responses }]) => classes(responses, { rule }))),
    );
  }

  #backends(stats: Stats): void {
    const each = (samples: (backend: string, own: BackendStats) => Sample[]) => () =>
      eachGateway(stats, ({ backends }) => [...backends].flatMap(([backend, own]) => samples(backend, own)));
    const names = ["gateway", "backend"];
    this.#counter(
      "backend_requests_total",
      "Requests to backends, mirrored ones apart",
      names,
      each((backend, { requests }) => [[{ backend }, requests]]),
    );
    this.#counter(
      "mirrored_requests_total",
      "Mirrored requests to backends",
      names,
      each((backend, { mirrored }) => [[{ backend }, mirrored]]),
    );
    this.#gauge(
      "backend_requests_active",
      "Requests under way to backends",
      names,
      each((backend, { active }) => [[{ backend }, active]]),
    );
    this.#gauge(
      "backend_endpoints_ejected",
      "Endpoints that get no requests for now, since too many failed there",
      names,
      each((backend, { ejected }) => [[{ backend }, ejected]]),
    );
    this.#counter(
      "backend_ejections_total",
      "Times that an endpoint was ejected",
      names,
      each((backend, { ejections }) => [[{ backend }, ejections]]),
    );
    this.#gauge(
      "backend_tunnels_active",
      "Upgraded connections open to backends",
      names,
      each((backend, { tunnels }) => [[{ backend }, tunnels.active]]),
    );
    this.#counter(
      "backend_responses_total",
      "Responses of backends",
      [...names, "class"],
      each((backend, { responses }) => classes(responses, { backend })),
    );
    this.#counter(
      "backend_errors_total",
      "Failures of backends",
      [...names, "error"],
      each((backend, { errors }) =>
        Object.entries(errors).map(([error, count]): Sample => [{ backend, error }, count]),
      ),
    );
  }

  #counter(name: string, help: string, labelNames: readonly string[], samples: () => Sample[]): void {
    new Counter({
      name: `gatewright_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [labels, value] of samples()) this.inc(labels, value);
      },
    });
  }

  #gauge(name: string, help: string, labelNames: readonly string[], samples: () => Sample[]): void {
    new Gauge({
      name: `gatewright_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [labels, value] of samples()) this.set(labels, value);
      },
    });
  }
}

type BackendStats = GatewayStats["backends"] extends Map<string, infer T> ? T : never;

function eachGateway(stats: Stats, samples: (gateway: GatewayStats) => Sample[]): Sample[] {
  return [...stats.gateways].flatMap(([gateway, own]) =>
    samples(own).map(([labels, value]): Sample => [{ gateway, ...labels }, value]),
  );
}

function classes(responses: ResponseStats, labels: Readonly<Record<string, string>> = {}): Sample[] {
  const { informational, success, redirection, clientError, serverError } = responses;
  const counts = { "1xx": informational, "2xx": success, "3xx": redirection, "4xx": clientError, "5xx": serverError };
  return Object.entries(counts).map(([name, count]) => [{ ...labels, class: name }, count]);
}
