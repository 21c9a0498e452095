import type { Construct } from "constructs";
import { GatewrightProxy, type GatewrightProxyProps, InfrastructureProvider } from "gatewright";
import { AcmeEdge } from "../acme/edge.ts";
import { AcmeStore } from "../acme/store.ts";

/** What an environment of Acme differs in. */
export interface AcmeProps {
  /** Tenths of the store's traffic that its canary takes. */
  readonly canary: number;
  /** How Gatewright's own controller and proxy are installed. */
  readonly proxy?: GatewrightProxyProps;
}

/** The company of examples/acme, with Gatewright's own proxy in place of a load balancer that is there already. */
export function acme(scope: Construct, { canary, proxy }: AcmeProps) {
  const infrastructure = new InfrastructureProvider(scope, "infrastructure");
  const { gatewayClass } = new GatewrightProxy(infrastructure, "gatewright", proxy);
  const edge = new AcmeEdge(scope, "edge", { gatewayClass });
  const store = new AcmeStore(scope, "store", { gateway: edge.external, canary });
  return { infrastructure, edge, store };
}
