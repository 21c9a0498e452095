import { isIP } from "node:net";
import type { AnyObject } from "../../../lib/api/declared.ts";
import type { GatewayStatusAddress } from "./status/facts.ts";

interface Ingress {
  readonly ip?: string;
  readonly hostname?: string;
}

/** Where a Gateway's Service is reached: by its load balancer or, if it is of another type, inside the cluster. */
export function addressesOf(service: AnyObject | undefined): readonly GatewayStatusAddress[] {
  const { type, clusterIPs = [] } = (service?.spec ?? {}) as {
    readonly type?: string;
    readonly clusterIPs?: readonly string[];
  };
  const { loadBalancer } = (service?.status ?? {}) as {
    readonly loadBalancer?: { readonly ingress?: readonly Ingress[] };
  };
  if (type === "LoadBalancer") return (loadBalancer?.ingress ?? []).flatMap(addressOf);
  return clusterIPs.filter((ip) => isIP(ip) !== 0).map((value) => ({ type: "IPAddress", value }));
}

function addressOf({ ip, hostname }: Ingress): readonly GatewayStatusAddress[] {
  if (ip !== undefined && ip !== "") return [{ type: "IPAddress", value: ip }];
  return hostname === undefined || hostname === "" ? [] : [{ type: "Hostname", value: hostname }];
}

/** Of a Deployment: how many of its pods are ready, and what it says is wrong. */
export function readinessOf(deployment: AnyObject | undefined): { readonly ready: number; readonly trouble?: string } {
  const { readyReplicas = 0, conditions = [] } = (deployment?.status ?? {}) as {
    readonly readyReplicas?: number;
    readonly conditions?: readonly { readonly type: string; readonly status: string; readonly message?: string }[];
  };
  const failure = conditions.find(
    ({ type, status }) =>
      (type === "ReplicaFailure" && status === "True") || (type === "Progressing" && status === "False"),
  );
  return { ready: readyReplicas, ...(failure?.message !== undefined && { trouble: failure.message }) };
}
