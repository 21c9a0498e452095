import { Config } from "@pulumi/pulumi";
import { GatewayComponent } from "gatewright/pulumi";
import { acme } from "./acme.ts";

/** `pulumi config set acme:step 2 && pulumi up` moves the rollout a step further. */
const step = new Config("acme").requireNumber("step");
export const gateways = new GatewayComponent("acme", { define: (scope) => acme(scope, { step }) });

/** The canary's share of the store's traffic in percent. */
export const share = gateways.defined.store.route.share;
