import type { Finding } from "../../findings/finding.ts";
import { referenceTo } from "../conversion/ledger.ts";
import { groupOf } from "../conversion/versions.ts";
import type { Declared } from "../declared/declared.ts";

/** Kinds of other APIs that route traffic into or within a cluster, by group. */
const trafficKinds: ReadonlyMap<string, readonly string[]> = new Map([
  ["networking.k8s.io", ["Ingress"]],
  ["extensions", ["Ingress"]],
  ["networking.istio.io", ["Gateway", "VirtualService"]],
  ["projectcontour.io", ["HTTPProxy"]],
  ["traefik.io", ["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"]],
  ["traefik.containo.us", ["IngressRoute", "IngressRouteTCP", "IngressRouteUDP"]],
  ["route.openshift.io", ["Route"]],
  ["getambassador.io", ["Host", "Listener", "Mapping", "TCPMapping"]],
  ["configuration.konghq.com", ["TCPIngress", "UDPIngress"]],
  ["k8s.nginx.org", ["TransportServer", "VirtualServer", "VirtualServerRoute"]],
  ["apisix.apache.org", ["ApisixRoute"]],
]);

/** Reports an object that routes traffic with an API that Gatewright does not read (GW1037). */
export function otherTraffic({ object, origin }: Declared): Finding | undefined {
  const { apiVersion, kind } = object;
  const group = groupOf(apiVersion);
  if (trafficKinds.get(group)?.includes(kind) !== true) return undefined;
  return {
    code: "GW1037",
    severity: "note",
    message: `${kind} of ${group} is passed over: the traffic that it routes is not checked.`,
    object: referenceTo(object),
    origin,
    fix: "Write it as a Gateway API route; ingress2gateway print translates many of them.",
  };
}
