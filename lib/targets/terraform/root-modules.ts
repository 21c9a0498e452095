import { defaultNamespace, gatewayGroup, groupOf } from "../../api/conversion/versions.ts";
import type { AnyObject, Declared, PersonaName } from "../../api/declared/declared.ts";
import { kindDefinition } from "../../api/kinds/kinds.ts";

/**
 * The root modules, in the order of application. `kubernetes_manifest` reads the schema of an object from the API
 * server when it plans, so objects cannot be planned together with their CRDs. Each persona applies its own module with
 * its own rights.
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
 * Returns a function from an object to its root module: the module of the persona whose scope declares it, or of the
 * persona that owns its kind. An object that a class or Gateway references must exist when the apply waits for them, so
 * it belongs to their module. If several reference it, the module that is applied first wins.
 */
export function rootModuleOf(declared: readonly Declared[]): (one: Declared) => RootModule {
  const earliest = referredModules(declared);
  return (one) => {
    const own = ownModule(one);
    const referred = one.persona === undefined ? earliest.get(identityOf(one.object)) : undefined;
    return referred === undefined ? own : earlier(own, referred);
  };
}

/** Returns the module of an object that no class or Gateway references. */
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

/** Reports whether a ReferenceGrant permits references of listeners. Without it, a Gateway is not programmed. */
function admitsListeners({ kind, spec }: AnyObject): boolean {
  if (kind !== "ReferenceGrant") return false;
  const { from } = (spec ?? {}) as { readonly from?: readonly { readonly kind?: unknown }[] };
  return Array.isArray(from) && from.some((one) => one?.kind === "Gateway" || one?.kind === "ListenerSet");
}

/** Reports whether an object is cluster-scoped. An object of an unknown kind is if it names no namespace. */
function isClusterScoped({ apiVersion, kind, metadata }: AnyObject): boolean {
  const known = kindDefinition(apiVersion, kind);
  return known === undefined ? metadata.namespace === undefined : known.scope === "Cluster";
}

/** Maps each referenced object, by {@link identity}, to the first module of a class or listener that refers to it. */
function referredModules(declared: readonly Declared[]): ReadonlyMap<string, RootModule> {
  const found = new Map<string, RootModule>();
  for (const one of declared.filter(({ object }) => isClass(object) || isListening(object))) {
    const module = ownModule(one);
    for (const referred of referredBy(one.object)) found.set(referred, earlier(found.get(referred) ?? module, module));
  }
  return found;
}

/** Fields whose references default to kind Secret (SecretObjectReference). */
const secretReferences: readonly string[] = ["certificateRefs", "clientCertificateRef"];

/** Returns the objects that a spec references by kind and name, such as Secrets, ConfigMaps and the `parametersRef`. */
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

/** Returns a key without the API version, which references do not have. The default namespace is `default`. */
function identity(group: unknown, kind: string, namespace: unknown, name: unknown): string {
  return `${String(group)} ${kind} ${String(namespace ?? defaultNamespace)}/${String(name)}`;
}
