import type { Construct } from "constructs";
import { GatewrightProxy, type GatewrightProxyProps, InfrastructureProvider } from "gatewright";
import { AcmeEdge } from "../acme/edge.ts";
import { AcmeStore } from "../acme/store.ts";

/** The settings that differ between Acme's environments. */
export interface AcmeProps {
  /** The canary's share of the store's traffic in tenths. */
  readonly canary: number;
  /** The settings of Gatewright's own controller and proxy. */
  readonly proxy?: GatewrightProxyProps;
}

/** The company of examples/acme, with Gatewright's own proxy in place of an existing load balancer. */
export function acme(scope: Construct, { canary, proxy }: AcmeProps) {
  const infrastructure = new InfrastructureProvider(scope, "infrastructure");
  const { gatewayClass } = new GatewrightProxy(infrastructure, "gatewright", proxy);
  const edge = new AcmeEdge(scope, "edge", { gatewayClass });
  const store = new AcmeStore(scope, "store", { gateway: edge.external, canary });
  return { infrastructure, edge, store };
}
