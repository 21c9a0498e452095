/** Manifests from the documentation of other controllers, and a question about each. */
export interface VendorCase {
  readonly vendor: string;
  readonly controllerName: string;
  /** Objects in addition to the GatewayClass `vendor`. The Gateway is `edge/g`. */
  readonly yaml: string;
  /** A request, and the backend that receives it. Absent: the case has no HTTP. */
  readonly url?: string;
  readonly backends?: Readonly<Record<string, number>>;
  /** The opaque filters that the request passes. */
  readonly opaque?: readonly string[];
}

const http = "listeners: [{ name: http, protocol: HTTP, port: 80, allowedRoutes: { namespaces: { from: All } } }]";

function gateway(spec: string, more = ""): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g, namespace: edge }
spec: { gatewayClassName: vendor, ${spec} }
---
${more}`;
}

function route(rule: string): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r, namespace: edge }
spec: { parentRefs: [{ name: g }], rules: [${rule}] }
---
`;
}

const extension = (group: string, kind: string, name: string) =>
  `filters: [{ type: ExtensionRef, extensionRef: { group: ${group}, kind: ${kind}, name: ${name} } }]`;
const web = "backendRefs: [{ name: web, port: 80 }]";
const url = "http://a.io/";

export const vendorCases: readonly VendorCase[] = [
  {
    vendor: "Envoy Gateway",
    controllerName: "gateway.envoyproxy.io/gatewayclass-controller",
    yaml: gateway(
      `infrastructure: { parametersRef: { group: gateway.envoyproxy.io, kind: EnvoyProxy, name: custom } }, ${http}`,
      route(
        `{ ${extension("gateway.envoyproxy.io", "HTTPRouteFilter", "auth")}, backendRefs: [{ group: gateway.envoyproxy.io, kind: Backend, name: ext, weight: 3 }, { group: inference.networking.k8s.io, kind: InferencePool, name: pool, weight: 1 }] }`,
      ),
    ),
    url,
    backends: {
      "gateway.envoyproxy.io/Backend edge/ext": 0.75,
      "inference.networking.k8s.io/InferencePool edge/pool": 0.25,
    },
    opaque: ["gateway.envoyproxy.io/HTTPRouteFilter edge/auth"],
  },
  {
    vendor: "Envoy Gateway, a direct response",
    controllerName: "gateway.envoyproxy.io/gatewayclass-controller",
    yaml: gateway(http, route(`{ ${extension("gateway.envoyproxy.io", "HTTPRouteFilter", "direct")} }`)),
    url,
    backends: {},
    opaque: ["gateway.envoyproxy.io/HTTPRouteFilter edge/direct"],
  },
  {
    vendor: "GKE",
    controllerName: "networking.gke.io/gateway",
    yaml: gateway(
      "addresses: [{ type: NamedAddress, value: my-ip }], listeners: [{ name: http, protocol: HTTP, port: 80 }, { name: https, protocol: HTTPS, port: 443, tls: { mode: Terminate, options: { networking.gke.io/pre-shared-certs: store } } }]",
      route("{ backendRefs: [{ group: net.gke.io, kind: ServiceImport, name: s, port: 80 }] }"),
    ),
    url,
    backends: { "net.gke.io/ServiceImport edge/s:80": 1 },
  },
  {
    vendor: "Istio",
    controllerName: "istio.io/gateway-controller",
    yaml: gateway(
      `addresses: [{ type: Hostname, value: ingress.istio-gateways.svc.cluster.local }], listeners: [{ name: http, protocol: HTTP, port: 80 }, { name: mtls, protocol: HTTPS, port: 443, hostname: a.io, tls: { mode: Terminate, options: { gateway.istio.io/tls-terminate-mode: MUTUAL }, certificateRefs: [{ name: own }] } }]`,
      `${route("{ backendRefs: [{ group: networking.istio.io, kind: Hostname, name: httpbin.org, port: 80 }] }")}apiVersion: v1
kind: Secret
metadata: { name: own, namespace: edge }
type: Opaque
stringData: { key: k, cert: c, cacert: ca }
`,
    ),
    url,
    backends: { "networking.istio.io/Hostname edge/httpbin.org:80": 1 },
  },
  {
    vendor: "Istio, a waypoint",
    controllerName: "istio.io/mesh-controller",
    yaml: gateway(
      "listeners: [{ name: mesh, port: 15008, protocol: HBONE, allowedRoutes: { namespaces: { from: All } } }]",
    ),
  },
  {
    vendor: "Istio, between networks",
    controllerName: "istio.io/eastwest-controller",
    yaml: gateway(
      "listeners: [{ name: cross-network, port: 15008, protocol: HBONE, tls: { mode: Passthrough } }, { name: xds-tls, port: 15012, protocol: TLS, tls: { mode: Passthrough } }]",
    ),
  },
  {
    vendor: "Cilium",
    controllerName: "io.cilium/gateway-controller",
    yaml: gateway(
      http,
      `${route(`{ ${web} }`)}apiVersion: v1
kind: Service
metadata: { name: web, namespace: edge }
spec: { ports: [{ port: 80, appProtocol: https }] }
`,
    ),
    url,
    backends: { "edge/web:80": 1 },
  },
  {
    vendor: "NGINX Gateway Fabric",
    controllerName: "gateway.nginx.org/nginx-gateway-controller",
    yaml: gateway(
      `infrastructure: { parametersRef: { group: gateway.nginx.org, kind: NginxProxy, name: proxy } }, ${http}`,
      route(`{ ${extension("gateway.nginx.org", "SnippetsFilter", "limit")}, ${web} }`),
    ),
    url,
    backends: { "edge/web:80": 1 },
    opaque: ["gateway.nginx.org/SnippetsFilter edge/limit"],
  },
  {
    vendor: "Traefik",
    controllerName: "traefik.io/gateway-controller",
    yaml: gateway(
      http,
      route(
        `{ ${extension("traefik.io", "Middleware", "strip")}, backendRefs: [{ group: traefik.io, kind: TraefikService, name: api@internal }] }`,
      ),
    ),
    url,
    backends: { "traefik.io/TraefikService edge/api@internal": 1 },
    opaque: ["traefik.io/Middleware edge/strip"],
  },
  {
    vendor: "Kong",
    controllerName: "konghq.com/kic-gateway-controller",
    yaml: gateway(http, route(`{ ${extension("configuration.konghq.com", "KongPlugin", "limit")}, ${web} }`)),
    url,
    backends: { "edge/web:80": 1 },
    opaque: ["configuration.konghq.com/KongPlugin edge/limit"],
  },
  {
    vendor: "agentgateway",
    controllerName: "agentgateway.dev/agentgateway",
    yaml: gateway(
      http,
      route("{ backendRefs: [{ group: agentgateway.dev, kind: AgentgatewayBackend, name: openai }] }"),
    ),
    url,
    backends: { "agentgateway.dev/AgentgatewayBackend edge/openai": 1 },
  },
  {
    vendor: "a controller with protocols and kinds of its own",
    controllerName: "acme.io/controller",
    yaml: gateway(
      "listeners: [{ name: own, protocol: acme.io/Quick, port: 80 }, { name: odd, protocol: HTTP, port: 81, allowedRoutes: { kinds: [{ group: acme.io, kind: MyRoute }] } }, { name: certified, protocol: HTTPS, port: 443, tls: { certificateRefs: [{ group: acme.io, kind: Certificate, name: c }] } }]",
      `${route(`{ matches: [{ path: { type: RegularExpression, value: "/a(?!b)" } }, { path: { value: / } }], ${web} }`)}apiVersion: gateway.networking.k8s.io/v1
kind: BackendTLSPolicy
metadata: { name: p, namespace: edge }
spec:
  targetRefs: [{ group: acme.io, kind: Bucket, name: b }]
  validation: { hostname: b.io, caCertificateRefs: [{ group: acme.io, kind: Bundle, name: roots }] }
`,
    ),
    url,
    backends: { "edge/web:80": 1 },
  },
];

/** Returns the GatewayClass of a case and its objects. */
export function manifestsOf({ controllerName, yaml }: VendorCase): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: vendor }
spec: { controllerName: ${controllerName} }
---
${yaml}`;
}
