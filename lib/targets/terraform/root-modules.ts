import { defaultNamespace, gatewayGroup, groupOf } from "../../api/conversion/versions.ts";
import type { AnyObject, Declared, PersonaName } from "../../api/declared/declared.ts";
import { kindDefinition } from "../../api/kinds/kinds.ts";

/**
 * The root modules, in the order in which they are applied. `kubernetes_manifest` asks the API server for an object's
 * schema when it plans, so what has a CRD cannot be planned beside it; and each persona applies its own with rights of
 * its own.
 */
export const rootModules = [
  "1-crds",
  "2-infrastructure-provider",
  "3-cluster-operator",
  "4-application-developer",
] as const;

export type RootModule = (typeof rootModules)[number];

const ofPersona: Readonly<Record<PersonaName, RootModule>> = {
  InfrastructureProvider: "2-infrastructure-provider",
  ClusterOperator: "3-cluster-operator",
  ApplicationDeveloper: "4-application-developer",
};

/**
 * Says for each object which root module it belongs to: that of the persona in whose scope a program declares it, or of
 * the persona whose kind it is. What a class or a Gateway refers to is there when the apply waits for it, so it goes
 * where they are; what several refer to, where the first of them is applied.
 */
export function rootModuleOf(declared: readonly Declared[]): (one: Declared) => RootModule {
  const earliest = referredModules(declared);
  return (one) => {
    const own = ownModule(one);
    const referred = one.persona === undefined ? earliest.get(identityOf(one.object)) : undefined;
    return referred === undefined ? own : earlier(own, referred);
  };
}

/** The module of an object that nothing refers to. */
function ownModule({ object, persona }: Declared): RootModule {
  if (object.kind === "CustomResourceDefinition") return "1-crds";
  if (persona !== undefined) return ofPersona[persona];
  if (isListening(object) || admitsListeners(object)) return "3-cluster-operator";
  return isClusterScoped(object) ? "2-infrastructure-provider" : "4-application-developer";
}

function earlier(left: RootModule, right: RootModule): RootModule {
  return rootModules.indexOf(left) <= rootModules.indexOf(right) ? left : right;
}

function isListening({ apiVersion, kind }: AnyObject): boolean {
  return groupOf(apiVersion) === gatewayGroup && (kind === "Gateway" || kind === "ListenerSet");
}

function isClass({ apiVersion, kind }: AnyObject): boolean {
  return groupOf(apiVersion) === gatewayGroup && kind === "GatewayClass";
}

/** A ReferenceGrant from the listeners' side: without it a Gateway is not programmed. */
function admitsListeners({ kind, spec }: AnyObject): boolean {
  if (kind !== "ReferenceGrant") return false;
  const { from } = (spec ?? {}) as { readonly from?: readonly { readonly kind?: unknown }[] };
  return Array.isArray(from) && from.some((one) => one?.kind === "Gateway" || one?.kind === "ListenerSet");
}

/** An object of a kind that is not known here has no namespace if none is written. */
function isClusterScoped({ apiVersion, kind, metadata }: AnyObject): boolean {
  const known = kindDefinition(apiVersion, kind);
  return known === undefined ? metadata.namespace === undefined : known.scope === "Cluster";
}

/** The first module with a class, Gateway or ListenerSet that refers to an object, by {@link identity} of the object. */
function referredModules(declared: readonly Declared[]): ReadonlyMap<string, RootModule> {
  const found = new Map<string, RootModule>();
  for (const one of declared.filter(({ object }) => isClass(object) || isListening(object))) {
    const module = ownModule(one);
    for (const referred of referredBy(one.object)) found.set(referred, earlier(found.get(referred) ?? module, module));
  }
  return found;
}

/** The fields whose references have no `kind` unless it is another than Secret (SecretObjectReference). */
const secretReferences: readonly string[] = ["certificateRefs", "clientCertificateRef"];

/** What an object names in its spec by kind and name, such as Secrets, ConfigMaps and the object of `parametersRef`. */
function referredBy({ metadata, spec }: AnyObject): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown, defaultKind?: "Secret"): void => {
    if (value === null || typeof value !== "object") return;
    const reference = value as Partial<Record<string, unknown>>;
    const { name, kind = defaultKind, group = "", namespace = metadata.namespace } = reference;
    if (typeof kind === "string") found.add(identity(group, kind, namespace, name));
    const isList = Array.isArray(value);
    for (const [field, member] of Object.entries(value)) {
      visit(member, isList ? defaultKind : secretReferences.includes(field) ? "Secret" : undefined);
    }
  };
  visit(spec);
  return found;
}

function identityOf({ apiVersion, kind, metadata }: AnyObject): string {
  return identity(groupOf(apiVersion), kind, metadata.namespace, metadata.name);
}

/** The version is no part of it: references have none. What names no namespace is in `default`, or is in none. */
function identity(group: unknown, kind: string, namespace: unknown, name: unknown): string {
  return `${String(group)} ${kind} ${String(namespace ?? defaultNamespace)}/${String(name)}`;
}
