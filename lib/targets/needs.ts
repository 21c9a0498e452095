import type { AnyObject } from "../api/declared/declared.ts";
import { isLate } from "../api/declared/late.ts";
import { type NamedObject, namedObjects } from "../api/load/named-objects.ts";
import { rankOf } from "./order.ts";

/** The rank of kinds without an own rank: workloads, filters, settings. */
const unlisted = rankOf({ kind: "" });

/**
 * Computes the objects of a set that must exist before each object: its namespace and its CRD; the objects that it
 * references in any namespace; the ReferenceGrants for these references; the policies and endpoints of its Services.
 * Only objects with a lower rank count, so that there are no cycles. For engines that apply objects one by one.
 */
export class Needs {
  readonly #index = new Map<string, AnyObject[]>();
  readonly #byKind = new Map<string, AnyObject[]>();
  readonly #policies = new Map<string, AnyObject[]>();
  /** EndpointSlices by their Service. */
  readonly #slices = new Map<string, AnyObject[]>();
  readonly #unlisted: readonly AnyObject[];
  readonly #keys = new Map<unknown, string>();

  constructor(objects: readonly AnyObject[]) {
    for (const object of objects) {
      const { kind, metadata } = object;
      push(this.#byKind, kind, object);
      push(this.#index, this.#keyOf({ kind, namespace: metadata.namespace, name: metadata.name }), object);
      if (kind === "EndpointSlice") {
        push(this.#slices, this.#keyOf({ kind, namespace: metadata.namespace, name: serviceOf(object) }), object);
      }
      if (kind === "BackendTLSPolicy") {
        for (const target of this.#namedBy(object)) push(this.#policies, this.#keyOf(target), object);
      }
    }
    this.#unlisted = objects.filter((object) => rankOf(object) === unlisted);
  }

  /** @returns the objects needed by `object`, each once. */
  of(object: AnyObject): readonly AnyObject[] {
    const found = new Set<AnyObject>();
    const add = (objects: readonly AnyObject[]) => {
      for (const one of objects) if (rankOf(one) < rankOf(object)) found.add(one);
    };
    add(this.#definitionsOf(object));
    if (object.metadata.namespace !== undefined)
      add(this.#find({ kind: "Namespace", namespace: undefined, name: object.metadata.namespace }));
    for (const named of this.#namedBy(object)) {
      add(this.#find(named));
      if (named.namespace !== object.metadata.namespace) add(this.#grantsIn(named.namespace));
      if (named.kind === "Service" || named.kind === "ServiceImport") add(this.#behind(named));
    }
    add(this.#ofKind(object));
    return [...found];
  }

  #namedBy(object: AnyObject): readonly NamedObject[] {
    const { spec, metadata } = object;
    const { roleRef, subjects } = object as { readonly roleRef?: unknown; readonly subjects?: unknown };
    // Subjects of RBAC bindings reference accounts by kind and name, like other references.
    return namedObjects({ spec, roleRef, subjectRefs: subjects }, metadata.namespace);
  }

  /** Returns the objects that a kind needs without referencing them. */
  #ofKind(object: AnyObject): readonly AnyObject[] {
    const { kind, metadata, spec } = object;
    switch (kind) {
      case "GatewayClass":
        // The unlisted objects may include the controller of the class, which must exist to accept it.
        return this.#unlisted;
      case "ServiceExport":
        return this.#find({ kind: "Service", namespace: metadata.namespace, name: metadata.name });
      case "EndpointSlice":
        return this.#find({ kind: "Service", namespace: metadata.namespace, name: serviceOf(object) });
      default:
        if ((spec as { readonly useDefaultGateways?: unknown } | undefined)?.useDefaultGateways !== undefined) {
          return this.#byKind.get("Gateway") ?? [];
        }
        return rankOf(object) === unlisted ? this.#around(object) : [];
    }
  }

  /**
   * Returns the accounts, settings and credentials that a workload may use, in its namespace or cluster-scoped, because
   * a workload can reference them in many ways. CRDs are included, because the workload may be a controller that reads
   * their kinds.
   */
  #around({ metadata }: AnyObject): readonly AnyObject[] {
    const access = ["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
    const kinds = ["CustomResourceDefinition", ...access, "ConfigMap", "Secret"];
    const objects = kinds.flatMap((kind) => this.#byKind.get(kind) ?? []);
    return objects.filter(
      (one) => one.metadata.namespace === undefined || one.metadata.namespace === metadata.namespace,
    );
  }

  /** Returns the policies and endpoints of a Service. No request may be sent before the policy that secures it. */
  #behind(service: NamedObject): readonly AnyObject[] {
    const { namespace, name } = service;
    const slices = this.#slices.get(this.#keyOf({ kind: "EndpointSlice", namespace, name })) ?? [];
    return [...(this.#policies.get(this.#keyOf(service)) ?? []), ...slices];
  }

  #grantsIn(namespace: unknown): readonly AnyObject[] {
    const grants = this.#byKind.get("ReferenceGrant") ?? [];
    return grants.filter(
      ({ metadata }) => isLate(namespace) || isLate(metadata.namespace) || metadata.namespace === namespace,
    );
  }

  #definitionsOf({ apiVersion, kind }: AnyObject): readonly AnyObject[] {
    const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
    return (this.#byKind.get("CustomResourceDefinition") ?? []).filter(({ spec }) => {
      const { group: defined, names } = (spec ?? {}) as {
        readonly group?: unknown;
        readonly names?: { kind?: unknown };
      };
      return defined === group && names?.kind === kind;
    });
  }

  /** Returns the object with a name. If the name is late, all objects of the kind are returned. */
  #find(named: NamedObject): readonly AnyObject[] {
    const found = this.#index.get(this.#keyOf(named));
    if (found !== undefined) return found;
    const all = this.#byKind.get(named.kind) ?? [];
    if (isLate(named.name) || isLate(named.namespace)) return all;
    return all.filter(({ metadata }) => isLate(metadata.name) || isLate(metadata.namespace));
  }

  /** Builds a key. Late values are equal only if they are identical. */
  #keyOf({ kind, namespace = "", name }: NamedObject): string {
    return [kind, ...[namespace, name].map((value) => this.#textOf(value))].join(" ");
  }

  #textOf(value: unknown): string {
    if (typeof value === "string") return value;
    const known = this.#keys.get(value) ?? `(late ${this.#keys.size})`;
    this.#keys.set(value, known);
    return known;
  }
}

function serviceOf({ metadata }: AnyObject): unknown {
  return (
    metadata.labels?.["kubernetes.io/service-name"] ?? metadata.labels?.["multicluster.kubernetes.io/service-name"]
  );
}

function push(map: Map<string, AnyObject[]>, key: string, object: AnyObject): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [object]);
  else list.push(object);
}
