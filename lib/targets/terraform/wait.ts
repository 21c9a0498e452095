import { gatewayGroup, groupOf } from "../../api/conversion/versions.ts";
import type { AnyObject } from "../../api/declared/declared.ts";
import { parentRefsOf } from "../parent-refs.ts";

/** The block `wait` of a `kubernetes_manifest`. Only one member may be set. */
export interface Wait {
  readonly condition?: readonly { readonly type: string; readonly status: string }[];
  readonly rollout?: true;
  /** Regular expressions, not anchored, keyed by field path. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Returns the condition for an apply to wait for, or undefined if it need not wait after the object is stored. */
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
 * Returns the condition that all parents of a route accept it. The provider's `condition` reads only
 * `status.conditions`, and `fields` addresses list items by index: a parent's first two conditions are Accepted and
 * ResolvedRefs, in either order.
 */
function acceptedByParents(object: AnyObject): Wait | undefined {
  const parents = parentRefsOf(object);
  if (parents.length === 0) return undefined;
  const paths = parents.flatMap((_, parent) =>
    [0, 1].map((index) => `status.parents[${parent}].conditions[${index}].status`),
  );
  return { fields: Object.fromEntries(paths.map((path) => [path, "^True$"])) };
}
