import * as k8s from "@pulumi/kubernetes";
import { ApplicationDeveloper, Gateway, HTTPRoute, service } from "gatewright";
import { GatewayComponent } from "gatewright/pulumi";

const namespace = new k8s.core.v1.Namespace("store");
const backend = new k8s.core.v1.Service("store", { metadata: { namespace: namespace.metadata.name } });

export const gateways = new GatewayComponent("store", {
    define: scope => {
        const carol = new ApplicationDeveloper(scope, "carol", { namespace: namespace.metadata.name });
        return new HTTPRoute(carol, "store", {
            parentRefs: [Gateway.fromName("acme-external", { namespace: "edge" })],
            rules: [{ backendRefs: [service(backend.metadata.name, backend.spec.ports[0].port)] }],
        });
    },
});
