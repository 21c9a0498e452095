import type { Construct } from "constructs";
import { AcmeEdge } from "./edge.ts";
import { AcmeInfrastructure } from "./infrastructure.ts";
import { AcmeStore } from "./store.ts";

/** The company Acme. Each team declares its part in a file of its own. */
export default function acme(scope: Construct) {
  const infrastructure = new AcmeInfrastructure(scope, "infrastructure");
  const edge = new AcmeEdge(scope, "edge", { gatewayClass: infrastructure.externalLb });
  const store = new AcmeStore(scope, "store", { gateway: edge.external, canary: 1 });
  return { infrastructure, edge, store };
}
