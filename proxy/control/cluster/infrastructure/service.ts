import { isIP } from "node:net";
import type { AnyObject } from "../../../../lib/api/declared.ts";
import type { GatewayIR, PortIR } from "../../../../lib/routing/ir.ts";
import type { GatewayConfiguration } from "../data-planes.ts";
import { type Made, object } from "./made.ts";
import type { Parameters } from "./parameters.ts";

/**
 * The Service before the proxies of a Gateway, with the ports of its listeners: proxies listen on the same numbers. An
 * address that the Gateway asks for is asked of the load balancer.
 */
export function service(
  made: Made,
  { attachment, ir }: GatewayConfiguration,
  { service: wanted }: Parameters,
): AnyObject {
  const { type, annotations = {}, externalTrafficPolicy, loadBalancerClass } = wanted;
  const [requested] = requestedAddresses(attachment).filter((value) => isIP(value) !== 0);
  const spec = {
    type,
    selector: made.selector,
    ports: portsOf(ir),
    ipFamilyPolicy: "PreferDualStack",
    ...(type !== "ClusterIP" && externalTrafficPolicy !== undefined && { externalTrafficPolicy }),
    ...(type === "LoadBalancer" && loadBalancerClass !== undefined && { loadBalancerClass }),
    ...(type === "LoadBalancer" && requested !== undefined && { loadBalancerIP: requested }),
  };
  return object("v1", "Service", { ...made, annotations: { ...made.annotations, ...annotations } }, { spec });
}

/** The addresses that a Gateway asks for by their value; one without a value is any. */
export function requestedAddresses({ declared }: GatewayConfiguration["attachment"]): readonly string[] {
  return (declared.object.spec.addresses ?? []).flatMap(({ value }) =>
    value === undefined || value === "" ? [] : [value],
  );
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
