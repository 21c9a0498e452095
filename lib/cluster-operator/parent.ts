import type { Late, ParentReference } from "../api/index.ts";

/** What routes attach to, of this program or of another: the object that stands for an entry of `parentRefs`. */
export interface RouteParent {
  readonly name: Late<string>;
  /** Absent: the namespace of whoever refers to it. */
  readonly namespace?: Late<string>;
  /** A plain entry of `parentRefs` for all its listeners. To narrow it: `{ ...gateway.parentRef, port: 443 }`. */
  readonly parentRef: ParentReference;
  /**
   * A plain entry of `parentRefs` for the listener of that name (`sectionName`). Throws if the object is of this program
   * and has no such listener.
   */
  listener(name: string): ParentReference;
}

/** A plain reference. The namespace is written out when it is known; group and kind are when they are not the default. */
export function parentRefTo(
  kind: "Gateway" | "ListenerSet",
  name: Late<string>,
  namespace: Late<string> | undefined,
): ParentReference {
  return {
    ...(kind === "Gateway" ? {} : { group: "gateway.networking.k8s.io", kind }),
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** The plain entry of `parentRefs` that an object or a plain entry stands for. */
export function toParentRef(entry: ParentReference | RouteParent): ParentReference {
  return isRouteParent(entry) ? entry.parentRef : entry;
}

function isRouteParent(entry: ParentReference | RouteParent): entry is RouteParent {
  return entry !== null && typeof entry === "object" && "parentRef" in entry;
}
