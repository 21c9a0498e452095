import { WebService } from "@acme/web-service";
import type { Construct } from "constructs";
import { Gateway } from "gatewright";

/** The orders team's declaration of its traffic. Everything else comes from the platform team's package. */
export default function orders(scope: Construct): WebService {
  const gateway = Gateway.fromName("acme-external", { namespace: "edge" });
  return new WebService(scope, "orders", { namespace: "shop", gateway, rollout: 2 });
}
