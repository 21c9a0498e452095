import type { Finding } from "../../api/finding.ts";
import type { RoutingObjects } from "../../routing/objects.ts";
import { at } from "./reference.ts";

interface SelectingListener {
  readonly name: string;
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: string; readonly selector?: { readonly matchLabels?: Labels } };
  };
}

type Labels = Readonly<Record<string, string>>;

/** Which label of a route's namespace is not what a listener of its parent selects namespaces by, if one is missing. */
export function nearLabelsOf(
  { routes, namespaces, gateways, listenerSets }: RoutingObjects,
  { object, field = "" }: Finding,
): { readonly words: string; readonly fix: string } | undefined {
  const namespace = object?.namespace ?? "default";
  const declared = namespaces.get(namespace)?.object;
  const route = object && routes.get(`${object.kind}/${namespace}/${object.name}`)?.object;
  const parent = at(route, field) as { readonly kind?: string; readonly namespace?: string; readonly name?: string };
  if (declared === undefined || parent === undefined) return undefined;
  const { kind = "Gateway", namespace: own = namespace, name } = parent;
  const found = (kind === "Gateway" ? gateways : listenerSets).get(`${own}/${name}`)?.object;
  const listeners: readonly SelectingListener[] = found?.spec.listeners ?? [];
  const labels: Labels = { ...declared.metadata.labels, "kubernetes.io/metadata.name": namespace };
  for (const listener of listeners) {
    const { from, selector } = listener.allowedRoutes?.namespaces ?? {};
    const missing = Object.entries(selector?.matchLabels ?? {}).filter(([key, value]) => labels[key] !== value);
    const [label, ...others] = missing;
    if (from !== "Selector" || label === undefined || others.length > 0) continue;
    const [key, value] = label;
    const has = labels[key] === undefined ? `has no label ${key}` : `has label ${key}: ${labels[key]}`;
    const words = `Namespace ${namespace} ${has}, and listener ${listener.name} selects ${key}: ${value}.`;
    return { words, fix: `Set the label ${key}: ${value} on Namespace ${namespace}.` };
  }
  return undefined;
}
