import type { AnyObject } from "../../../../lib/api/declared/declared.ts";
import type { ApiServer } from "../../../sources/kubernetes/api-server.ts";
import { pathOf } from "../../../sources/kubernetes/resource.ts";
import { controllerAnnotation } from "./made.ts";
import { madeResource } from "./made-kinds.ts";

/** An object has the name of one that a Gateway wants, and was not made for that Gateway. It is left as it is. */
export class ForeignObject extends Error {
  override readonly name = "ForeignObject";
}

interface OwnerReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
  readonly controller?: boolean;
}

const managedBy = "app.kubernetes.io/managed-by";
const gatewayName = "gateway.networking.k8s.io/gateway-name";

/**
 * Looks whether there is an object under the name of a wanted one. It lists with a field selector, which is read as fast as
 * one object, since the controller has the right to list these kinds and needs none to get them.
 *
 * @returns its uid; undefined if there is none.
 * @throws ForeignObject if it was not made for the Gateway of the wanted object.
 */
export async function uidOfOwn(server: ApiServer, wanted: AnyObject): Promise<string | undefined> {
  const { kind, metadata } = wanted;
  const { items = [] } = await server.json<{ readonly items?: readonly AnyObject[] }>({
    method: "GET",
    path: pathOf(madeResource(kind), metadata.namespace),
    kind: `${kind}List`,
    query: { fieldSelector: `metadata.name=${metadata.name}` },
  });
  const there = items.find(({ metadata: { name } }) => name === metadata.name);
  if (there === undefined) return undefined;
  const why = whyForeign(there, wanted);
  if (why !== undefined) throw new ForeignObject(messageFor(wanted, why));
  return there.metadata.uid;
}

function messageFor({ kind, metadata: { namespace, name } }: AnyObject, why: string): string {
  return `${kind} ${namespace}/${name} is there already, and it was not made for this Gateway: ${why}. It is left as it is. Delete or rename it, or give the Gateway another name.`;
}

/**
 * Why an object was not made for the Gateway that wants one of its name; undefined if it was. An object without an owner,
 * or of a former Gateway with the same name, is ours if its labels and annotation say so: `kubectl delete
 * --cascade=orphan` leaves such objects.
 */
export function whyForeign(there: AnyObject, wanted: AnyObject): string | undefined {
  const { labels = {}, annotations = {} } = there.metadata;
  const controller = annotations[controllerAnnotation];
  const own = wanted.metadata.annotations?.[controllerAnnotation];
  if (controller !== undefined && controller !== own) return `the controller ${controller} made it`;
  const [gateway] = ownersOf(wanted);
  const owners = ownersOf(there);
  const isLabelled = labels[managedBy] === wanted.metadata.labels?.[managedBy];
  if (owners.some(({ uid }) => uid === gateway?.uid)) {
    return isLabelled || controller !== undefined ? undefined : `it has no label ${managedBy}: gatewright`;
  }
  const other = owners.find(({ kind, name }) => kind !== "Gateway" || name !== gateway?.name);
  if (other !== undefined) return `${other.kind} ${other.name} owns it`;
  if (!isLabelled) return `it has neither the Gateway as owner nor the label ${managedBy}: gatewright`;
  const isOfName = labels[gatewayName] === wanted.metadata.labels?.[gatewayName];
  return isOfName && controller !== undefined ? undefined : "its labels and annotations name no Gateway of this name";
}

function ownersOf({ metadata }: AnyObject): readonly OwnerReference[] {
  return (metadata as { readonly ownerReferences?: readonly OwnerReference[] }).ownerReferences ?? [];
}
