import type { EmbeddedProxy } from "../../../proxy/control/embedded.ts";
import { fullName } from "../../analysis/words.ts";
import { statuses } from "../../routing/attach/statuses.ts";
import type { AdminState } from "./admin/state.ts";
import { localAddress } from "./port-table.ts";
import { problemLines } from "./reporter.ts";
import { trafficOf } from "./traffic.ts";

/** What the admin address tells of a running proxy. */
export function adminState({ current, proxy }: EmbeddedProxy, serving: boolean): AdminState {
  if (current === undefined)
    return { ready: false, gateways: [], sockets: [], conditions: [], problems: [], traffic: [] };
  const { gateways, sockets, attachment } = current;
  return {
    ready: serving,
    gateways,
    sockets: sockets.map((socket) => {
      const { gateway, port, error } = socket;
      const protocol = gateways
        .find((ir) => fullName(ir.gateway) === fullName(gateway))
        ?.ports.find((own) => own.port === port)?.protocol;
      const where = error === undefined ? { url: localAddress(protocol ?? "HTTP", socket) } : { error: error.message };
      return { gateway: fullName(gateway), port, ...where };
    }),
    conditions: statuses(attachment),
    problems: problemLines(current),
    traffic: trafficOf(proxy.stats, gateways),
  };
}
