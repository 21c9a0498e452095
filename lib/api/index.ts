/** This module exports the kinds of the Gateway API, their authoring types, and the types of validated objects. */

export { isLate, type Late, type LateValue } from "./declared/late.ts";
export type {
  BackendTLSPolicy,
  BackendTLSPolicySpec,
  BackendTLSPolicyValidation,
  LocalPolicyTargetReferenceWithSectionName,
  SubjectAltName,
} from "./kinds/backend-tls-policy.ts";
export type { ConfigMap } from "./kinds/core/config-map.ts";
export type { EndpointSlice } from "./kinds/core/endpoint-slice.ts";
export type { Namespace } from "./kinds/core/namespace.ts";
export type { Secret } from "./kinds/core/secret.ts";
export type { Service } from "./kinds/core/service.ts";
export type { ServiceExport } from "./kinds/core/service-export.ts";
export type { ServiceImport } from "./kinds/core/service-import.ts";
export type { HTTPCORSFilter } from "./kinds/cors.ts";
export type { HTTPExternalAuthFilter } from "./kinds/external-auth.ts";
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
} from "./kinds/gateway.ts";
export type { GatewayClass, GatewayClassSpec, ParametersReference } from "./kinds/gateway-class.ts";
export type {
  GatewayParameters,
  GatewayParametersSpec,
  ProxyAccessLog,
  ProxyLimit,
  ProxyResources,
  ProxyService,
} from "./kinds/gateway-parameters.ts";
export type {
  GRPCBackendRef,
  GRPCHeaderMatch,
  GRPCMethodMatch,
  GRPCRoute,
  GRPCRouteMatch,
  GRPCRouteRule,
  GRPCRouteSpec,
} from "./kinds/grpc-route.ts";
export type {
  Fraction,
  HTTPHeader,
  HTTPHeaderFilter,
  HTTPPathModifier,
  HTTPRequestMirrorFilter,
  HTTPRequestRedirectFilter,
  HTTPURLRewriteFilter,
} from "./kinds/http-filters.ts";
export type {
  HTTPBackendRef,
  HTTPRoute,
  HTTPRouteRetry,
  HTTPRouteRule,
  HTTPRouteSpec,
  HTTPRouteTimeouts,
} from "./kinds/http-route.ts";
export type {
  HTTPHeaderMatch,
  HTTPMethod,
  HTTPPathMatch,
  HTTPQueryParamMatch,
  HTTPRouteMatch,
} from "./kinds/http-route-match.ts";
export {
  type ApiObject,
  apiVersionOf,
  type KindDefinition,
  kindDefinition,
  kinds,
  unroutedKinds,
} from "./kinds/kinds.ts";
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
} from "./kinds/listener.ts";
export type { ListenerSet, ListenerSetSpec, ParentGatewayReference } from "./kinds/listener-set.ts";
export type {
  ReferenceGrant,
  ReferenceGrantFrom,
  ReferenceGrantSpec,
  ReferenceGrantTo,
} from "./kinds/reference-grant.ts";
export type { BackendObjectReference, BackendRef, LocalObjectReference, ParentReference } from "./kinds/references.ts";
export type { CommonRouteSpec, SessionPersistence } from "./kinds/route.ts";
export type { GRPCRouteFilter, HTTPRouteFilter } from "./kinds/route-filter.ts";
export type { TCPRoute, TCPRouteRule, TCPRouteSpec } from "./kinds/tcp-route.ts";
export type { TLSRoute, TLSRouteRule, TLSRouteSpec } from "./kinds/tls-route.ts";
export type { UDPRoute, UDPRouteRule, UDPRouteSpec } from "./kinds/udp-route.ts";
export { type Validation, validate } from "./load/validate.ts";
export type { Channel } from "./schema/schema.ts";
