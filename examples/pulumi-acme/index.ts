import * as k8s from "@pulumi/kubernetes";
import { Config } from "@pulumi/pulumi";
import { GatewayComponent } from "gatewright/pulumi";
import { acme } from "./acme.ts";
import { backend } from "./backend.ts";

const config = new Config("acme");
const canary = config.getNumber("canary") ?? 1;
const image = config.get("backendImage") ?? "registry.k8s.io/gateway-api/conformance/echo-basic:v0.1.0";

const [edge, store] = ["edge", "store"].map((name) => new k8s.core.v1.Namespace(name, { metadata: { name } })) as [
  k8s.core.v1.Namespace,
  k8s.core.v1.Namespace,
];
const backends = ["acme-store", "acme-store-canary"].flatMap((name) => backend(name, store, image));

// The cluster must have the CRDs of the Gateway API already.
const gateways = new GatewayComponent(
  "acme",
  { define: (scope) => acme(scope, { canary, proxy: { imagePullPolicy: "IfNotPresent" } }), timeoutSeconds: 180 },
  { dependsOn: [edge, store, ...backends] },
);

/** The URL of the store. Requests need the Host acme.io. */
export const url = gateways.addressOf(gateways.defined.edge.external).apply((address) => `http://${address}/store`);
