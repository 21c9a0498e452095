import type { AnyObject } from "../api/declared/declared.ts";
import { isLate } from "../api/declared/late.ts";
import { type NamedObject, namedObjects } from "../api/load/named-objects.ts";
import { rankOf } from "./order.ts";

/** The rank of kinds that are not listed: workloads, filters, settings. */
const unlisted = rankOf({ kind: "" });

/**
 * What has to be there before each object, out of the same set: its namespace and its kind's definition; what it names,
 * in any namespace; the grants that let it; the policies and endpoints of the Services that it sends to. Only objects
 * that come earlier in the order of application count, so that nothing waits in a circle. For every engine that applies
 * objects one by one.
 */
export class Needs {
  readonly #index = new Map<string, AnyObject[]>();
  readonly #byKind = new Map<string, AnyObject[]>();
  readonly #policies = new Map<string, AnyObject[]>();
  /** By the Service that they are of. */
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

  /** @returns each object once. */
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
    // Subjects name accounts as references do.
    return namedObjects({ spec, roleRef, subjectRefs: subjects }, metadata.namespace);
  }

  /** What a kind needs without naming it. */
  #ofKind(object: AnyObject): readonly AnyObject[] {
    const { kind, metadata, spec } = object;
    switch (kind) {
      case "GatewayClass":
        // Its controller may be among them, and nobody else would accept it.
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
   * A workload names accounts, settings and credentials in many ways: those in its namespace and those in none. It may be a
   * controller, which reads kinds.
   */
  #around({ metadata }: AnyObject): readonly AnyObject[] {
    const access = ["ServiceAccount", "ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
    const kinds = ["CustomResourceDefinition", ...access, "ConfigMap", "Secret"];
    const objects = kinds.flatMap((kind) => this.#byKind.get(kind) ?? []);
    return objects.filter(
      (one) => one.metadata.namespace === undefined || one.metadata.namespace === metadata.namespace,
    );
  }

  /** A request must not be sent before the policy that secures it is there. */
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

  /** The object of a name. What is late may be any of the kind: all of those are waited for. */
  #find(named: NamedObject): readonly AnyObject[] {
    const found = this.#index.get(this.#keyOf(named));
    if (found !== undefined) return found;
    const all = this.#byKind.get(named.kind) ?? [];
    if (isLate(named.name) || isLate(named.namespace)) return all;
    return all.filter(({ metadata }) => isLate(metadata.name) || isLate(metadata.namespace));
  }

  /** Late values are the same if they are one. */
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
