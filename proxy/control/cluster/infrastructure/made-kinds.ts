import type { KindDefinition } from "../../../../lib/api/kinds/kinds.ts";
import { type ApiResource, versionOf } from "../../../sources/kubernetes/resource.ts";

const namespaced = { scope: "Namespaced", versions: [{ name: "v1", channels: ["standard", "experimental"] }] } as const;

export const deployments: KindDefinition = { ...namespaced, group: "apps", kind: "Deployment", plural: "deployments" };
export const services: KindDefinition = { ...namespaced, group: "", kind: "Service", plural: "services" };

/** Kinds of objects that are made for proxies and that do not show the proxies' state. */
export const otherMadeKinds: readonly KindDefinition[] = [
  { ...namespaced, group: "", kind: "ServiceAccount", plural: "serviceaccounts" },
  { ...namespaced, group: "", kind: "ConfigMap", plural: "configmaps" },
  { ...namespaced, group: "policy", kind: "PodDisruptionBudget", plural: "poddisruptionbudgets" },
];

/** Selects all objects that are made for proxies, of every Gateway. */
export const madeSelector = "app.kubernetes.io/managed-by=gatewright,app.kubernetes.io/name=gatewright-proxy";

const madeKinds = [deployments, services, ...otherMadeKinds];

/** @throws RangeError for a kind of which no object is made for proxies. */
export function madeResource(kind: string): ApiResource {
  const definition = madeKinds.find((each) => each.kind === kind);
  if (definition === undefined) throw new RangeError(`proxies are made of no ${kind}`);
  return versionOf(definition, "v1");
}
