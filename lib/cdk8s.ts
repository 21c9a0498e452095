import type { Construct } from "constructs";
import type { Channel } from "./api/index.ts";
import type { IgnoreRule } from "./api/load/ignoring.ts";
import { type ChartProps, ManifestChart } from "./engines/cdk8s/host.ts";
import { engineChecks } from "./engines/check-declarations.ts";

export interface GatewayChartProps extends ChartProps {
  /** Default: `standard`, so fields and kinds of the experimental channel are errors. */
  readonly channel?: Channel;
  /** Findings about objects of this chart to ignore. Default: none. */
  readonly ignore?: readonly IgnoreRule[];
}

/**
 * A cdk8s Chart for the constructs of this package. It may contain persona scopes and any other cdk8s constructs:
 *
 * ```ts
 * const app = new App();
 * const gateway = Gateway.fromName("acme-external", { namespace: "edge" });
 * new AcmeStore(new GatewayChart(app, "store"), "store", { gateway });
 * app.synth();
 * ```
 *
 * `app.synth()` checks all objects of the app, schema and handshake. Errors are cdk8s validation errors with the path
 * of the construct. Notes and advice are not shown; `gatewright check` shows them. The chart's `namespace` is the
 * default for scopes that name none. Its `labels` are added to every object and count for `selectRoutes`.
 */
export class GatewayChart extends ManifestChart {
  constructor(scope: Construct, id: string, props: GatewayChartProps = {}) {
    const { channel = "standard", ignore, ...chart } = props;
    super(scope, id, chart, engineChecks[channel], ignore);
  }
}

export {
  GatewayValidation,
  type GatewayValidationProps,
  type ValidationContext,
  type ValidationViolation,
} from "./engines/cdk8s/validation.ts";
