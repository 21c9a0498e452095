import type { AnyObject } from "../../../../lib/api/declared/declared.ts";

/** The metadata that all objects made for one Gateway share. */
export interface Made {
  /** The name of all of them. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** Selects the pods of this Gateway. It never changes, since the selector of a Deployment is immutable. */
  readonly selector: Readonly<Record<string, string>>;
  /** Selects the pods of this Deployment, not those that the Gateway has under a previous class while both exist. */
  readonly podSelector: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly Readonly<Record<string, unknown>>[];
  /** The name of the controller that makes the objects. */
  readonly controllerName: string;
}

/**
 * Names the controller that made an object, so that no other controller deletes it. Pods do not get it: a changed pod
 * template would replace them.
 */
export const controllerAnnotation = "gatewright.dev/controller-name";

/** Makes an object of one Gateway: shared metadata, and the given fields. */
export function object(
  apiVersion: string,
  kind: string,
  made: Made,
  fields: Readonly<Record<string, unknown>>,
): AnyObject {
  const { name, namespace, labels, ownerReferences, controllerName } = made;
  const annotations = { ...made.annotations, [controllerAnnotation]: controllerName };
  const metadata = { name, namespace, labels, annotations, ownerReferences };
  return { apiVersion, kind, metadata, ...fields };
}
