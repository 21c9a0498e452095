import type { Construct } from "constructs";
import {
  ApplicationDeveloper,
  ClusterOperator,
  Gateway,
  GatewayClass,
  HTTPRoute,
  type IGatewayClass,
  InfrastructureProvider,
  ReferenceGrant,
  redirect,
  secret,
} from "gatewright";

export class Infra extends InfrastructureProvider {
  readonly external = new GatewayClass(this, "external", {
    controllerName: "gateway.envoyproxy.io/gatewayclass-controller",
    description: "public load balancer",
  });
  readonly internal = new GatewayClass(this, "internal", {
    controllerName: "istio.io/gateway-controller",
  });
}

/** Certificates are kept in their own namespace. */
export class Certificates extends ClusterOperator {
  constructor(scope: Construct, id: string, props: { gateways: Gateway[] }) {
    super(scope, id, { namespace: "certs" });
    new ReferenceGrant(this, "wildcard", { from: props.gateways, to: [secret("wildcard-acme")] });
  }
}

const team = (name: string) => ({
  namespaces: { from: "Selector" as const, selector: { matchLabels: { team: name } } },
});

export class Edge extends ClusterOperator {
  readonly public: Gateway;
  readonly private: Gateway;
  constructor(scope: Construct, id: string, props: { external: IGatewayClass; internal: IGatewayClass }) {
    super(scope, id, { namespace: "edge" });
    const tls = { certificateRefs: [secret("wildcard-acme", { namespace: "certs" })] };
    this.public = new Gateway(this, "public", {
      gatewayClassName: props.external,
      listeners: [
        { name: "http", protocol: "HTTP", port: 80 },
        { name: "shop", protocol: "HTTPS", port: 443, hostname: "shop.acme.io", tls, allowedRoutes: team("shop") },
        { name: "pay", protocol: "HTTPS", port: 443, hostname: "pay.acme.io", tls, allowedRoutes: team("pay") },
        { name: "api", protocol: "HTTPS", port: 443, hostname: "*.api.acme.io", tls, allowedRoutes: team("api") },
      ],
      allowedListeners: { namespaces: { from: "Selector", selector: { matchLabels: { listeners: "yes" } } } },
    });
    this.private = new Gateway(this, "private", {
      gatewayClassName: props.internal,
      listeners: [
        {
          name: "http",
          protocol: "HTTP",
          port: 8080,
          hostname: "*.internal.acme.io",
          allowedRoutes: { namespaces: { from: "All" } },
        },
      ],
    });
    // Bob redirects all clear text with a route in his own namespace.
    const platform = new ApplicationDeveloper(this, "redirects");
    new HTTPRoute(platform, "to-https", {
      parentRefs: [this.public.listener("http")],
      rules: [{ filters: [redirect({ scheme: "https", statusCode: 301 })] }],
    });
  }
}
