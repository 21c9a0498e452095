import * as pulumi from "@pulumi/pulumi";
import type { Construct } from "constructs";
import { ApplicationDeveloper, ClusterOperator, Gateway, HTTPRoute } from "gatewright";
export default function app(scope: Construct) {
  const op = new ClusterOperator(scope, "edge", { namespace: "edge" });
  const gw = new Gateway(op, "gw", {
    gatewayClassName: "lab",
    listeners: [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } }],
  });
  const a = new ApplicationDeveloper(scope, "a", { namespace: pulumi.output("ns-a") });
  const b = new ApplicationDeveloper(scope, "b", { namespace: pulumi.output("ns-b") });
  new HTTPRoute(a, "web", {
    parentRefs: [gw],
    hostnames: ["a.lab.test"],
    rules: [{ backendRefs: [{ name: "web", port: 80 }] }],
  });
  new HTTPRoute(b, "web", {
    parentRefs: [gw],
    hostnames: ["b.lab.test"],
    rules: [{ backendRefs: [{ name: "web", namespace: pulumi.output("ns-a"), port: 80 }] }],
  });
}
