import type { Late } from "../declared/late.ts";
import type { GatewaySpec, Listener } from "../index.ts";
import { routeKinds } from "../kinds/allowed-routes.ts";
import type { ContractListener, ContractNamespaces, GatewayContract } from "./contract.ts";

/** What is known of a Gateway's class where a contract is made. */
export interface ContractClass {
  readonly controllerName?: string;
  /** Names as in `status.supportedFeatures`. Absent: not known. */
  readonly features?: readonly string[];
}

/** A Gateway, as written or validated. */
export interface OfferedGateway {
  readonly metadata: { readonly name: Late<string>; readonly namespace?: Late<string> };
  readonly spec: GatewaySpec;
}

/**
 * What `gateway` offers. Only what is named here gets into a contract: certificates, addresses, parameters and labels
 * do not. Defaults of the Gateway API are written out, so that a reader needs none.
 */
export function contractOf({ metadata, spec }: OfferedGateway, known: ContractClass = {}): GatewayContract {
  const { controllerName, features } = known;
  const admitted = spec.allowedListeners?.namespaces;
  return {
    apiVersion: "gatewright.dev/v1",
    kind: "GatewayContract",
    metadata: { name: metadata.name, namespace: metadata.namespace ?? "default" },
    spec: {
      gatewayClassName: spec.gatewayClassName,
      ...(controllerName === undefined ? {} : { controllerName }),
      ...(features === undefined ? {} : { features: [...new Set(features)].sort() }),
      // In JavaScript there may be no list; the schema check reports that.
      listeners: Array.isArray(spec.listeners) ? spec.listeners.map(listenerOf) : [],
      ...(admitted === undefined ? {} : { allowedListeners: { namespaces: namespacesOf(admitted, "None") } }),
    },
  };
}

function listenerOf(listener: Listener): ContractListener {
  const { name, port, protocol, hostname, tls, allowedRoutes } = listener;
  return {
    name,
    port,
    protocol,
    ...(hostname === undefined || hostname === "" ? {} : { hostname }),
    ...(protocol === "TLS" && { tlsMode: tls?.mode ?? "Terminate" }),
    kinds: routeKinds(listener).supported,
    namespaces: namespacesOf(allowedRoutes?.namespaces, "Same"),
  };
}

function namespacesOf(
  allowed: { readonly from?: string; readonly selector?: ContractNamespaces["selector"] } | undefined,
  fallback: ContractNamespaces["from"],
): ContractNamespaces {
  const from = (allowed?.from ?? fallback) as ContractNamespaces["from"];
  const selector = from === "Selector" ? allowed?.selector : undefined;
  return { from, ...(selector === undefined ? {} : { selector }) };
}
