import type { Construct } from "constructs";
import { AcmeEdge } from "../acme/edge.ts";
import { AcmeInfrastructure } from "../acme/infrastructure.ts";
import { AcmeStore } from "./store.ts";

/** The company of examples/acme. Its store is rolled out in steps. */
export function acme(scope: Construct, { step }: { readonly step: number }) {
  const infrastructure = new AcmeInfrastructure(scope, "infrastructure");
  const edge = new AcmeEdge(scope, "edge", { gatewayClass: infrastructure.externalLb });
  const store = new AcmeStore(scope, "store", { gateway: edge.external, step });
  return { infrastructure, edge, store };
}

/** The gatewright command runs this function: `CANARY_STEP=2 gatewright synth examples/canary/acme.ts`. */
export default (scope: Construct) => acme(scope, { step: Number(process.env.CANARY_STEP ?? 1) });
