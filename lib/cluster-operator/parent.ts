import type { Late, ParentReference } from "../api/index.ts";

/** An object of this or another program that routes attach to, for use in `parentRefs`. */
export interface RouteParent {
  readonly name: Late<string>;
  /** Absent: the namespace of the referring route. */
  readonly namespace?: Late<string>;
  /** A plain entry of `parentRefs` for all listeners. To select a port: `{ ...gateway.parentRef, port: 443 }`. */
  readonly parentRef: ParentReference;
  /**
   * Returns a plain entry of `parentRefs` for one listener (`sectionName`). Throws if the object is declared in this
   * program and has no such listener.
   */
  listener(name: string): ParentReference;
}

/** Builds a plain reference. Includes the namespace if it is known, and group and kind unless they are the defaults. */
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

/** Returns the plain entry of `parentRefs` for an object. A plain entry is returned as it is. */
export function toParentRef(entry: ParentReference | RouteParent): ParentReference {
  return isRouteParent(entry) ? entry.parentRef : entry;
}

function isRouteParent(entry: ParentReference | RouteParent): entry is RouteParent {
  return entry !== null && typeof entry === "object" && "parentRef" in entry;
}
