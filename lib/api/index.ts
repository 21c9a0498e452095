/** The Gateway API: kinds, their authoring types, and what a validated object looks like. */
export type {
  BackendTLSPolicy,
  BackendTLSPolicySpec,
  BackendTLSPolicyValidation,
  LocalPolicyTargetReferenceWithSectionName,
  SubjectAltName,
} from "./backend-tls-policy.ts";
export type { ConfigMap } from "./core/config-map.ts";
export type { EndpointSlice } from "./core/endpoint-slice.ts";
export type { Namespace } from "./core/namespace.ts";
export type { Secret } from "./core/secret.ts";
export type { Service } from "./core/service.ts";
export type { ServiceExport } from "./core/service-export.ts";
export type { ServiceImport } from "./core/service-import.ts";
export type { HTTPCORSFilter } from "./cors.ts";
export type { HTTPExternalAuthFilter } from "./external-auth.ts";
export type {
  AllowedListeners,
  FrontendTLSConfig,
  FrontendTLSValidation,
  Gateway,
  GatewayInfrastructure,
  GatewaySpec,
  GatewaySpecAddress,
  GatewayTLSConfig,
  ListenerNamespaces,
  ObjectReference,
  TLSConfig,
  TLSPortConfig,
} from "./gateway.ts";
export type { GatewayClass, GatewayClassSpec, ParametersReference } from "./gateway-class.ts";
export type {
  GatewayParameters,
  GatewayParametersSpec,
  ProxyAccessLog,
  ProxyLimit,
  ProxyResources,
  ProxyService,
} from "./gateway-parameters.ts";
export type {
  GRPCBackendRef,
  GRPCHeaderMatch,
  GRPCMethodMatch,
  GRPCRoute,
  GRPCRouteMatch,
  GRPCRouteRule,
  GRPCRouteSpec,
} from "./grpc-route.ts";
export type {
  Fraction,
  HTTPHeader,
  HTTPHeaderFilter,
  HTTPPathModifier,
  HTTPRequestMirrorFilter,
  HTTPRequestRedirectFilter,
  HTTPURLRewriteFilter,
} from "./http-filters.ts";
export type {
  HTTPBackendRef,
  HTTPRoute,
  HTTPRouteRetry,
  HTTPRouteRule,
  HTTPRouteSpec,
  HTTPRouteTimeouts,
} from "./http-route.ts";
export type {
  HTTPHeaderMatch,
  HTTPMethod,
  HTTPPathMatch,
  HTTPQueryParamMatch,
  HTTPRouteMatch,
} from "./http-route-match.ts";
export { type ApiObject, apiVersionOf, type KindDefinition, kindDefinition, kinds, unroutedKinds } from "./kinds.ts";
export { isLate, type Late, type LateValue } from "./late.ts";
export type {
  AllowedRoutes,
  LabelSelector,
  LabelSelectorRequirement,
  Listener,
  ListenerFilters,
  ListenerRequestFilter,
  ListenerTLSConfig,
  RouteGroupKind,
  RouteNamespaces,
  SecretObjectReference,
} from "./listener.ts";
export type { ListenerSet, ListenerSetSpec, ParentGatewayReference } from "./listener-set.ts";
export type { ReferenceGrant, ReferenceGrantFrom, ReferenceGrantSpec, ReferenceGrantTo } from "./reference-grant.ts";
export type { BackendObjectReference, BackendRef, LocalObjectReference, ParentReference } from "./references.ts";
export type { CommonRouteSpec, SessionPersistence } from "./route.ts";
export type { GRPCRouteFilter, HTTPRouteFilter } from "./route-filter.ts";
export type { Channel } from "./schema/schema.ts";
export type { TCPRoute, TCPRouteRule, TCPRouteSpec } from "./tcp-route.ts";
export type { TLSRoute, TLSRouteRule, TLSRouteSpec } from "./tls-route.ts";
export type { UDPRoute, UDPRouteRule, UDPRouteSpec } from "./udp-route.ts";
export { type Validation, validate } from "./validate.ts";
