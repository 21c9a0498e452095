import type { ParentReference } from "../api/index.ts";
import { type RouteParent, toParentRef } from "../cluster-operator/parent.ts";
import { selectionsOf } from "../cluster-operator/route-selection.ts";
import { originOf } from "../constructs/call-site.ts";
import { pathOf } from "../constructs/declaration-error.ts";
import type { IManifest } from "../constructs/host.ts";
import { knownNow } from "../constructs/known-now.ts";
import { Manifest, type ManifestProps, referenceTo, specOf } from "../constructs/manifest.ts";
import type { Finding } from "../findings/finding.ts";

/** The props that every kind of route has. */
export interface RouteProps extends ManifestProps {
  /**
   * Gateways and ListenerSets to attach to, as objects or as plain references: `[gateway]`,
   * `[gateway.listener("http")]`, `[{ ...gateway.parentRef, port: 443 }]`. Gateways that select the route by its labels
   * are added. Default: only those.
   */
  readonly parentRefs?: readonly (ParentReference | RouteParent)[];
}

/** The base class of the five kinds of routes. It resolves parents given as objects, and binds routes by labels. */
export abstract class Route<Props extends RouteProps> extends Manifest {
  /** The spec as the author wrote it. */
  abstract readonly props: Props;

  /** {@inheritDoc Manifest.toSpec} */
  override toSpec(): unknown {
    const { parentRefs, ...rest } = specOf<RouteProps>(this.props);
    const own = parentRefs?.map(toParentRef);
    const selected = selectedParentRefs(this, own ?? []);
    return own === undefined && selected.length === 0 ? rest : { parentRefs: [...(own ?? []), ...selected], ...rest };
  }

  /** Returns a note (GW1401) for each Gateway that selects this route by its labels but does not admit it. */
  override remarks(): readonly Finding[] {
    return selectionsOf(this)
      .filter(({ admitted }) => !admitted)
      .map(({ gateway }) => notAdmitted(this, gateway));
  }
}

/**
 * Returns references to the Gateways that select `route` by its labels, except those that `own` already names: the API
 * allows two references to one parent only with different sections or ports.
 */
function selectedParentRefs(route: IManifest, own: readonly ParentReference[]): ParentReference[] {
  return selectionsOf(route)
    .filter(({ admitted, gateway }) => admitted && !own.some((entry) => refersTo(entry, gateway, route)))
    .map(({ gateway }) => gateway.parentRef);
}

function refersTo(entry: ParentReference, gateway: IManifest, route: IManifest): boolean {
  return (
    (entry.kind ?? "Gateway") === "Gateway" &&
    (entry.group ?? "gateway.networking.k8s.io") === "gateway.networking.k8s.io" &&
    same(entry.name, gateway.name) &&
    same(entry.namespace ?? route.namespace, gateway.namespace)
  );
}

/** Reports whether two values are equal. Two values that are not known yet are equal only if they are identical. */
function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  const value = knownNow(left);
  return value !== undefined && value === knownNow(right);
}

function notAdmitted(route: IManifest, gateway: IManifest): Finding {
  return {
    code: "GW1401",
    severity: "note",
    message: `The Gateway at ${pathOf(gateway)} selects this ${route.kind} by its labels, but none of its listeners admits it: it is not bound.`,
    object: referenceTo(route),
    origin: originOf(route),
    field: "metadata.labels",
    allowed: `a ${route.kind} of a namespace that allowedRoutes of one of the listeners admits`,
    fix: "Widen allowedRoutes of a listener, make the route in a namespace that is admitted, or take the label away.",
  };
}
