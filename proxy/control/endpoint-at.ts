import type { EndpointIR } from "../../lib/routing/ir.ts";
import type { HostPort } from "./local-sockets.ts";

/** Returns an endpoint for an address that the user gave: it counts as ready. */
export function endpointAt({ host, port }: HostPort): EndpointIR {
  return { address: host, port, ready: true, serving: true, terminating: false };
}
