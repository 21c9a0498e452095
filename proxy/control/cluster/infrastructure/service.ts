import { isIP } from "node:net";
import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import { clusterRoutability } from "../../../../lib/api/kinds/own-controller.ts";
import type { GatewayIR, PortIR } from "../../../../lib/routing/ir.ts";
import { type AddressRequest, isDefault, requestsOf } from "../addresses.ts";
import type { GatewayConfiguration } from "../data-planes.ts";
import { type Made, object } from "./made.ts";
import type { Parameters } from "./parameters.ts";

/**
 * Makes the Service of a Gateway's proxies, with the ports of its listeners: proxies listen on the same port numbers.
 * An address that the Gateway requests is requested from the load balancer or from the cluster. A Gateway that requests
 * only addresses inside the cluster gets a ClusterIP Service, whatever type its settings name (GEP-5093).
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
 * Returns the Service without the cluster IP that it requests; undefined if it requests none. The API server refuses a
 * Service whose cluster IP is taken, is outside of the cluster's range, or differs from the one that the Service has
 * already.
 */
export function withAnyClusterIP({ spec, ...service }: AnyObject): AnyObject | undefined {
  const { clusterIP, ...rest } = (spec ?? {}) as Readonly<Record<string, unknown>>;
  return clusterIP === undefined ? undefined : { ...service, spec: rest };
}

/**
 * Returns the ports of the Service. A Service needs at least one port, so a Gateway without any served listener gets
 * one on which nothing listens.
 */
function portsOf({ ports }: GatewayIR): readonly Readonly<Record<string, unknown>>[] {
  const named = ports.map((port) => ({
    name: portName(port),
    port: port.port,
    targetPort: port.port,
    protocol: transportOf(port),
  }));
  return named.length > 0 ? named : [{ name: "none", port: 65_535, targetPort: 65_535, protocol: "TCP" }];
}

/** Names a port by transport and number, since a TCP port and a UDP port may have the same number. */
export function portName(port: PortIR): string {
  return `${transportOf(port).toLowerCase()}-${port.port}`;
}

export function transportOf({ protocol }: PortIR): "TCP" | "UDP" {
  return protocol === "UDP" ? "UDP" : "TCP";
}
