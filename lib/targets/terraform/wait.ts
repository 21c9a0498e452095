import { gatewayGroup, groupOf } from "../../api/conversion/versions.ts";
import type { AnyObject } from "../../api/declared/declared.ts";
import { parentRefsOf } from "../parent-refs.ts";

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
    case `${gatewayGroup}/GatewayClass`:
      return condition("Accepted");
    case `${gatewayGroup}/Gateway`:
    case `${gatewayGroup}/ListenerSet`:
      return condition("Programmed");
    case "apps/Deployment":
    case "apps/StatefulSet":
    case "apps/DaemonSet":
      return { rollout: true };
    default:
      return acceptedByParents(object);
  }
}

function condition(type: string): Wait {
  return { condition: [{ type, status: "True" }] };
}

/**
 * A route's conditions are those of each of its parents, where the provider's `condition` does not look, and `fields` can
 * only count: the first two conditions of a parent are Accepted and ResolvedRefs, in one order or the other.
 */
function acceptedByParents(object: AnyObject): Wait | undefined {
  const parents = parentRefsOf(object);
  if (parents.length === 0) return undefined;
  const paths = parents.flatMap((_, parent) =>
    [0, 1].map((index) => `status.parents[${parent}].conditions[${index}].status`),
  );
  return { fields: Object.fromEntries(paths.map((path) => [path, "^True$"])) };
}
