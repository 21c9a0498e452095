import { groupOf } from "../../api/conversion/versions.ts";
import type { AnyObject } from "../../api/declared.ts";

/** The block `wait` of a `kubernetes_manifest`, of which only one member may be set. */
export interface Wait {
  readonly condition?: readonly { readonly type: string; readonly status: string }[];
  readonly rollout?: true;
  /** Regular expressions, not anchored, by the path of a field. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** When an apply is done with this object; undefined where being stored is all there is. */
export function waitFor(object: AnyObject): Wait | undefined {
  switch (`${groupOf(object.apiVersion)}/${object.kind}`) {
    case "apiextensions.k8s.io/CustomResourceDefinition":
      return condition("Established");
    case "gateway.networking.k8s.io/GatewayClass":
      return condition("Accepted");
    case "gateway.networking.k8s.io/Gateway":
    case "gateway.networking.k8s.io/ListenerSet":
      return condition("Programmed");
    case "apps/Deployment":
    case "apps/StatefulSet":
    case "apps/DaemonSet":
      return { rollout: true };
    default:
      return object.kind.endsWith("Route") && groupOf(object.apiVersion) === "gateway.networking.k8s.io"
        ? acceptedByParents(object)
        : undefined;
  }
}

function condition(type: string): Wait {
  return { condition: [{ type, status: "True" }] };
}

/**
 * A route's conditions are those of each of its parents, where the provider's `condition` does not look, and `fields` can
 * only count: the first two conditions of a parent are Accepted and ResolvedRefs, in one order or the other.
 */
function acceptedByParents({ spec }: AnyObject): Wait | undefined {
  const { parentRefs } = (spec ?? {}) as { readonly parentRefs?: unknown };
  if (!Array.isArray(parentRefs) || parentRefs.length === 0) return undefined;
  const paths = parentRefs.flatMap((_, parent) =>
    [0, 1].map((index) => `status.parents[${parent}].conditions[${index}].status`),
  );
  return { fields: Object.fromEntries(paths.map((path) => [path, "^True$"])) };
}
