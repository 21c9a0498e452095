import type { Construct } from "constructs";
import { GatewayClass, InfrastructureProvider } from "gatewright";
import type { MigrationStage } from "gatewright/patterns";
import { AcmeEdge } from "./edge.ts";
import { AcmeStore } from "./store.ts";

/** The infrastructure provider's part (Alice): the old class and its successor. */
class AcmeInfrastructure extends InfrastructureProvider {
  readonly externalLb = new GatewayClass(this, "external-lb", { controllerName: "acme.io/gateway-controller" });
  readonly externalLbV2 = new GatewayClass(this, "external-lb-v2", { controllerName: "acme.io/gateway-controller" });
}

/** The company during a migration. Only the stage changes from one deployment to the next. */
export function acme(scope: Construct, { stage }: { readonly stage: MigrationStage }) {
  const { externalLb: from, externalLbV2: to } = new AcmeInfrastructure(scope, "infrastructure");
  const edge = new AcmeEdge(scope, "edge", { from, to, stage });
  const store = new AcmeStore(scope, "store");
  return { edge, store };
}

/** The gatewright command runs this function: `STAGE=to gatewright synth examples/gateway-migration/acme.ts`. */
export default (scope: Construct) => acme(scope, { stage: (process.env.STAGE ?? "both") as MigrationStage });
