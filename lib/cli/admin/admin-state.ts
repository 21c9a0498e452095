import type { BoundSocket } from "../../../proxy/dataplane/routing/snapshot.ts";
import type { Stats } from "../../../proxy/dataplane/stats/stats.ts";
import { fullName } from "../../analysis/traffic/describe.ts";
import type { GatewayIR } from "../../routing/ir.ts";
import { localAddress } from "../dev/port-table.ts";
import { trafficOf } from "../dev/traffic.ts";
import type { AdminState } from "./state.ts";

/** The state of a running proxy. */
export interface Served {
  readonly gateways: readonly GatewayIR[];
  readonly sockets: readonly BoundSocket[];
  /** Returns the conditions of every object. Called only where they are shown. */
  readonly conditions: () => unknown;
  readonly problems: () => readonly string[];
  readonly stats: Stats;
  readonly ready: boolean;
}

/** Returns the state that the admin address shows. Undefined: there is no running proxy yet. */
export function adminState(served: Served | undefined): AdminState {
  if (served === undefined)
    return { ready: false, gateways: [], sockets: [], conditions: [], problems: [], traffic: [] };
  const { gateways, sockets, conditions, problems, stats, ready } = served;
  return {
    ready,
    gateways,
    sockets: sockets.map((socket) => {
      const { gateway, port, error } = socket;
      const protocol = gateways
        .find((ir) => fullName(ir.gateway) === fullName(gateway))
        ?.ports.find((own) => own.port === port)?.protocol;
      const where = error === undefined ? { url: localAddress(protocol ?? "HTTP", socket) } : { error: error.message };
      return { gateway: fullName(gateway), port, ...where };
    }),
    get conditions() {
      return conditions();
    },
    get problems() {
      return problems();
    },
    get traffic() {
      return trafficOf(stats, gateways);
    },
  };
}
