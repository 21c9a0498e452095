import type { Late, ListenerSetSpec, ParentGatewayReference, ParentReference } from "../api/index.ts";
import { Manifest, type ManifestKind, type ManifestProps, specOf } from "../constructs/manifest.ts";
import type { Persona } from "../constructs/persona.ts";
import type { IGateway } from "./gateway.ts";
import { requireListener } from "./listener-names.ts";
import { parentRefTo, type RouteParent, toParentRef } from "./parent.ts";

/** A ListenerSet of this or another program, for use in `parentRefs`. */
export interface IListenerSet extends RouteParent {
  readonly kind: "ListenerSet";
}

/** The spec of a ListenerSet. `parentRef` also takes a Gateway object. */
export interface ListenerSetProps extends Omit<ListenerSetSpec, "parentRef">, ManifestProps {
  readonly parentRef: (ParentGatewayReference & { readonly parentRef?: never }) | IGateway;
}

const listenerSet: ManifestKind = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "ListenerSet",
  scope: "Namespaced",
  personas: ["ClusterOperator", "ApplicationDeveloper"],
};

/** Listeners added to a Gateway that allows it with `allowedListeners` (Gateway API: ListenerSet, GEP-1713). */
export class ListenerSet extends Manifest implements IListenerSet {
  readonly props: ListenerSetProps;

  constructor(scope: Persona<"ClusterOperator" | "ApplicationDeveloper">, id: string, props: ListenerSetProps) {
    super(scope, id, listenerSet, props);
    this.props = props;
  }

  /**
   * Refers by name to a ListenerSet that another program declares. Without `namespace`, each route looks for the
   * ListenerSet in its own namespace.
   */
  static fromName(name: Late<string>, options: { readonly namespace?: Late<string> } = {}): IListenerSet {
    const { namespace } = options;
    const parentRef = parentRefTo("ListenerSet", name, namespace);
    return {
      kind: "ListenerSet",
      name,
      ...(namespace === undefined ? {} : { namespace }),
      parentRef,
      listener: (sectionName) => ({ ...parentRef, sectionName }),
    };
  }

  override get kind(): "ListenerSet" {
    return "ListenerSet";
  }

  get parentRef(): ParentReference {
    return parentRefTo("ListenerSet", this.name, this.namespace);
  }

  listener(name: string): ParentReference {
    requireListener(this, this.props.listeners, name);
    return { ...this.parentRef, sectionName: name };
  }

  override toSpec(): ListenerSetSpec {
    return { ...specOf(this.props), parentRef: toParentRef(this.props.parentRef) };
  }
}
