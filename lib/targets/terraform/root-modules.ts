import { gatewayGroup, groupOf } from "../../api/conversion/versions.ts";
import type { AnyObject, Declared, PersonaName } from "../../api/declared.ts";
import { kindDefinition } from "../../api/kinds.ts";

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
 * the persona whose kind it is. What a Gateway refers to is applied before it, so it goes where the Gateways are.
 */
export function rootModuleOf(declared: readonly Declared[]): (one: Declared) => RootModule {
  const ofGateways = referredBy(declared.filter(({ object }) => isListening(object)));
  return ({ object, persona }) => {
    if (object.kind === "CustomResourceDefinition") return "1-crds";
    if (persona !== undefined) return ofPersona[persona];
    if (isListening(object) || admitsListeners(object)) return "3-cluster-operator";
    if (isClusterScoped(object)) return "2-infrastructure-provider";
    return ofGateways.has(identityOf(object)) ? "3-cluster-operator" : "4-application-developer";
  };
}

function isListening({ apiVersion, kind }: AnyObject): boolean {
  return groupOf(apiVersion) === gatewayGroup && (kind === "Gateway" || kind === "ListenerSet");
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

/** The Secrets and ConfigMaps that objects name in their spec, by {@link identityOf}. `certificateRefs` default to Secrets. */
function referredBy(declared: readonly Declared[]): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (value: unknown, own: string | undefined, defaultKind?: "Secret"): void => {
    if (value === null || typeof value !== "object") return;
    const { name, kind = defaultKind, namespace = own } = value as Partial<Record<string, unknown>>;
    if (kind === "Secret" || kind === "ConfigMap") found.add(`v1 ${kind} ${String(namespace ?? "")}/${String(name)}`);
    for (const [field, member] of Object.entries(value)) {
      const isList = Array.isArray(value);
      visit(member, own, isList ? defaultKind : field === "certificateRefs" ? "Secret" : undefined);
    }
  };
  for (const { object } of declared) visit(object.spec, object.metadata.namespace);
  return found;
}

function identityOf({ apiVersion, kind, metadata }: AnyObject): string {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}
