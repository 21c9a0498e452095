import type { Late } from "../declared/late.ts";
import type { GatewaySpec, Listener } from "../index.ts";
import { routeKinds } from "../kinds/allowed-routes.ts";
import type { ContractListener, ContractNamespaces, GatewayContract } from "./contract.ts";

/** The facts about a Gateway's class that are known when a contract is made. */
export interface ContractClass {
  readonly controllerName?: string;
  /** Feature names as in `status.supportedFeatures`. Absent if they are unknown. */
  readonly features?: readonly string[];
}

/** A Gateway, as authored or after validation. */
export interface OfferedGateway {
  readonly metadata: { readonly name: Late<string>; readonly namespace?: Late<string> };
  readonly spec: GatewaySpec;
}

/**
 * Builds the contract of `gateway`. A contract contains only the fields named here, so no certificates, addresses,
 * parameters or labels. Defaults of the Gateway API are written out, so readers need not know them.
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
      // A JavaScript program may omit the list. The schema check reports that.
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
