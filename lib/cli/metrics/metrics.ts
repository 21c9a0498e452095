import { Histogram, type Metric, Registry } from "prom-client";
import type { Stats } from "../../../proxy/dataplane/stats/stats.ts";
import type { MetricDefinition } from "./definition.ts";
import { backendMetrics } from "./of-backends.ts";
import { gatewayMetrics } from "./of-gateways.ts";
import { processMetrics } from "./of-process.ts";

/** All metrics, in the order of their output. A new metric has to be added to one of these lists. */
export const metricDefinitions: readonly MetricDefinition[] = [...processMetrics, ...gatewayMetrics, ...backendMetrics];

/** The prefix of the names of all metrics. */
export const metricPrefix = "gatewright_";

/** The proxy's counters in the Prometheus text format. */
export class Metrics {
  readonly #registry = new Registry();

  /** @param stats read at each scrape. */
  constructor(stats: Stats) {
    for (const definition of metricDefinitions) this.#registry.registerMetric(metricOf(definition, stats));
  }

  async text(): Promise<{ readonly contentType: string; readonly text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }
}

/**
 * Makes a metric of prom-client that reads the proxy's own counters at each scrape; to count costs the proxy only an
 * addition. It is a Histogram because only that class allows a suffix in the names of samples.
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
