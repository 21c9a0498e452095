import type { EndpointIR } from "../../lib/routing/ir.ts";
import type { HostPort } from "./local-sockets.ts";

/** What runs at an address, as far as anybody knows. */
export function endpointAt({ host, port }: HostPort): EndpointIR {
  return { address: host, port, ready: true, serving: true, terminating: false };
}
