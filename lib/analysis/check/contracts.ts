import { classOfferOf } from "../../api/contract/class-offer.ts";
import type { DeclaredContract } from "../../api/contract/contract.ts";
import type { Declared } from "../../api/declared/declared.ts";
import type { BackendTLSPolicy, HTTPRoute } from "../../api/index.ts";
import type { Loaded } from "../../api/load/load.ts";
import { contractCodes } from "../../findings/catalog/contracts.ts";
import type { Finding } from "../../findings/finding.ts";
import type { Attachment, PolicyAttachment, RouteAttachment } from "../../routing/attach/attachment.ts";
import { referenceOf } from "../../routing/attach/findings.ts";
import { featuresOfPolicy, featuresUsed, type UsedFeature } from "./contract-features.ts";
import { contractMismatches } from "./contract-mismatches.ts";

/**
 * The findings that contracts add to attachment: a route or policy needs a feature that the class does not offer
 * (GW2602), or a declared Gateway breaks its own contract (GW2603).
 */
export function contractFindings({ contracts }: Pick<Loaded, "contracts">, attachment: Attachment): Finding[] {
  if (contracts.length === 0) return [];
  const known = new Map(contracts.map((contract) => [keyOf(contract.object), contract]));
  return [
    ...[...attachment.routes.values()].flatMap((route) => notOfferedToRoute(route, attachment, known)),
    ...[...attachment.policies.values()].flatMap((policy) => notOfferedToPolicy(policy, known)),
    ...contracts.flatMap((contract) => {
      const gateway = attachment.objects.gateways.get(keyOf(contract.object));
      if (gateway === undefined || isStandIn(gateway, contract)) return [];
      const known = attachment.objects.gatewayClasses.get(String(gateway.object.spec.gatewayClassName));
      return contractMismatches(contract, gateway, known === undefined ? {} : classOfferOf(known.object));
    }),
  ];
}

/** Removes findings about Gateways that stand in for a contract: another team owns the real Gateway. */
export function withoutStandIns(loaded: Pick<Loaded, "contracts">, findings: readonly Finding[]): Finding[] {
  const standsIn = standIns(loaded);
  return findings.filter((finding) => !standsIn(finding));
}

/** Returns a predicate that recognizes, by name and origin, the Gateways that stand in for a contract. */
export function standIns({
  contracts,
}: Pick<Loaded, "contracts">): (one: Pick<Finding, "object" | "origin">) => boolean {
  const origins = new Map(contracts.map(({ object, origin }) => [keyOf(object), origin]));
  return ({ object, origin }) => {
    if (object?.kind !== "Gateway") return false;
    const standIn = origins.get(`${object.namespace}/${object.name}`);
    return standIn !== undefined && standIn === origin;
  };
}

function isStandIn({ origin }: Declared<unknown>, contract: Declared<unknown>): boolean {
  return origin === contract.origin;
}

type Contracts = ReadonlyMap<string, Declared<DeclaredContract>>;

function notOfferedToRoute(
  { declared, parents }: RouteAttachment,
  { listenerSets }: Attachment,
  contracts: Contracts,
): Finding[] {
  const { object, origin } = declared;
  if (object.kind !== "HTTPRoute") return [];
  const gateways = parents.map(({ parentRef: { kind = "Gateway", namespace, name } }) => {
    const key = `${namespace ?? object.metadata.namespace ?? "default"}/${name}`;
    return kind === "ListenerSet" ? listenerSets.get(key)?.gateway : key;
  });
  return [...new Set(gateways)].flatMap((gateway = "") =>
    notOffered({ object, origin }, featuresUsed(object), gateway, contracts),
  );
}

/** A Gateway without support for the policy connects to the backend without TLS, or does not answer. */
function notOfferedToPolicy({ declared, ancestors }: PolicyAttachment, contracts: Contracts): Finding[] {
  return ancestors.flatMap(({ gateway: { namespace, name } }) =>
    notOffered(declared, featuresOfPolicy(declared.object), `${namespace}/${name}`, contracts),
  );
}

function notOffered(
  { object, origin }: Declared<HTTPRoute | BackendTLSPolicy>,
  used: readonly UsedFeature[],
  gateway: string,
  contracts: Contracts,
): Finding[] {
  const features = contracts.get(gateway)?.object.spec.features;
  if (features === undefined) return [];
  const missing = used.filter(({ feature }) => !features.includes(feature));
  return missing.map(({ feature, field }) => ({
    code: "GW2602" as const,
    severity: "error" as const,
    message: `The class of Gateway ${gateway} does not offer ${feature}.`,
    object: referenceOf(object),
    origin,
    field,
    given: feature,
    allowed: features.filter((offered) => offered.startsWith(object.kind)).join(", ") || "no extended feature",
    fix: contractCodes.GW2602.fix,
  }));
}

function keyOf({ metadata }: DeclaredContract): string {
  return `${metadata.namespace}/${metadata.name}`;
}
