import type { Attachment } from "../../../../lib/routing/attach/attachment.ts";
import {
  type GatewayClassStatus,
  type GatewayStatus,
  type ListenerSetStatus,
  type ObjectStatus,
  statuses,
} from "../../../../lib/routing/attach/statuses.ts";
import { type GatewayFacts, setWithFacts, withFacts } from "./facts.ts";
import { supportedFeatures } from "./features.ts";

/** The status of every object that we answer for, with what its data plane knows. */
export function clusterStatuses(
  attachment: Attachment,
  factsOf: (gateway: string) => GatewayFacts,
): readonly ObjectStatus[] {
  return statuses(attachment).map((one) => {
    const { object, status } = one;
    const name = `${object.namespace}/${object.name}`;
    switch (object.kind) {
      case "GatewayClass":
        return { object, status: withFeatures(status as GatewayClassStatus) };
      case "Gateway":
        return { object, status: withFacts(name, status as GatewayStatus, factsOf(name)) };
      case "ListenerSet": {
        const gateway = attachment.listenerSets.get(name)?.gateway;
        return gateway === undefined
          ? one
          : { object, status: setWithFacts(name, status as ListenerSetStatus, factsOf(gateway)) };
      }
      default:
        return one;
    }
  });
}

function withFeatures(status: GatewayClassStatus): GatewayClassStatus & Readonly<Record<"supportedFeatures", unknown>> {
  return { ...status, supportedFeatures };
}
