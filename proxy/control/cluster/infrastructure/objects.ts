import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import type { GatewayConfiguration } from "../data-planes.ts";
import { deployment } from "./deployment.ts";
import type { Installation } from "./installation.ts";
import { type Made, object } from "./made.ts";
import { childName, labelValue } from "./names.ts";
import type { Parameters } from "./parameters.ts";
import { service } from "./service.ts";

export const gatewayNameLabel = "gateway.networking.k8s.io/gateway-name";
const gatewayClassLabel = "gateway.networking.k8s.io/gateway-class-name";

/**
 * Returns all objects that are made for a Gateway, in its own namespace, in the order in which they are applied: a
 * service account without any role, a ConfigMap with the authority that its proxies trust, the proxies' Deployment, a
 * disruption budget, and the Service. Labels and annotations of `spec.infrastructure` are on each of them.
 */
export function objectsOf(
  configuration: GatewayConfiguration,
  parameters: Parameters,
  installation: Installation,
): readonly AnyObject[] {
  const made = madeOf(configuration, installation);
  return [
    object("v1", "ServiceAccount", made, { automountServiceAccountToken: false }),
    object("v1", "ConfigMap", made, { data: { "ca.crt": installation.authority } }),
    deployment(made, configuration.ir, parameters, installation),
    ...(parameters.replicas > 1 ? [disruptionBudget(made)] : []),
    service(made, configuration, parameters),
  ];
}

function madeOf({ attachment }: GatewayConfiguration, { controllerName }: Installation): Made {
  const { metadata, spec } = attachment.declared.object;
  const { namespace = "default", name, uid = "" } = metadata;
  const { labels = {}, annotations = {} } = spec.infrastructure ?? {};
  const gatewayClass = String(spec.gatewayClassName);
  const selector = { [gatewayNameLabel]: labelValue(name) };
  const podSelector = { ...selector, [gatewayClassLabel]: labelValue(gatewayClass) };
  return {
    name: childName(name, gatewayClass),
    namespace,
    labels: {
      ...withoutReserved(labels),
      "app.kubernetes.io/name": "gatewright-proxy",
      "app.kubernetes.io/managed-by": "gatewright",
      ...podSelector,
    },
    annotations,
    selector,
    podSelector,
    controllerName,
    ownerReferences: [
      {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "Gateway",
        name,
        uid,
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  };
}

/**
 * The labels of `spec.infrastructure` that a Gateway's owner may choose. Labels of the Gateway API and of Gatewright say
 * what an object is, and Services, budgets and policies of ours select by them.
 */
function withoutReserved(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const isReserved = (key: string) => /^(?:[^/]*\.)?(?:gateway\.networking\.k8s\.io|gatewright\.dev)\//.test(key);
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !isReserved(key)));
}

function disruptionBudget(made: Made): AnyObject {
  const spec = { maxUnavailable: 1, selector: { matchLabels: made.podSelector } };
  return object("policy/v1", "PodDisruptionBudget", made, { spec });
}
