import type { GatewayIR } from "../../routing/ir.ts";

/** What the admin address tells about the running proxy, read anew for every request. */
export interface AdminState {
  /** Whether a configuration is served and the proxy is not draining. */
  readonly ready: boolean;
  readonly gateways: readonly GatewayIR[];
  readonly sockets: readonly AdminSocket[];
  /** Conditions of every object, as status would carry them. */
  readonly conditions: unknown;
  /** What stands in the way of the newest change, as printed lines. */
  readonly problems: readonly string[];
  /** Requests so far. */
  readonly traffic: readonly TrafficCount[];
}

export interface AdminSocket {
  readonly gateway: string;
  readonly port: number;
  /** `http://127.0.0.1:8080`. */
  readonly url?: string;
  readonly error?: string;
}

/** Requests that one rule of one Gateway sent to one target: a backend, or an answer of its own. */
export interface TrafficCount {
  readonly gateway: string;
  readonly rule: string;
  readonly target: string;
  readonly requests: number;
}

/** Names one row of the page. */
export function trafficKey({ gateway, rule, target }: Omit<TrafficCount, "requests">): string {
  return JSON.stringify([gateway, rule, target]);
}
