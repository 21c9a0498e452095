import type { AnyObject } from "../../../../lib/api/declared/declared.ts";

/** What the objects of one Gateway have in common. */
export interface Made {
  /** Of all of them. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** What tells the pods of this Gateway from all others: never changed, since a Deployment's selector cannot be. */
  readonly selector: Readonly<Record<string, string>>;
  /** What tells the pods of this Deployment from those that the Gateway had under another class, while both are there. */
  readonly podSelector: Readonly<Record<string, string>>;
  readonly ownerReferences: readonly Readonly<Record<string, unknown>>[];
  /** The controller that makes the objects. */
  readonly controllerName: string;
}

/** Names the controller that made an object: no other deletes it. Not on pods, which it would replace. */
export const controllerAnnotation = "gatewright.dev/controller-name";

/** An object of one Gateway: what is not in `fields` is the same for all. */
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
