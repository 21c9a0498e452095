import { closest } from "../../../api/schema/spelling.ts";
import type { Finding } from "../../../findings/finding.ts";
import type { RoutingObjects } from "../../../routing/objects.ts";
import { at } from "./reference.ts";

interface SelectingListener {
  readonly name: string;
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: string; readonly selector?: { readonly matchLabels?: Labels } };
  };
}

type Labels = Readonly<Record<string, string>>;

/** Finds a label of the route's namespace that almost equals the label by which a parent's listener selects it. */
export function nearLabelsOf(
  { routes, namespaces, gateways, listenerSets }: RoutingObjects,
  { object, field = "" }: Finding,
): { readonly words: string; readonly fix: string } | undefined {
  const namespace = object?.namespace ?? "default";
  const route = object && routes.get(`${object.kind}/${namespace}/${object.name}`)?.object;
  const parent = at(route, field) as
    | { readonly kind?: string; readonly namespace?: string; readonly name?: string }
    | undefined;
  if (parent === undefined) return undefined;
  const { kind = "Gateway", namespace: own = namespace, name } = parent;
  const found = (kind === "Gateway" ? gateways : listenerSets).get(`${own}/${name}`)?.object;
  const listeners: readonly SelectingListener[] = found?.spec.listeners ?? [];
  // Kubernetes gives every namespace a label with its name.
  const labels: Labels = {
    ...namespaces.get(namespace)?.object.metadata.labels,
    "kubernetes.io/metadata.name": namespace,
  };
  for (const { name: listener, allowedRoutes } of listeners) {
    const { from, selector } = allowedRoutes?.namespaces ?? {};
    const missing = Object.entries(selector?.matchLabels ?? {}).filter(([key, value]) => labels[key] !== value);
    const [wanted, ...others] = missing;
    if (from !== "Selector" || wanted === undefined || others.length > 0) continue;
    const near = nearLabel(labels, wanted);
    if (near === undefined) continue;
    const [key, value] = wanted;
    const words = `Namespace ${namespace} has the label ${near}, and listener ${listener} selects ${key}: ${value}.`;
    return { words, fix: `Make the label of the Namespace and the selector of the listener the same.` };
  }
  return undefined;
}

function nearLabel(labels: Labels, [key, value]: readonly [string, string]): string | undefined {
  const own = labels[key];
  if (own !== undefined) return closest(value, [own]) === undefined ? undefined : `${key}: ${own}`;
  const similar = closest(
    key,
    Object.keys(labels).filter((one) => labels[one] === value),
  );
  return similar === undefined ? undefined : `${similar}: ${value}`;
}
