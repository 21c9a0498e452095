import { isIP } from "node:net";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { clusterRoutability } from "../../../../lib/api/kinds/own-controller.ts";
import type { GatewayIR, PortIR } from "../../../../lib/routing/ir.ts";
import { type AddressRequest, isDefault, requestsOf } from "../addresses.ts";
import type { GatewayConfiguration } from "../data-planes.ts";
import { type Made, object } from "./made.ts";
import type { Parameters } from "./parameters.ts";

/**
 * The Service before the proxies of a Gateway, with the ports of its listeners: proxies listen on the same numbers. An
 * address that the Gateway asks for is asked of the load balancer, or of the cluster. A Gateway that asks for nothing but
 * addresses inside the cluster has no other, whatever type of Service its settings name (GEP-5093).
 */
export function service(
  made: Made,
  { attachment, ir }: GatewayConfiguration,
  { service: wanted }: Parameters,
): AnyObject {
  const { annotations = {}, externalTrafficPolicy, loadBalancerClass } = wanted;
  const requests = requestsOf(attachment);
  const type = requests.length === 0 || requests.some(isDefault) ? wanted.type : "ClusterIP";
  const [requested] = requests.filter(isDefault).flatMap(ipOf);
  const isInside = (request: AddressRequest) =>
    request.routability === clusterRoutability || (type !== "LoadBalancer" && isDefault(request));
  const [inside] = requests.filter(isInside).flatMap(ipOf);
  const spec = {
    type,
    selector: made.podSelector,
    ports: portsOf(ir),
    ipFamilyPolicy: "PreferDualStack",
    ...(type !== "ClusterIP" && externalTrafficPolicy !== undefined && { externalTrafficPolicy }),
    ...(type === "LoadBalancer" && loadBalancerClass !== undefined && { loadBalancerClass }),
    ...(type === "LoadBalancer" && requested !== undefined && { loadBalancerIP: requested }),
    ...(inside !== undefined && { clusterIP: inside }),
  };
  return object("v1", "Service", { ...made, annotations: { ...made.annotations, ...annotations } }, { spec });
}

function ipOf({ value }: AddressRequest): readonly string[] {
  return value !== undefined && isIP(value) !== 0 ? [value] : [];
}

/**
 * The same without the address inside the cluster that it asks for; undefined if it asks for none. The API server refuses
 * a Service with an address that is taken or not the cluster's to give, or that has another already.
 */
export function withAnyClusterIP({ spec, ...service }: AnyObject): AnyObject | undefined {
  const { clusterIP, ...rest } = (spec ?? {}) as Readonly<Record<string, unknown>>;
  return clusterIP === undefined ? undefined : { ...service, spec: rest };
}

/** A Service wants a port; a Gateway none of whose listeners is served keeps one that nothing listens on. */
function portsOf({ ports }: GatewayIR): readonly Readonly<Record<string, unknown>>[] {
  const named = ports.map((port) => ({
    name: portName(port),
    port: port.port,
    targetPort: port.port,
    protocol: transportOf(port),
  }));
  return named.length > 0 ? named : [{ name: "none", port: 65_535, targetPort: 65_535, protocol: "TCP" }];
}

/** A TCP and a UDP port may have the same number. */
export function portName(port: PortIR): string {
  return `${transportOf(port).toLowerCase()}-${port.port}`;
}

export function transportOf({ protocol }: PortIR): "TCP" | "UDP" {
  return protocol === "UDP" ? "UDP" : "TCP";
}
