import type { Construct } from "constructs";
import {
  ApplicationDeveloper,
  BackendTLSPolicy,
  configMap,
  cors,
  exactPath,
  HTTPRoute,
  header,
  type IGateway,
  ListenerSet,
  mirrorTo,
  pathPrefix,
  ReferenceGrant,
  replacePrefix,
  rewrite,
  secret,
  service,
  setHeaders,
} from "gatewright";

export class Shop extends ApplicationDeveloper {
  constructor(scope: Construct, id: string, props: { gateway: IGateway; internal: IGateway }) {
    super(scope, id, { namespace: "shop" });
    const web = service("web", 8080);
    const canary = service("web-canary", 8080);
    new HTTPRoute(this, "web", {
      parentRefs: [props.gateway.listener("shop")],
      hostnames: ["shop.acme.io"],
      rules: [
        {
          name: "testers",
          matches: [{ ...pathPrefix("/"), headers: [header("x-canary", "1")] }],
          backendRefs: [canary],
        },
        {
          name: "main",
          matches: [pathPrefix("/")],
          filters: [mirrorTo(service("web-shadow", 8080), { percent: 5 })],
          backendRefs: [
            { ...web, weight: 80 },
            { ...canary, weight: 20 },
          ],
          timeouts: { request: "8s", backendRequest: "4s" },
        },
        {
          name: "legacy",
          matches: [pathPrefix("/v1/catalog")],
          filters: [rewrite({ path: replacePrefix("/catalog") })],
          backendRefs: [service("catalog", 80)],
          timeouts: { request: "10s", backendRequest: "3s" },
          retry: { attempts: 2, codes: [502, 503], backoff: "100ms" },
        },
        {
          name: "cors",
          matches: [exactPath("/gql")],
          filters: [
            cors({
              allowOrigins: ["https://*.acme.io"],
              allowMethods: ["GET", "POST"],
              allowHeaders: ["content-type"],
              maxAge: 600,
              allowCredentials: true,
            }),
            setHeaders({ "x-team": "shop" }),
          ],
          backendRefs: [service("graphql", 4000, { namespace: "platform" })],
        },
      ],
    });
    new BackendTLSPolicy(this, "catalog-tls", {
      targetRefs: [{ group: "", kind: "Service", name: "catalog" }],
      validation: { hostname: "catalog.shop.svc", caCertificateRefs: [configMap("internal-ca")] },
    });
    const set = new ListenerSet(this, "partners", {
      parentRef: props.gateway,
      listeners: [
        {
          name: "partners",
          protocol: "HTTPS",
          port: 443,
          hostname: "partners.acme.io",
          tls: { certificateRefs: [secret("partners-tls")] },
        },
      ],
    });
    new HTTPRoute(this, "partners-route", {
      metadata: { name: "partners" },
      parentRefs: [set],
      hostnames: ["partners.acme.io"],
      rules: [{ backendRefs: [web] }],
    });
  }
}
/** The team of the graphql service owns this construct. */
export class Platform extends ApplicationDeveloper {
  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: "platform" });
    new ReferenceGrant(this, "graphql", {
      from: [{ group: "gateway.networking.k8s.io", kind: "HTTPRoute", namespace: "shop" }],
      to: [{ group: "", kind: "Service", name: "graphql" }],
    });
  }
}
