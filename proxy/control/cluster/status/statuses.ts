import { supportedFeatureNames } from "../../../../lib/api/supported-features.ts";
import type { Attachment } from "../../../../lib/routing/attach/attachment.ts";
import {
  type GatewayClassStatus,
  type GatewayStatus,
  type ListenerSetStatus,
  type ObjectStatus,
  statuses,
} from "../../../../lib/routing/attach/statuses.ts";
import { type GatewayFacts, withFacts } from "./facts.ts";

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
        return { object, status: gatewayStatus(name, status as GatewayStatus, factsOf(name)) };
      case "ListenerSet": {
        const gateway = attachment.listenerSets.get(name)?.gateway;
        return gateway === undefined
          ? one
          : { object, status: withFacts(`ListenerSet/${name}`, status as ListenerSetStatus, factsOf(gateway)) };
      }
      default:
        return one;
    }
  });
}

function gatewayStatus(
  name: string,
  status: GatewayStatus,
  facts: GatewayFacts,
): GatewayStatus & Pick<GatewayFacts, "addresses"> {
  return { ...withFacts(`Gateway/${name}`, status, facts), addresses: facts.addresses };
}

function withFeatures(status: GatewayClassStatus): GatewayClassStatus & Readonly<Record<"supportedFeatures", unknown>> {
  return { ...status, supportedFeatures: supportedFeatureNames.map((name) => ({ name })) };
}
