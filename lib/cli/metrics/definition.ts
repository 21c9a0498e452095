import {
  bucketsOf,
  type DurationStats,
  durationBounds,
  statusClasses,
} from "../../../proxy/dataplane/stats/durations.ts";
import type { GatewayStats, ResponseStats, Stats } from "../../../proxy/dataplane/stats/stats.ts";

/** Labels and a value. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** The suffix of the metric's name, for samples of a histogram. */
  readonly suffix?: "_bucket" | "_sum" | "_count";
}

/**
 * The definition of one metric, for the page that Prometheus scrapes and for docs/metrics.md. Label values are names of
 * the configuration or of a fixed set, never content of a request: that limits the number of series.
 */
export interface MetricDefinition {
  /** The name without the prefix `gatewright_`. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** A description of one sentence. */
  readonly help: string;
  readonly labels: readonly string[];
  /** Returns the current samples. Objects in the statistics may come from another thread and lack methods. */
  samples(stats: Stats): readonly Sample[];
}

export function one(value: number): readonly Sample[] {
  return [{ labels: {}, value }];
}

/** Returns a sample for each member, with its name as a label. */
export function members(values: Readonly<Record<string, number>>, label: string): readonly Sample[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value }));
}

/** Returns the samples of each Gateway, with its name as a label. */
export function eachGateway(
  samples: (gateway: GatewayStats) => readonly Sample[],
): (stats: Stats) => readonly Sample[] {
  return ({ gateways }) =>
    [...gateways].flatMap(([gateway, own]) => samples(own).map((sample) => labelled(sample, { gateway })));
}

export function labelled(sample: Sample, labels: Readonly<Record<string, string>>): Sample {
  return { ...sample, labels: { ...labels, ...sample.labels } };
}

export function responseClasses(responses: ResponseStats): readonly Sample[] {
  const { informational, success, redirection, clientError, serverError } = responses;
  const counts = { "1xx": informational, "2xx": success, "3xx": redirection, "4xx": clientError, "5xx": serverError };
  return members(counts, "class");
}

/** Returns buckets, sum and count of each class that occurs, in seconds. */
export function durationSamples(durations: DurationStats): readonly Sample[] {
  return statusClasses.flatMap((name, index) => {
    const labels = { class: name };
    let count = 0;
    const buckets = [...bucketsOf(durations, index)].map((own, bucket) => {
      count += own;
      const le = String(durationBounds[bucket] ?? "+Inf");
      return { suffix: "_bucket", labels: { ...labels, le }, value: count } as const;
    });
    if (count === 0) return [];
    const sum = (durations.sums[index] as number) / 1000;
    return [...buckets, { suffix: "_sum", labels, value: sum }, { suffix: "_count", labels, value: count }] as const;
  });
}
