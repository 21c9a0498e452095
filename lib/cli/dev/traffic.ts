import type { Stats } from "../../../proxy/dataplane/stats/stats.ts";
import { fullName } from "../../analysis/traffic/describe.ts";
import type { GatewayIR } from "../../routing/ir.ts";
import type { TrafficCount } from "../admin/state.ts";

/** Returns the number of requests that the split of each rule sent to each of its backends. */
export function trafficOf(stats: Stats, gateways: readonly GatewayIR[]): TrafficCount[] {
  return gateways.flatMap(({ gateway, rules }) => {
    const name = fullName(gateway);
    const own = stats.gateways.get(name)?.rules;
    return Object.values(rules).flatMap(({ id, backends }) => {
      const targets = new Set(backends.flatMap(({ target }) => ("backend" in target ? [target.backend] : [])));
      return [...targets].map((target) => ({
        gateway: name,
        rule: id,
        target,
        requests: own?.get(id)?.picked.get(target)?.requests ?? 0,
      }));
    });
  });
}
