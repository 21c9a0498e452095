import type { GatewayIR } from "../../routing/ir.ts";

/** The state of the running proxy as the admin address shows it, read anew for each request. */
export interface AdminState {
  /** A configuration is served, and the proxy is not draining. */
  readonly ready: boolean;
  readonly gateways: readonly GatewayIR[];
  readonly sockets: readonly AdminSocket[];
  /** Conditions of every object, as in its status. */
  readonly conditions: unknown;
  /** Problems of the newest change, as printed lines. */
  readonly problems: readonly string[];
  /** Requests so far. */
  readonly traffic: readonly TrafficCount[];
}

export interface AdminSocket {
  readonly gateway: string;
  readonly port: number;
  /** The address of the socket, such as `http://127.0.0.1:8080`. */
  readonly url?: string;
  readonly error?: string;
}

/** Requests that one rule of one Gateway sent to one target: a backend, or a response of the proxy itself. */
export interface TrafficCount {
  readonly gateway: string;
  readonly rule: string;
  readonly target: string;
  readonly requests: number;
}

/** Returns the key of one row of the page. */
export function trafficKey({ gateway, rule, target }: Omit<TrafficCount, "requests">): string {
  return JSON.stringify([gateway, rule, target]);
}
