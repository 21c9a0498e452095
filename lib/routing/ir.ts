/**
 * The IR: what one Gateway's proxies enforce. Plain, serializable, versioned. Everything that routing decides is
 * decided before this form; nothing in it refers to a Kubernetes object except by name, for messages and metrics.
 * Rules and backends are tables keyed by content hash, so that a stream can send what changed.
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

/** `Opaque`: a protocol that only the controller of the class knows; our own proxies never get one. */
export type ProtocolIR = "HTTP" | "HTTPS" | "TLS" | "TCP" | "UDP" | "Opaque";

/**
 * One port. Listeners share it when their protocol is the same and their hostnames differ; HTTPS and TLS listeners may
 * share one, since the server name tells them apart. A TCP and a UDP port may have the same number.
 */
export interface PortIR {
  readonly port: number;
  readonly protocol: ProtocolIR;
  readonly listeners: readonly ListenerIR[];
}

export interface ListenerIR {
  readonly name: string;
  /** The Gateway itself, or the ListenerSet that brings this listener. */
  readonly parent: NamespacedName & { readonly kind: "Gateway" | "ListenerSet" };
  /** Absent: every host. `*.example.com`: one or more labels in front of example.com. */
  readonly hostname?: string;
  /** Absent: the port's. */
  readonly protocol?: ProtocolIR;
  /** The name of an `Opaque` protocol, such as `HBONE`. */
  readonly opaqueProtocol?: string;
  /** On HTTPS and TLS listeners. */
  readonly tls?: ListenerTlsIR;
  /**
   * Effective hostnames: the intersection of the listener's with each route's, the most specific first. Two entries
   * have the same hostname when routes came to it from different hostnames of their own; the earlier one, whose
   * `routeHostname` is more specific, is tried first (feature GatewayRouteHostnameIntersectionPrecedence).
   */
  readonly hosts: readonly HostIR[];
}

export interface ListenerTlsIR {
  readonly mode: "Terminate" | "Passthrough";
  /** Secrets that hold a certificate and its key, in the order of `certificateRefs`; only those that resolved. */
  readonly certificates: readonly NamespacedName[];
  /** Absent: no client certificate is asked for. GEP-91. */
  readonly clientValidation?: ClientValidationIR;
  /** Absent: the proxy's own. From `tls.options`. */
  readonly options?: TlsOptionsIR;
}

export interface ClientValidationIR {
  readonly mode: "AllowValidOnly" | "AllowInsecureFallback";
  /** Objects whose `ca.crt` holds trust anchors. */
  readonly caCertificates: readonly CertificateSourceIR[];
}

/** How a listener speaks TLS. What is absent is the proxy's own choice. */
export interface TlsOptionsIR {
  readonly minVersion?: TlsVersionIR;
  readonly maxVersion?: TlsVersionIR;
  /** The only ones offered, some for each version. */
  readonly cipherSuites?: readonly CipherSuiteIR[];
}

export type TlsVersionIR = "TLSv1.2" | "TLSv1.3";

/** By the names of their RFCs. All have forward secrecy and authenticated encryption (RFC 9325 section 4.2). */
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
  /** The route's own hostname that gave this one; `*` when the route names none. Absent: the same as `hostname`. */
  readonly routeHostname?: string;
  /** Oldest route first, then by namespace/name, then in the order of the route's rules. */
  readonly rules: readonly Hash[];
}

/** One rule of one route. */
export interface RuleIR {
  /** Identity that survives changes: `HTTPRoute/ns/name/rules/0`, or the rule's own name in place of the index. */
  readonly id: string;
  readonly route: NamespacedName & { readonly kind: "HTTPRoute" | "GRPCRoute"; readonly created?: string };
  readonly index: number;
  readonly name?: string;
  /** Never empty: the API's default, prefix `/`, is written out. */
  readonly matches: readonly MatchIR[];
  readonly filters: readonly FilterIR[];
  readonly backends: readonly WeightedBackendIR[];
  /** Milliseconds; 0 means no limit; absent means the proxy's default. GEP-1742. */
  readonly timeouts?: { readonly request?: number; readonly backendRequest?: number };
  /** GEP-1731. `backoff` in milliseconds. */
  readonly retry?: { readonly attempts: number; readonly backoff?: number; readonly codes: readonly number[] };
}

export interface MatchIR {
  readonly path: { readonly type: "Exact" | "PathPrefix" | "RegularExpression"; readonly value: string };
  readonly method?: string;
  /** Names in lower case, each once. */
  readonly headers: readonly ValueMatchIR[];
  /** Names are case-sensitive, each once. */
  readonly queryParams: readonly ValueMatchIR[];
}

export interface ValueMatchIR {
  readonly name: string;
  readonly type: "Exact" | "RegularExpression";
  readonly value: string;
}

export interface WeightedBackendIR {
  /** 0 takes no traffic. */
  readonly weight: number;
  /** The weight becomes known only at deployment, and `weight` is 1 in its place. Absent: it is known. */
  readonly isWeightLate?: true;
  readonly target: TargetIR;
  readonly filters: readonly FilterIR[];
}

/**
 * What a reference to a backend leads to: a backend; an object whose kind only the controller of the class knows; or why
 * its share of the traffic is answered 500 (gRPC: UNAVAILABLE). `invalid` is the standard's reason: BackendNotFound,
 * RefNotPermitted, InvalidKind, UnsupportedProtocol, …
 */
export type TargetIR =
  | { readonly backend: BackendKey }
  | OpaqueTargetIR
  | { readonly invalid: string; readonly message: string };

export interface OpaqueTargetIR {
  /** `gateway.envoyproxy.io/Backend shop/api:443`; without a port where the reference names none. */
  readonly opaque: string;
  /** Of the object as a source declares it. Absent: no source does. */
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
      /** The share of requests that is mirrored: numerator / denominator. */
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
      /** Seconds. */
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

/** A filter of a type of the API that our own proxy does not have: only the controller of the class knows what it does. */
export interface OpaqueFilterTypeIR extends OpaqueFilterIR {
  readonly type: "Opaque";
  /** The type as the route names it, such as `ExternalAuth`. */
  readonly filterType: string;
}

/**
 * What an ExtensionRef leads to: the `spec` of the object as it is declared, plain JSON, for the filter that is
 * registered for its kind; a filter of a kind that only the controller of the class knows; or why every request that
 * comes to the filter is answered 500. `invalid` is the standard's reason, InvalidKind or BackendNotFound.
 */
export type ExtensionObjectIR =
  | { readonly spec?: unknown }
  | OpaqueFilterIR
  | { readonly invalid: string; readonly message: string };

export interface OpaqueFilterIR {
  /** Hash of the filter or of the object that it names, so that a change is seen; empty if no source declares the object. */
  readonly opaque: Hash;
}

/** Applied in the order set, add, remove. Names in lower case. */
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
   * From the Service port's appProtocol: what to speak to its endpoints. For the rules of a GRPCRoute it is h2c
   * whatever stands here, since gRPC needs HTTP/2.
   */
  readonly protocol: "http1" | "h2c" | "ws";
  /** Absent: clear text. From the BackendTLSPolicy in force; a proxy that cannot do it must not send anything. */
  readonly tls?: BackendTlsIR;
  /** Absent when no source knows the endpoints (a Service that no EndpointSlice describes). */
  readonly endpoints?: readonly EndpointIR[];
}

/** GEP-1897. */
export interface BackendTlsIR {
  /** Server name to send; also the name to verify unless `subjectAltNames` has entries. */
  readonly hostname: string;
  readonly subjectAltNames: readonly { readonly type: "Hostname" | "URI"; readonly value: string }[];
  /** Trust anchors: the machine's own, or objects whose `ca.crt` holds them. */
  readonly trust: "System" | readonly CertificateSourceIR[];
  /**
   * Trust anchors that only the controller of the class can find, by name: `acme.io/Bundle store/roots`, or a set of CA
   * certificates such as `acme.io/internal`. Absent: none.
   */
  readonly opaqueTrust?: readonly string[];
  /** Secret with the Gateway's client certificate, from `Gateway.spec.tls.backend`. */
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
