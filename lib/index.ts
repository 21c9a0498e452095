export type {
  ContractListener,
  ContractNamespaces,
  GatewayContract,
  GatewayContractSpec,
} from "./api/contract/contract.ts";
export type { ContractClass } from "./api/contract/offer.ts";
export type { AnyObject, Declared, ObjectMeta } from "./api/declared/declared.ts";
export type {
  AllowedListeners,
  AllowedRoutes,
  BackendObjectReference,
  BackendRef,
  BackendTLSPolicySpec,
  BackendTLSPolicyValidation,
  Channel,
  CommonRouteSpec,
  Fraction,
  FrontendTLSConfig,
  FrontendTLSValidation,
  GatewayClassSpec,
  GatewayInfrastructure,
  GatewayParametersSpec,
  GatewaySpec,
  GatewaySpecAddress,
  GatewayTLSConfig,
  GRPCBackendRef,
  GRPCHeaderMatch,
  GRPCMethodMatch,
  GRPCRouteFilter,
  GRPCRouteMatch,
  GRPCRouteRule,
  GRPCRouteSpec,
  HTTPBackendRef,
  HTTPCORSFilter,
  HTTPExternalAuthFilter,
  HTTPHeader,
  HTTPHeaderFilter,
  HTTPHeaderMatch,
  HTTPMethod,
  HTTPPathMatch,
  HTTPPathModifier,
  HTTPQueryParamMatch,
  HTTPRequestMirrorFilter,
  HTTPRequestRedirectFilter,
  HTTPRouteFilter,
  HTTPRouteMatch,
  HTTPRouteRetry,
  HTTPRouteRule,
  HTTPRouteSpec,
  HTTPRouteTimeouts,
  HTTPURLRewriteFilter,
  LabelSelector,
  LabelSelectorRequirement,
  Late,
  LateValue,
  Listener,
  ListenerFilters,
  ListenerNamespaces,
  ListenerRequestFilter,
  ListenerSetSpec,
  ListenerTLSConfig,
  LocalObjectReference,
  LocalPolicyTargetReferenceWithSectionName,
  ParametersReference,
  ParentGatewayReference,
  ParentReference,
  ProxyAccessLog,
  ProxyLimit,
  ProxyResources,
  ProxyService,
  ReferenceGrantFrom,
  ReferenceGrantSpec,
  ReferenceGrantTo,
  RouteGroupKind,
  RouteNamespaces,
  SecretObjectReference,
  SessionPersistence,
  SubjectAltName,
  TCPRouteRule,
  TCPRouteSpec,
  TLSConfig,
  TLSPortConfig,
  TLSRouteRule,
  TLSRouteSpec,
  UDPRouteRule,
  UDPRouteSpec,
} from "./api/index.ts";
export type { IgnoreRule } from "./api/load/ignoring.ts";
export { ApplicationDeveloper } from "./application-developer/application-developer.ts";
export { BackendTLSPolicy, type BackendTLSPolicyProps } from "./application-developer/backend-tls-policy.ts";
export {
  type BackendOptions,
  type DeclaredService,
  type ServiceImportReference,
  type ServiceObject,
  type ServiceReference,
  service,
  serviceImport,
} from "./application-developer/backends.ts";
export { CustomFilter, type CustomFilterProps } from "./application-developer/custom-filter.ts";
export {
  type CORS,
  cors,
  type ExtensionRef,
  extensionRef,
  type HeaderChanges,
  type MirrorShare,
  mirrorTo,
  type RequestHeaderModifier,
  type RequestMirror,
  type RequestRedirect,
  type ResponseHeaderModifier,
  redirect,
  replacePath,
  replacePrefix,
  requestHeaders,
  responseHeaders,
  rewrite,
  setHeaders,
  setResponseHeaders,
  type URLRewrite,
} from "./application-developer/filters.ts";
export { GRPCRoute, type GRPCRouteProps } from "./application-developer/grpc-route.ts";
export { HTTPRoute, type HTTPRouteProps } from "./application-developer/http-route.ts";
export {
  exactPath,
  grpcMethod,
  header,
  method,
  pathPrefix,
  pathRegex,
  queryParam,
  type ValueMatchOptions,
} from "./application-developer/matches.ts";
export { ReferenceGrant, type ReferenceGrantProps } from "./application-developer/reference-grant.ts";
export { Route, type RouteProps } from "./application-developer/route.ts";
export { Service, type ServiceProps } from "./application-developer/service.ts";
export type { ServicePort, ServiceSpec } from "./application-developer/service-spec.ts";
export { TCPRoute, type TCPRouteProps } from "./application-developer/tcp-route.ts";
export { TLSRoute, type TLSRouteProps } from "./application-developer/tls-route.ts";
export { UDPRoute, type UDPRouteProps } from "./application-developer/udp-route.ts";
export { ClusterOperator } from "./cluster-operator/cluster-operator.ts";
export type { GivenContract, JsonContract } from "./cluster-operator/contracted-gateway.ts";
export {
  Gateway,
  type GatewayInfrastructureProps,
  type GatewayProps,
  type IGateway,
} from "./cluster-operator/gateway.ts";
export { type IListenerSet, ListenerSet, type ListenerSetProps } from "./cluster-operator/listener-set.ts";
export { Namespace, type NamespaceProps } from "./cluster-operator/namespace.ts";
export type { RouteParent } from "./cluster-operator/parent.ts";
export { type CoreObjectOptions, type CoreObjectReference, configMap, secret } from "./constructs/core-objects.ts";
export { DeclarationError } from "./constructs/declaration-error.ts";
export { HOST, type HostConstruct, type IManifest, type ManifestHost } from "./constructs/host.ts";
export { KubernetesObject, type KubernetesObjectProps } from "./constructs/kubernetes-object.ts";
export { Manifest, type ManifestKind, type ManifestMetadata, type ManifestProps } from "./constructs/manifest.ts";
export { Persona, type PersonaName, type PersonaProps } from "./constructs/persona.ts";
export type {
  Finding,
  IgnoredBecause,
  ObjectReference,
  Origin,
  Severity,
  SourceLine,
  UndeclaredObject,
} from "./findings/finding.ts";
export { GatewayApiCrds, type GatewayApiCrdsProps } from "./infrastructure-provider/gateway-api-crds.ts";
export { GatewayClass, type GatewayClassProps, type IGatewayClass } from "./infrastructure-provider/gateway-class.ts";
export {
  GatewayParameters,
  type GatewayParametersProps,
  type IGatewayParameters,
} from "./infrastructure-provider/gateway-parameters.ts";
export { GatewrightProxy, type GatewrightProxyProps } from "./infrastructure-provider/gatewright-proxy.ts";
export { InfrastructureProvider } from "./infrastructure-provider/infrastructure-provider.ts";
export {
  type AccessSubject,
  PersonaAccess,
  type PersonaAccessProps,
} from "./infrastructure-provider/persona-access.ts";
