import type { z } from "zod";
import type { Channel } from "../schema/schema.ts";
import { type BackendTLSPolicy, backendTLSPolicy } from "./backend-tls-policy.ts";
import { type ConfigMap, configMap } from "./core/config-map.ts";
import { type EndpointSlice, endpointSlice } from "./core/endpoint-slice.ts";
import { type Namespace, namespace } from "./core/namespace.ts";
import { type Secret, secret } from "./core/secret.ts";
import { type Service, service } from "./core/service.ts";
import { type ServiceExport, serviceExport } from "./core/service-export.ts";
import { type ServiceImport, serviceImport } from "./core/service-import.ts";
import { type XBackend, xBackend } from "./experimental/x-backend.ts";
import { type XBackendTrafficPolicy, xBackendTrafficPolicy } from "./experimental/x-backend-traffic-policy.ts";
import { type XMesh, xMesh } from "./experimental/x-mesh.ts";
import { type XTelemetryPolicy, xTelemetryPolicy } from "./experimental/x-telemetry-policy.ts";
import { type Gateway, gateway } from "./gateway.ts";
import { type GatewayClass, gatewayClass } from "./gateway-class.ts";
import { type GatewayParameters, gatewayParameters } from "./gateway-parameters.ts";
import { type GRPCRoute, grpcRoute } from "./grpc-route.ts";
import { type HTTPRoute, httpRoute } from "./http-route.ts";
import { type ListenerSet, listenerSet } from "./listener-set.ts";
import { type ReferenceGrant, referenceGrant } from "./reference-grant.ts";
import { type TCPRoute, tcpRoute, tcpRouteV1alpha2 } from "./tcp-route.ts";
import { type TLSRoute, tlsRoute, tlsRouteV1alpha2 } from "./tls-route.ts";
import { type UDPRoute, udpRoute, udpRouteV1alpha2 } from "./udp-route.ts";

/** A validated object of a known kind, as plain data with the defaults of its schema. */
export type ApiObject =
  | GatewayClass
  | Gateway
  | ListenerSet
  | HTTPRoute
  | GRPCRoute
  | TLSRoute
  | TCPRoute
  | UDPRoute
  | ReferenceGrant
  | BackendTLSPolicy
  | Service
  | EndpointSlice
  | Secret
  | ConfigMap
  | Namespace
  | ServiceImport
  | ServiceExport
  | GatewayParameters
  | XBackend
  | XBackendTrafficPolicy
  | XMesh
  | XTelemetryPolicy;

/** The definition of a kind that Gatewright knows. */
export interface KindDefinition {
  /** The API group. Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  /** The plural name, as in URLs and RBAC rules. */
  readonly plural: string;
  readonly scope: "Cluster" | "Namespaced";
  /** The accepted versions. A validated object has the first one. */
  readonly versions: readonly KindVersion[];
}

export interface KindVersion {
  readonly name: string;
  /** The channels whose CRDs serve the version. Kinds of other groups are in both. */
  readonly channels: readonly Channel[];
}

const both = ["standard", "experimental"] as const;
const gatewayGroup = "gateway.networking.k8s.io";
const v1: KindVersion = { name: "v1", channels: both };
const v1beta1: KindVersion = { name: "v1beta1", channels: both };
const tried = (name: string): KindVersion => ({ name, channels: ["experimental"] });

/** Schemas of versions that differ from the first version, by `version Kind`. */
const olderSchemas: ReadonlyMap<string, SchemaOf> = new Map<string, SchemaOf>([
  ["v1alpha2 TLSRoute", tlsRouteV1alpha2],
  ["v1alpha2 TCPRoute", tcpRouteV1alpha2],
  ["v1alpha2 UDPRoute", udpRouteV1alpha2],
]);

type SchemaOf = (channel: Channel) => z.ZodType;

type DescribedKind = KindDefinition & { readonly schema: SchemaOf };

const routed: readonly DescribedKind[] = [
  of("GatewayClass", "gatewayclasses", gatewayClass, [v1, v1beta1], "Cluster"),
  of("Gateway", "gateways", gateway, [v1, v1beta1]),
  of("ListenerSet", "listenersets", listenerSet, [v1]),
  of("HTTPRoute", "httproutes", httpRoute, [v1, v1beta1]),
  of("GRPCRoute", "grpcroutes", grpcRoute, [v1]),
  of("TLSRoute", "tlsroutes", tlsRoute, [v1, tried("v1alpha2"), tried("v1alpha3")]),
  of("TCPRoute", "tcproutes", tcpRoute, [v1, tried("v1alpha2")]),
  of("UDPRoute", "udproutes", udpRoute, [v1, tried("v1alpha2")]),
  of("ReferenceGrant", "referencegrants", referenceGrant, [v1, v1beta1]),
  of("BackendTLSPolicy", "backendtlspolicies", backendTLSPolicy, [v1, tried("v1alpha3")]),
  core("", "Service", "services", service, "v1"),
  core("", "Secret", "secrets", secret, "v1"),
  core("", "ConfigMap", "configmaps", configMap, "v1"),
  { ...core("", "Namespace", "namespaces", namespace, "v1"), scope: "Cluster" },
  core("discovery.k8s.io", "EndpointSlice", "endpointslices", endpointSlice, "v1"),
  core("multicluster.x-k8s.io", "ServiceImport", "serviceimports", serviceImport, "v1alpha1", "v1beta1"),
  core("multicluster.x-k8s.io", "ServiceExport", "serviceexports", serviceExport, "v1alpha1", "v1beta1"),
  core("gatewright.dev", "GatewayParameters", "gatewayparameters", gatewayParameters, "v1alpha1"),
];

const tried1 = [tried("v1alpha1")];

const unrouted: readonly DescribedKind[] = [
  of("XBackend", "xbackends", xBackend, tried1),
  of("XBackendTrafficPolicy", "xbackendtrafficpolicies", xBackendTrafficPolicy, tried1),
  of("XMesh", "xmeshes", xMesh, tried1, "Cluster"),
  of("XTelemetryPolicy", "xtelemetrypolicies", xTelemetryPolicy, tried1),
].map((definition) => ({ ...definition, group: "gateway.networking.x-k8s.io" }));

const table: readonly DescribedKind[] = [...routed, ...unrouted];

function of(
  kind: string,
  plural: string,
  schema: SchemaOf,
  versions: readonly KindVersion[],
  scope: KindDefinition["scope"] = "Namespaced",
) {
  return { group: gatewayGroup, kind, plural, scope, versions, schema };
}

function core(group: string, kind: string, plural: string, schema: SchemaOf, ...versions: readonly string[]) {
  return {
    group,
    kind,
    plural,
    scope: "Namespaced",
    versions: versions.map((name) => ({ name, channels: both })),
    schema,
  } as const;
}

/** The kinds that routing reads: those of the Gateway API, and some of other groups. */
export const kinds: readonly KindDefinition[] = routed;

/** The experimental kinds of the Gateway API in their own group. They are validated, and routing does not read them. */
export const unroutedKinds: readonly KindDefinition[] = unrouted;

const byVersionAndKind = new Map(
  table.flatMap((entry) =>
    entry.versions.map(({ name }) => [`${apiVersionOf(entry.group, name)} ${entry.kind}`, entry] as const),
  ),
);

/** Joins a group and a version to an `apiVersion`. */
export function apiVersionOf(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Returns the definition of a kind in any of its versions, or undefined if the kind is unknown. */
export function kindDefinition(apiVersion: string, kind: string): KindDefinition | undefined {
  return byVersionAndKind.get(`${apiVersion} ${kind}`);
}

const compiled = new Map<string, z.ZodType>();

/** Returns the schema of a kind in a channel, created on first use. Default version: the first. */
export function schemaOf(
  { group, kind, versions }: KindDefinition,
  channel: Channel,
  version = versions[0]?.name,
): z.ZodType {
  const older = olderSchemas.get(`${version} ${kind}`);
  const key = `${channel} ${group} ${kind} ${older === undefined ? "" : version}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const current = table.find((candidate) => candidate.group === group && candidate.kind === kind)?.schema;
  const make = older ?? current;
  if (make === undefined) throw new RangeError(`Gatewright has no schema of ${kind} in "${group}"`);
  const schema = make(channel);
  compiled.set(key, schema);
  return schema;
}
