import type { MetricDefinition } from "../../lib/cli/metrics/definition.ts";
import { metricDefinitions, metricPrefix } from "../../lib/cli/metrics/metrics.ts";
import { durationBounds } from "../../proxy/dataplane/stats/durations.ts";

const generated = "<!-- Written by `npm run docs` from lib/cli/metrics: change those files. -->\n";

/** Returns docs/metrics.md. */
export function metricsPage(): string {
  return `${generated}
# Metrics

The admin address serves them at \`/metrics\`, in the text format of Prometheus. [What else the proxy tells](observability.md).

Labels are names of the configuration or words of a fixed set, never something from a request: the number of series is bounded by the configuration. \`gateway\` is \`namespace/name\`, \`route\` is \`Kind/namespace/name\`, \`rule\` is the route with the rule's name or place, \`backend\` is \`namespace/name:port\`, \`class\` is \`1xx\` to \`5xx\`. Counters grow for as long as the process runs and the configuration names what they count; those of a worker thread that was replaced are kept.

| metric | type | labels | |
|---|---|---|---|
${metricDefinitions.map(row).join("\n")}

Durations are counted in buckets up to ${durationBounds.join(", ")} seconds, and beyond. A class that has not occurred has no series.
`;
}

function row({ name, type, labels, help }: MetricDefinition): string {
  const named = labels.map((label) => `\`${label}\``).join(", ");
  return `| \`${metricPrefix}${name}\` | ${type} | ${named} | ${help} |`;
}
