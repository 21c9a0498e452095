import { connect, type Server, type Socket } from "node:net";
import { network } from "./network.ts";

/**
 * Forwards connections to the API server. The listening socket was made outside the cluster's network and stays there,
 * so that kubectl on the machine reaches a server that has no address outside.
 */
export function forwardToApiServer(server: Server): void {
  server.on("connection", (outside: Socket) => {
    const inside = connect(network.apiPort, network.node);
    const destroy = () => {
      outside.destroy();
      inside.destroy();
    };
    for (const socket of [outside, inside]) socket.on("error", destroy).on("close", destroy);
    outside.pipe(inside).pipe(outside);
  });
}
