import { Histogram, type Metric, Registry } from "prom-client";
import type { Stats } from "../../../proxy/dataplane/stats/stats.ts";
import type { MetricDefinition } from "./definition.ts";
import { backendMetrics } from "./of-backends.ts";
import { gatewayMetrics } from "./of-gateways.ts";
import { processMetrics } from "./of-process.ts";

/** Everything that is counted, in the order in which it is told. Whoever counts something new adds it to its list. */
export const metricDefinitions: readonly MetricDefinition[] = [...processMetrics, ...gatewayMetrics, ...backendMetrics];

/** What the names of all metrics begin with. */
export const metricPrefix = "gatewright_";

/** The proxy's counters in the Prometheus text format. */
export class Metrics {
  readonly #registry = new Registry();

  /** @param stats is read at each scrape. */
  constructor(stats: Stats) {
    for (const definition of metricDefinitions) this.#registry.registerMetric(metricOf(definition, stats));
  }

  async text(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}

/**
 * A metric of prom-client that is not counted there: the proxy has its own counters, which cost it an addition, and
 * hands them over when they are asked for. prom-client's own histogram is the class that has a name behind its samples.
 */
function metricOf(definition: MetricDefinition, stats: Stats): Metric<string> {
  const { type, help, labels } = definition;
  const name = `${metricPrefix}${definition.name}`;
  const metric = new Histogram({ name, help, labelNames: labels, registers: [] });
  const get: typeof metric.get = async () => ({
    ...{ name, help, aggregator: "sum", collect: () => {} },
    type: type as unknown as Awaited<ReturnType<typeof metric.get>>["type"],
    values: definition.samples(stats).map(({ labels: own, value, suffix = "" }) => ({
      labels: own,
      value,
      metricName: `${name}${suffix}`,
    })),
  });
  return Object.assign(metric, { get, getForPromString: get });
}
