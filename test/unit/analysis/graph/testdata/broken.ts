import type { Construct } from "constructs";
import { ApplicationDeveloper, ClusterOperator, Gateway, HTTPRoute, service } from "gatewright";

/** Three teams have not agreed yet, so that `gatewright graph` shows their conflicts. */
export default function broken(scope: Construct): void {
  const edge = new ClusterOperator(scope, "edge", { namespace: "edge" });
  const gateway = new Gateway(edge, "acme-external", {
    gatewayClassName: "external-lb",
    listeners: [
      {
        name: "http",
        protocol: "HTTP",
        port: 80,
        hostname: "*.acme.io",
        allowedRoutes: { namespaces: { from: "All" } },
      },
      { name: "internal", protocol: "HTTP", port: 8081 },
    ],
  });
  const store = new ApplicationDeveloper(scope, "store", { namespace: "store" });
  new HTTPRoute(store, "acme-store", {
    parentRefs: [gateway],
    hostnames: ["www.acme.io"],
    rules: [{ backendRefs: [service("acme-store", 8080), service("basket", 8080, { namespace: "checkout" })] }],
  });
  new HTTPRoute(store, "admin", {
    parentRefs: [gateway.listener("internal")],
    rules: [{ backendRefs: [service("admin", 8080)] }],
  });
  const checkout = new ApplicationDeveloper(scope, "checkout", { namespace: "checkout" });
  new HTTPRoute(checkout, "checkout", {
    parentRefs: [gateway.listener("http"), Gateway.fromName("acme-partners", { namespace: "partners" })],
    hostnames: ["checkout.acme.dev"],
    rules: [{ backendRefs: [service("basket", 8080)] }],
  });
}
