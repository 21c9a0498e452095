import type { RoutingObjects } from "../objects.ts";
import { namespaceOf } from "../objects.ts";

export const gatewayApiGroup = "gateway.networking.k8s.io";

/** The source of a reference: an object of the Gateway API's group. */
export interface Referrer {
  readonly kind: string;
  readonly namespace: string;
}

export interface Referent {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Decides whether a reference is allowed: within a namespace always, across namespaces with a ReferenceGrant. */
export interface ReferenceGrants {
  readonly permits: (from: Referrer, to: Referent) => boolean;
}

/** Represents a `to` without a name. No object has the empty name, so a `to` with the name `*` grants nothing. */
const everyName = "";

/** Indexes every pair of `from` and `to` of every ReferenceGrant, so that `permits` needs two lookups. */
export function referenceGrants(objects: RoutingObjects): ReferenceGrants {
  const granted = new Set<string>();
  for (const { object } of objects.referenceGrants.values()) {
    const namespace = namespaceOf(object);
    for (const from of object.spec.from) {
      if (from.group !== gatewayApiGroup) continue;
      for (const to of object.spec.to) {
        granted.add(pair(from, { group: to.group, kind: to.kind, namespace, name: to.name || everyName }));
      }
    }
  }
  return {
    permits: (from, to) =>
      from.namespace === to.namespace ||
      granted.has(pair(from, { ...to, name: everyName })) ||
      granted.has(pair(from, to)),
  };
}

function pair(from: Referrer, to: Referent): string {
  return `${from.kind}/${from.namespace}>${to.group}/${to.kind}/${to.namespace}/${to.name}`;
}

/** Describes the ReferenceGrant that would permit the reference. */
export function grantThatWouldHelp(from: Referrer, to: Referent): string {
  return `Add a ReferenceGrant to namespace ${to.namespace} from ${from.kind}s in ${from.namespace} to ${to.kind} ${to.name}.`;
}
