import { isDeepStrictEqual } from "node:util";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { namedObjects } from "../../../lib/api/load/named-objects.ts";
import type { Attachment } from "../../../lib/routing/attach/attachment.ts";
import type { Change } from "../../sources/kubernetes/cluster-objects.ts";

/**
 * The objects that a configuration depends on. Most changes in a cluster do not concern it: Services that no route
 * references, routes of another controller, statuses that we have written ourselves. Such changes need no compilation.
 */
export class ChangeFilter {
  readonly #controllerNames: ReadonlySet<string>;
  /** `Kind namespace/name` of every object that our classes, Gateways, ListenerSets, routes and policies reference. */
  readonly #named = new Set<string>();
  /** `Kind namespace/name` of every object that is ours. */
  readonly #ours = new Set<string>();

  constructor(attachment: Attachment, controllerNames: ReadonlySet<string>) {
    this.#controllerNames = controllerNames;
    for (const { declared } of attachment.gatewayClasses.values()) collect(declared.object.spec, "", this.#named);
    for (const [name, gateway] of attachment.gateways) this.#own("Gateway", name, gateway.declared.object.spec);
    for (const [name, set] of attachment.listenerSets) this.#own("ListenerSet", name, set.declared.object.spec);
    for (const [key, { parents, declared }] of attachment.routes) {
      if (!parents.some(({ outcome }) => outcome === "judged")) continue;
      this.#ours.add(key.replace("/", " "));
      collect(declared.object.spec, declared.object.metadata.namespace ?? "default", this.#named);
    }
    for (const [name, { declared, ancestors }] of attachment.policies) {
      if (ancestors.length === 0) continue;
      this.#ours.add(`BackendTLSPolicy ${name}`);
      collect(declared.object.spec, declared.object.metadata.namespace ?? "default", this.#named);
    }
  }

  #own(kind: string, name: string, spec: unknown): void {
    this.#ours.add(`${kind} ${name}`);
    collect(spec, name.split("/")[0] as string, this.#named);
  }

  /** Returns whether a change may change the configuration. */
  concerns({ object, now, before }: Change): boolean {
    if (now !== undefined && before !== undefined && isOnlyBookkeeping(before, now)) return false;
    const { kind, metadata } = object;
    const key = `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
    switch (kind) {
      case "GatewayClass":
        return [before, now].some((each) => this.#controllerNames.has(String(specOf(each).controllerName)));
      case "HTTPRoute":
      case "GRPCRoute":
      case "TLSRoute":
      case "TCPRoute":
      case "UDPRoute":
        return this.#ours.has(key) || (now !== undefined && this.#isOffered(now));
      case "BackendTLSPolicy":
        return this.#ours.has(key) || (now !== undefined && this.#isForOurBackend(now));
      case "Service":
      case "ServiceImport":
      case "Secret":
      case "ConfigMap":
      case "GatewayParameters":
        return this.#named.has(key);
      case "EndpointSlice":
        return [before, now].some((each) => this.#describesBackend(each));
      default:
        return true;
    }
  }

  /** Returns whether a route references a parent of ours, or asks for default Gateways. */
  #isOffered(route: AnyObject): boolean {
    const { parentRefs, useDefaultGateways } = specOf(route);
    if (useDefaultGateways !== undefined) return true;
    const own = route.metadata.namespace ?? "default";
    return listOf(parentRefs).some(({ kind = "Gateway", namespace = own, name }) =>
      this.#ours.has(`${kind} ${namespace}/${name}`),
    );
  }

  /**
   * Returns whether a policy targets a backend that routes of our Gateways reference. Any other policy has no effect
   * here, and no status of ours.
   */
  #isForOurBackend(policy: AnyObject): boolean {
    const { namespace = "default" } = policy.metadata;
    return listOf(specOf(policy).targetRefs).some(({ kind, name }) => this.#named.has(`${kind} ${namespace}/${name}`));
  }

  #describesBackend(slice: AnyObject | undefined): boolean {
    const { labels = {}, namespace = "" } = slice?.metadata ?? {};
    const service = labels["kubernetes.io/service-name"];
    const imported = labels["multicluster.kubernetes.io/service-name"];
    return (
      this.#named.has(`Service ${namespace}/${service}`) || this.#named.has(`ServiceImport ${namespace}/${imported}`)
    );
  }
}

/** Returns whether only the status differs, or metadata that every write changes. */
function isOnlyBookkeeping(before: AnyObject, now: AnyObject): boolean {
  return before.metadata.uid === now.metadata.uid && isDeepStrictEqual(substance(before), substance(now));
}

function substance({ status: _, metadata, ...rest }: AnyObject): unknown {
  const { name, namespace, labels, annotations, generation, deletionTimestamp } = metadata;
  return { ...rest, metadata: { name, namespace, labels, annotations, generation, deletionTimestamp } };
}

type Fields = Readonly<Record<string, unknown>>;

function collect(spec: unknown, namespace: string, into: Set<string>): void {
  for (const { kind, namespace: named, name } of namedObjects(spec, namespace)) into.add(`${kind} ${named}/${name}`);
}

function specOf(object: AnyObject | undefined): Fields {
  return typeof object?.spec === "object" && object.spec !== null ? (object.spec as Fields) : {};
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "object" && each !== null) : [];
}
