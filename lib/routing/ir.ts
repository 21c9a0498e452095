/**
 * The IR: the configuration that the proxies of one Gateway enforce. It is plain, serializable and versioned. All
 * routing decisions that do not depend on a request are made before this form. It refers to Kubernetes objects by name
 * only, for messages and metrics. Rules and backends are tables keyed by content hash, so that a stream can send only
 * the changes.
 */
export interface GatewayIR {
  readonly version: 1;
  readonly gateway: NamespacedName;
  /** One entry for each port the Gateway opens, in ascending order. */
  readonly ports: readonly PortIR[];
  readonly rules: Readonly<Record<Hash, RuleIR>>;
  readonly backends: Readonly<Record<BackendKey, BackendIR>>;
}

export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

/** First 16 hex digits of the SHA-256 of the canonical JSON of the entry. */
export type Hash = string;

/** `namespace/name:port` for a Service, `ServiceImport:namespace/name:port` for a ServiceImport. */
export type BackendKey = string;

/** `Opaque` is a protocol that only the controller of the class knows. Our own proxies never receive one. */
export type ProtocolIR = "HTTP" | "HTTPS" | "TLS" | "TCP" | "UDP" | "Opaque";

/**
 * One port. Listeners share a port if they have the same protocol and different hostnames. HTTPS and TLS listeners may
 * share one, because the TLS server name distinguishes them. A TCP and a UDP port may have the same number.
 */
export interface PortIR {
  readonly port: number;
  readonly protocol: ProtocolIR;
  readonly listeners: readonly ListenerIR[];
}

export interface ListenerIR {
  readonly name: string;
  /** The Gateway itself, or the ListenerSet that declares the listener. */
  readonly parent: NamespacedName & { readonly kind: "Gateway" | "ListenerSet" };
  /** Absent: every host. `*.example.com` means one or more labels in front of example.com. */
  readonly hostname?: string;
  /** Absent: the protocol of the port. */
  readonly protocol?: ProtocolIR;
  /** The name of an `Opaque` protocol, such as `HBONE`. */
  readonly opaqueProtocol?: string;
  /** Set on HTTPS and TLS listeners only. */
  readonly tls?: ListenerTlsIR;
  /**
   * Effective hostnames: the intersections of the listener's hostname with those of each route, the most specific
   * first. Two entries have the same hostname if routes reach it from different hostnames of their own. The entry with
   * the more specific `routeHostname` is first and is tried first (feature GatewayRouteHostnameIntersectionPrecedence).
   */
  readonly hosts: readonly HostIR[];
}

export interface ListenerTlsIR {
  readonly mode: "Terminate" | "Passthrough";
  /** Secrets that hold a certificate and its key, in the order of `certificateRefs`. Only references that resolved. */
  readonly certificates: readonly NamespacedName[];
  /** Absent: the listener requests no client certificate. GEP-91. */
  readonly clientValidation?: ClientValidationIR;
  /** The listener's `tls.options`. Absent: the proxy's defaults. */
  readonly options?: TlsOptionsIR;
}

export interface ClientValidationIR {
  readonly mode: "AllowValidOnly" | "AllowInsecureFallback";
  /** Objects whose `ca.crt` holds the trust anchors. */
  readonly caCertificates: readonly CertificateSourceIR[];
}

/** TLS settings of a listener. Absent settings are the proxy's defaults. */
export interface TlsOptionsIR {
  readonly minVersion?: TlsVersionIR;
  readonly maxVersion?: TlsVersionIR;
  /** The only cipher suites that are offered, at least one for each allowed TLS version. */
  readonly cipherSuites?: readonly CipherSuiteIR[];
}

export type TlsVersionIR = "TLSv1.2" | "TLSv1.3";

/** Cipher suites by their IANA names. All have forward secrecy and authenticated encryption (RFC 9325 section 4.2). */
export type CipherSuiteIR =
  | "TLS_AES_128_GCM_SHA256"
  | "TLS_AES_256_GCM_SHA384"
  | "TLS_CHACHA20_POLY1305_SHA256"
  | "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
  | "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
  | "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"
  | "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
  | "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"
  | "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256";

export interface CertificateSourceIR extends NamespacedName {
  readonly kind: "ConfigMap" | "Secret";
}

export interface HostIR {
  /** An exact name, `*.suffix`, or `*` for every host. Lower case, no trailing dot. */
  readonly hostname: string;
  /** The hostname in the route's spec that yields this one; `*` if the route names none. Absent: as `hostname`. */
  readonly routeHostname?: string;
  /** Rules of the oldest route first, then by namespace/name of the route, then in the order of its rules. */
  readonly rules: readonly Hash[];
}

/** One rule of one route. */
export interface RuleIR {
  /** A stable identity: `HTTPRoute/ns/name/rules/0`, or the rule's own name in place of the index. */
  readonly id: string;
  readonly route: NamespacedName & { readonly kind: "HTTPRoute" | "GRPCRoute"; readonly created?: string };
  readonly index: number;
  readonly name?: string;
  /** Never empty: the API's default, the prefix `/`, is written out. */
  readonly matches: readonly MatchIR[];
  readonly filters: readonly FilterIR[];
  readonly backends: readonly WeightedBackendIR[];
  /** Milliseconds; 0 means no limit; absent means the proxy's default. GEP-1742. */
  readonly timeouts?: { readonly request?: number; readonly backendRequest?: number };
  /** GEP-1731. `backoff` is in milliseconds. */
  readonly retry?: { readonly attempts: number; readonly backoff?: number; readonly codes: readonly number[] };
}

export interface MatchIR {
  readonly path: { readonly type: "Exact" | "PathPrefix" | "RegularExpression"; readonly value: string };
  readonly method?: string;
  /** Names are in lower case, and each occurs once. */
  readonly headers: readonly ValueMatchIR[];
  /** Names are case-sensitive, and each occurs once. */
  readonly queryParams: readonly ValueMatchIR[];
}

export interface ValueMatchIR {
  readonly name: string;
  readonly type: "Exact" | "RegularExpression";
  readonly value: string;
}

export interface WeightedBackendIR {
  /** A backend with weight 0 receives no requests. */
  readonly weight: number;
  /** True if the weight is known only at deployment; `weight` is then 1. Absent: the weight is known. */
  readonly isWeightLate?: true;
  readonly target: TargetIR;
  readonly filters: readonly FilterIR[];
}

/**
 * The target of a backend reference: a backend, an object whose kind only the controller of the class knows, or the
 * reason why its share of the traffic is answered with 500 (gRPC: UNAVAILABLE). `invalid` is the API's reason:
 * BackendNotFound, RefNotPermitted, InvalidKind, UnsupportedProtocol, …
 */
export type TargetIR =
  | { readonly backend: BackendKey }
  | OpaqueTargetIR
  | { readonly invalid: string; readonly message: string };

export interface OpaqueTargetIR {
  /** Such as `gateway.envoyproxy.io/Backend shop/api:443`. Without a port if the reference names none. */
  readonly opaque: string;
  /** Content hash of the object. Absent: no source declares the object. */
  readonly object?: Hash;
}

export type FilterIR =
  | ({ readonly type: "RequestHeaderModifier" } & HeaderModifierIR)
  | ({ readonly type: "ResponseHeaderModifier" } & HeaderModifierIR)
  | {
      readonly type: "RequestRedirect";
      readonly scheme?: "http" | "https";
      readonly hostname?: string;
      readonly port?: number;
      readonly path?: PathModifierIR;
      readonly statusCode: 301 | 302 | 303 | 307 | 308;
    }
  | { readonly type: "URLRewrite"; readonly hostname?: string; readonly path?: PathModifierIR }
  | {
      readonly type: "RequestMirror";
      readonly target: TargetIR;
      /** The fraction of requests to mirror: numerator / denominator. */
      readonly numerator: number;
      readonly denominator: number;
    }
  | {
      readonly type: "CORS";
      readonly allowOrigins: readonly string[];
      readonly allowMethods: readonly string[];
      readonly allowHeaders: readonly string[];
      readonly exposeHeaders: readonly string[];
      readonly allowCredentials: boolean;
      /** Unit: seconds. */
      readonly maxAge: number;
    }
  | {
      readonly type: "ExtensionRef";
      readonly group: string;
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
      readonly object: ExtensionObjectIR;
    }
  | OpaqueFilterTypeIR;

/** A filter of a type that our own proxy does not have. Only the controller of the class knows its effect. */
export interface OpaqueFilterTypeIR extends OpaqueFilterIR {
  readonly type: "Opaque";
  /** The type as the route names it, such as `ExternalAuth`. */
  readonly filterType: string;
}

/**
 * The target of an ExtensionRef: the declared object's `spec` as plain JSON, for the filter that is registered for its
 * kind; a filter of a kind that only the controller of the class knows; or the reason why every request that reaches
 * the filter is answered with 500. `invalid` is the API's reason, InvalidKind or BackendNotFound.
 */
export type ExtensionObjectIR =
  | { readonly spec?: unknown }
  | OpaqueFilterIR
  | { readonly invalid: string; readonly message: string };

export interface OpaqueFilterIR {
  /** Hash of the filter or of the object that it names, to detect changes. Empty if no source declares the object. */
  readonly opaque: Hash;
}

/** Header changes, applied in the order set, add, remove. Names are in lower case. */
export interface HeaderModifierIR {
  readonly set: readonly HeaderIR[];
  readonly add: readonly HeaderIR[];
  readonly remove: readonly string[];
}

export interface HeaderIR {
  readonly name: string;
  readonly value: string;
}

export type PathModifierIR =
  | { readonly type: "ReplaceFullPath"; readonly value: string }
  | { readonly type: "ReplacePrefixMatch"; readonly value: string };

export interface BackendIR {
  readonly kind: "Service" | "ServiceImport";
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  /**
   * The protocol to use towards the endpoints, from the Service port's appProtocol. Rules of a GRPCRoute always use
   * h2c, because gRPC needs HTTP/2.
   */
  readonly protocol: "http1" | "h2c" | "ws";
  /** TLS from the BackendTLSPolicy in force. Absent: clear text. A proxy without TLS support must not send anything. */
  readonly tls?: BackendTlsIR;
  /** Absent if no EndpointSlice describes the Service, so that its endpoints are unknown. */
  readonly endpoints?: readonly EndpointIR[];
}

/** TLS settings for a backend. GEP-1897. */
export interface BackendTlsIR {
  /** The server name to send. It is also the name to verify, unless `subjectAltNames` has entries. */
  readonly hostname: string;
  readonly subjectAltNames: readonly { readonly type: "Hostname" | "URI"; readonly value: string }[];
  /** Trust anchors: the system's CA certificates, or objects whose `ca.crt` holds them. */
  readonly trust: "System" | readonly CertificateSourceIR[];
  /**
   * Names of trust anchors that only the controller of the class can resolve: `acme.io/Bundle store/roots`, or a
   * well-known set of CA certificates such as `acme.io/internal`. Absent: none.
   */
  readonly opaqueTrust?: readonly string[];
  /** The Secret with the Gateway's client certificate, from `Gateway.spec.tls.backend`. Absent: none is sent. */
  readonly clientCertificate?: NamespacedName;
}

export interface EndpointIR {
  /** IPv4 or IPv6 address without brackets, or a host name. */
  readonly address: string;
  readonly port: number;
  readonly ready: boolean;
  readonly serving: boolean;
  readonly terminating: boolean;
}
