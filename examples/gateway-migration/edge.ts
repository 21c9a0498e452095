import type { Construct } from "constructs";
import { ClusterOperator, type GatewayProps, type IGatewayClass } from "gatewright";
import { GatewayMigration, type MigrationStage } from "gatewright/patterns";

export interface AcmeEdgeProps {
  readonly from: IGatewayClass;
  readonly to: IGatewayClass;
  readonly stage: MigrationStage;
}

const listeners: GatewayProps["listeners"] = [
  { name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } },
];

/** The cluster operator's part (Bob): a new load balancer replaces the old one. */
export class AcmeEdge extends ClusterOperator {
  readonly migration: GatewayMigration;

  constructor(scope: Construct, id: string, { from, to, stage }: AcmeEdgeProps) {
    super(scope, id, { namespace: "edge" });
    this.migration = new GatewayMigration(this, "new-load-balancer", {
      from: { id: "acme-external", gatewayClassName: from, listeners },
      to: { id: "acme-external-v2", gatewayClassName: to, listeners },
      stage,
      routes: { matchLabels: { gateway: "acme-external" } },
    });
  }
}
