import type { Construct } from "constructs";
import { check } from "./analysis/check.ts";
import type { Declared } from "./api/declared.ts";
import type { ExtensionKind } from "./api/extension.ts";
import type { Finding } from "./api/finding.ts";
import type { Channel } from "./api/index.ts";
import { load } from "./api/load.ts";
import { type ChartProps, ManifestChart } from "./targets/cdk8s.ts";
import type { CheckObjects } from "./targets/cdk8s-findings.ts";

export interface GatewayChartProps extends ChartProps {
  /** By default `standard`: fields and kinds of the experimental channel are errors. */
  readonly channel?: Channel;
}

/**
 * A cdk8s Chart for the constructs of this package. Persona scopes nest in it, beside any other cdk8s constructs:
 *
 * ```ts
 * const app = new App();
 * new AcmeStore(new GatewayChart(app, "store"), "store", { gateway: Gateway.fromName("acme-external", { namespace: "edge" }) });
 * app.synth();
 * ```
 *
 * At `app.synth()` all objects of the app are checked, schema and handshake; errors are cdk8s validation errors, with
 * the path of the construct. Notes and advice are not shown: `gatewright check` shows them. The chart's `namespace` is
 * the default of scopes that name none; its `labels` are added to every object and count for `selectRoutes`.
 */
export class GatewayChart extends ManifestChart {
  constructor(scope: Construct, id: string, props: GatewayChartProps = {}) {
    const { channel = "standard", ...chart } = props;
    super(scope, id, chart, checks[channel]);
  }
}

/** One function for each channel, not one for each chart: charts that share it share its work. */
const checks: Readonly<Record<Channel, CheckObjects>> = {
  standard: (declared, filters) => checkObjects(declared, filters, "standard"),
  experimental: (declared, filters) => checkObjects(declared, filters, "experimental"),
};

function checkObjects(
  declared: readonly Declared[],
  kinds: readonly ExtensionKind[],
  channel: Channel,
): readonly Finding[] {
  const filters = { path: "", version: "", kinds };
  return check(load([{ name: "cdk8s", declared, findings: [], filters }], { channel }), {});
}

export {
  GatewayValidation,
  type GatewayValidationProps,
  type ValidationContext,
  type ValidationViolation,
} from "./cdk8s-validation.ts";
