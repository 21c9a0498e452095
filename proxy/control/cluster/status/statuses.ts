import { experimentalFeatureNames, supportedFeatureNames } from "../../../../lib/api/kinds/supported-features.ts";
import { crdVersion } from "../../../../lib/api/load/crd-version.ts";
import type { Attachment } from "../../../../lib/routing/attach/attachment.ts";
import type { Condition } from "../../../../lib/routing/attach/condition.ts";
import {
  type GatewayClassStatus,
  type GatewayStatus,
  type ListenerSetStatus,
  type ObjectStatus,
  statuses,
} from "../../../../lib/routing/attach/statuses.ts";
import type { InstalledCrds } from "../installed-crds.ts";
import { type GatewayFacts, withFacts } from "./facts.ts";

/**
 * Returns the status of every object that this controller is responsible for, completed by facts of its data plane.
 * Objects whose facts are not known yet are left out, so that their previous status stays.
 *
 * @param crds the CRDs of the Gateway API in the cluster; undefined if they are not known.
 */
export function clusterStatuses(
  attachment: Attachment,
  factsOf: (gateway: string) => GatewayFacts | undefined,
  crds?: InstalledCrds,
): readonly ObjectStatus[] {
  return statuses(attachment).flatMap((one): readonly ObjectStatus[] => {
    const { object, status } = one;
    const name = `${object.namespace}/${object.name}`;
    switch (object.kind) {
      case "GatewayClass":
        return [{ object, status: withFeatures(withVersion(status as GatewayClassStatus, crds), crds) }];
      case "Gateway": {
        const facts = factsOf(name);
        return facts === undefined
          ? []
          : [{ object, status: gatewayStatus(name, status as GatewayStatus, facts, crds) }];
      }
      case "ListenerSet": {
        const gateway = attachment.listenerSets.get(name)?.gateway;
        if (gateway === undefined) return [one];
        const facts = factsOf(gateway);
        const told = facts && withFacts(`ListenerSet/${name}`, status as ListenerSetStatus, facts);
        return told === undefined ? [] : [{ object, status: told }];
      }
      default:
        return [one];
    }
  });
}

function gatewayStatus(
  name: string,
  status: GatewayStatus,
  facts: GatewayFacts,
  crds: InstalledCrds | undefined,
): GatewayStatus & { readonly addresses: readonly object[] } {
  const { conditions, ...rest } = withFacts(`Gateway/${name}`, status, facts);
  const { addresses, assigned } = facts;
  const observedGeneration = conditions[0]?.observedGeneration;
  const condition: Condition | undefined = assigned && {
    type: "AddressesAssigned",
    ...assigned,
    ...(observedGeneration !== undefined && { observedGeneration }),
  };
  return {
    ...rest,
    conditions: condition === undefined ? conditions : [...conditions, condition],
    addresses: crds?.experimental ? addresses : addresses.map(({ routability: _, ...address }) => address),
  };
}

function withFeatures(
  status: GatewayClassStatus,
  crds: InstalledCrds | undefined,
): GatewayClassStatus & Readonly<Record<"supportedFeatures", unknown>> {
  const names = crds?.experimental
    ? [...supportedFeatureNames, ...experimentalFeatureNames].sort()
    : supportedFeatureNames;
  return { ...status, supportedFeatures: names.map((name) => ({ name })) };
}

/**
 * Adds the condition SupportedVersion. CRDs of another release are served as far as they agree with ours
 * (GatewayClassReasonUnsupportedVersion).
 */
function withVersion(status: GatewayClassStatus, crds: InstalledCrds | undefined): GatewayClassStatus {
  if (crds === undefined) return status;
  const found = crds.versions;
  const supported = found.every((version) => version === crdVersion);
  const other = found.filter((version) => version !== crdVersion).join(", ");
  const observedGeneration = status.conditions[0]?.observedGeneration;
  const condition: Condition = {
    type: "SupportedVersion",
    status: supported ? "True" : "False",
    reason: supported ? "SupportedVersion" : "UnsupportedVersion",
    message: supported
      ? `The CRDs are those of the Gateway API ${crdVersion}.`
      : `CRDs of the Gateway API ${other} are installed; Gatewright knows ${crdVersion}, and goes on as far as they agree.`,
    ...(observedGeneration !== undefined && { observedGeneration }),
  };
  return { ...status, conditions: [...status.conditions, condition] };
}
