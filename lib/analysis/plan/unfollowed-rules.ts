import type { Attachment, ParentAttachment, RouteAttachment, RouteReading } from "../../routing/attach/attachment.ts";
import { isOpen, openProfile } from "../../routing/attach/controller-profile.ts";
import { gatewayApiGroup } from "../../routing/attach/reference-grants.ts";
import { readingOf } from "../../routing/attach/route.ts";
import type { RuleIR } from "../../routing/ir.ts";
import { targetAt } from "../../routing/lower/filters.ts";
import { rulesOf } from "../../routing/lower/rules.ts";
import { namespaceOf, type RouteObject } from "../../routing/objects.ts";
import { matchWords, rulePlace } from "../traffic/describe.ts";
import { type Effect, Outcomes, waysOf } from "./outcome.ts";

/** A route with requests that cannot be determined. */
export interface UnfollowedRoute {
  /** The route, such as `HTTPRoute store/acme-store`. */
  readonly name: string;
  /** The parents that accept the route or may accept it. */
  readonly parents: readonly UnfollowedParent[];
  readonly hostnames: readonly string[];
  /** True if only the class's controller can interpret a match of some rule. */
  readonly hasOpaqueMatch: boolean;
  /** Reads all rules of the route. */
  readonly rules: () => readonly ReadRule[];
}

export interface UnfollowedParent {
  /** The parent, such as `Gateway edge/acme-external, listener http`. */
  readonly name: string;
  /** The reason why its requests cannot be determined, such as `is not declared`. Absent if they can be. */
  readonly because?: string;
}

export interface ReadRule {
  readonly index: number;
  readonly name?: string;
  /** The rule as `rules[0]`, with its name if it has one. */
  readonly place: string;
  readonly matches: readonly string[];
  /** True if only the class's controller can interpret one of the rule's matches. */
  readonly hasOpaqueMatch: boolean;
  readonly effect: Effect;
}

/** The routes of a configuration by key, with the parts whose requests cannot be determined. */
export function unfollowedRoutes(attachment: Attachment): ReadonlyMap<string, UnfollowedRoute> {
  return new Map([...attachment.routes].map(([key, route]) => [key, readRoute(attachment, route)]));
}

function readRoute(attachment: Attachment, route: RouteAttachment): UnfollowedRoute {
  const { object } = route.declared;
  const hostnames = "hostnames" in object.spec ? (object.spec.hostnames ?? []) : [];
  return {
    name: `${object.kind} ${route.name}`,
    parents: route.parents.flatMap((parent) => readParent(attachment, object, parent)),
    hostnames,
    hasOpaqueMatch: opaqueMatchesOf(route).length > 0,
    rules: () => readRules(route),
  };
}

function readParent(
  { gateways }: Attachment,
  route: RouteObject,
  { parentRef, outcome, accepted, gateway = "", listeners }: ParentAttachment,
): readonly UnfollowedParent[] {
  const { group = gatewayApiGroup, kind = "Gateway", namespace = namespaceOf(route), sectionName, port } = parentRef;
  const section = sectionName === undefined ? "" : `, listener ${sectionName}`;
  const name = `${kind} ${namespace}/${parentRef.name}${section}${port === undefined ? "" : `, port ${port}`}`;
  if (outcome === "undeclared") return [{ name, because: "is not declared" }];
  if (outcome === "foreign") {
    const isOfApi = group === gatewayApiGroup && (kind === "Gateway" || kind === "ListenerSet");
    return isOfApi ? [] : [{ name, because: "is left to other controllers" }];
  }
  if (!accepted) return [];
  if (route.kind === "HTTPRoute" || route.kind === "GRPCRoute") return [{ name }];
  const profile = gateways.get(gateway)?.profile;
  const isServed = profile !== undefined && isOpen(profile) && listeners.some(({ listener }) => listener.serves);
  return isServed ? [{ name, because: `serves a ${route.kind}, whose requests are not followed` }] : [];
}

/** The field paths of matches that only the class's controller can interpret. */
function opaqueMatchesOf({ problems }: RouteAttachment): readonly string[] {
  return problems.flatMap(({ code, field = "" }) =>
    code === "GW2422" && /^spec\.rules\[\d+\]\.matches\[/.test(field) ? [field] : [],
  );
}

function readRules(route: RouteAttachment): readonly ReadRule[] {
  const { object } = route.declared;
  const reading = readingOf(route, openProfile);
  if (object.kind !== "HTTPRoute" && object.kind !== "GRPCRoute") return rulesBelowHttp(object, reading);
  const opaque = opaqueMatchesOf(route);
  return rulesOf(route, reading).map((rule) => ({
    ...nameOf(rule),
    index: rule.index,
    place: rulePlace(rule),
    matches: rule.matches.map(matchWords),
    hasOpaqueMatch: opaque.some((field) => field.startsWith(`spec.rules[${rule.index}].matches[`)),
    effect: new Outcomes(undefined).effectOfRule(rule),
  }));
}

function nameOf({ name }: Pick<RuleIR, "name">): Pick<RuleIR, "name"> {
  return name === undefined ? {} : { name };
}

/** Reads rules of a TLSRoute, TCPRoute or UDPRoute, which have backends only. */
function rulesBelowHttp(
  { kind, spec }: Exclude<RouteObject, { readonly kind: "HTTPRoute" | "GRPCRoute" }>,
  { targets }: RouteReading,
): readonly ReadRule[] {
  return spec.rules.map(({ name, backendRefs = [] }, index) => {
    const backends = backendRefs.map(({ weight = 1 }, place) => ({
      weight,
      target: targetAt(targets, `spec.rules[${index}].backendRefs[${place}]`),
      filters: [],
    }));
    return {
      ...nameOf(name === undefined ? {} : { name }),
      index,
      place: name === undefined ? `rules[${index}]` : `rules[${index}] (${name})`,
      matches: [],
      hasOpaqueMatch: false,
      effect: { kind, filters: [], ways: waysOf(backends), backends: {}, handling: {} },
    };
  });
}
