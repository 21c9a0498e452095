import type { AnyObject } from "../api/declared/declared.ts";

/**
 * The order in which objects are applied. Prerequisites come first, so that a route never waits for a grant or class
 * that is not applied yet. Unlisted kinds rank after the objects that configure them and before Gateways.
 */
const ranks: Readonly<Record<string, number>> = {
  CustomResourceDefinition: 0,
  Namespace: 10,
  ServiceAccount: 20,
  ClusterRole: 21,
  ClusterRoleBinding: 22,
  Role: 21,
  RoleBinding: 22,
  ReferenceGrant: 30,
  ConfigMap: 31,
  Secret: 31,
  Service: 32,
  EndpointSlice: 33,
  ServiceImport: 33,
  ServiceExport: 33,
  GatewayClass: 60,
  Gateway: 70,
  ListenerSet: 71,
  BackendTLSPolicy: 75,
  HTTPRoute: 80,
  GRPCRoute: 80,
  TLSRoute: 80,
  TCPRoute: 80,
  UDPRoute: 80,
};

const unlisted = 50;

/** Returns the rank of an object's kind in the order of application, 0 to 99. */
export function rankOf(object: { readonly kind: string }): number {
  return Object.hasOwn(ranks, object.kind) ? (ranks[object.kind] ?? unlisted) : unlisted;
}

/**
 * Compares two objects for output by rank, kind, namespace, name and API version. Compares by code units instead of by
 * locale, so that the order is the same on every machine.
 */
export function compareObjects(left: AnyObject, right: AnyObject): number {
  return (
    rankOf(left) - rankOf(right) ||
    compareText(left.kind, right.kind) ||
    compareText(left.metadata?.namespace, right.metadata?.namespace) ||
    compareText(left.metadata?.name, right.metadata?.name) ||
    compareText(left.apiVersion, right.apiVersion)
  );
}

/** Compares texts by code units. An absent text comes first. */
export function compareText(left: string | undefined, right: string | undefined): number {
  const [a, b] = [left ?? "", right ?? ""];
  return a < b ? -1 : a > b ? 1 : 0;
}
