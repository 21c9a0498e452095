import type { Construct } from "constructs";
import { ClusterOperator, Gateway, type IGatewayClass } from "gatewright";

/** The cluster operator's part (Bob): where traffic enters. */
export class AcmeEdge extends ClusterOperator {
  readonly external: Gateway;

  constructor(scope: Construct, id: string, props: { gatewayClass: IGatewayClass }) {
    super(scope, id, { namespace: "edge" });
    this.external = new Gateway(this, "acme-external", {
      gatewayClassName: props.gatewayClass,
      listeners: [
        {
          name: "http",
          protocol: "HTTP",
          port: 80,
          allowedRoutes: { namespaces: { from: "All" } },
        },
      ],
    });
  }
}
