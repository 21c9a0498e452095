import type { Finding } from "../../../findings/finding.ts";
import type {
  Attachment,
  ParentAttachment,
  RouteAttachment,
  RouteReading,
} from "../../../routing/attach/attachment.ts";
import { findingsOf } from "../../../routing/attach/findings.ts";
import { coversHostname, effectiveHostnames } from "../../../routing/attach/hostnames.ts";
import { readingOf } from "../../../routing/attach/route.ts";
import type { RuleIR } from "../../../routing/ir.ts";
import { rulesOf } from "../../../routing/lower/rules.ts";
import { meantObjects, withNearMisses } from "../../check/near-misses/near-misses.ts";
import { routeName, rulePlace } from "../describe.ts";
import { goesFirst, wouldBeCandidate } from "../would-be-candidate.ts";
import { causeOf, type ExplainedRequest, type Refused, refusedWith } from "./refused.ts";

/** Returns refused routes and dropped rules that would take the request if they were accepted. */
export function refusedRoutes(explained: ExplainedRequest): readonly Refused[] {
  return [...explained.attachment.routes.values()].flatMap((route) => {
    const { kind } = route.declared.object;
    if (kind !== "HTTPRoute" && kind !== "GRPCRoute") return [];
    const refused = route.parents.filter((parent) => isRefusedHere(explained, route, parent));
    const isServed = route.parents.some((parent) => servesHere(explained, parent));
    if (isServed) return droppedRules(explained, route);
    return refused.length === 0 ? [] : refusedRoute(explained, route, refused);
  });
}

/** Returns true if the parent refuses the route, and is or is likely meant to be this Gateway or its ListenerSet. */
function isRefusedHere(
  { attachment, gateway, request }: ExplainedRequest,
  route: RouteAttachment,
  parent: ParentAttachment,
): boolean {
  if (parent.accepted) return false;
  if (parent.outcome === "judged") return parent.gateway === gateway && mayMeanPort(attachment, parent, request.port);
  if (parent.outcome === "foreign") return false;
  return findingsOf(route.declared, parent.problems).some((finding) =>
    meantObjects(attachment.objects, finding).some(({ kind, namespace, name }) => {
      const key = `${namespace}/${name}`;
      return kind === "Gateway" ? key === gateway : attachment.listenerSets.get(key)?.gateway === gateway;
    }),
  );
}

/** Returns true if the listeners that a parentRef selects have the port, or if it selects none and may mean any. */
function mayMeanPort(
  { gateways, listenerSets }: Attachment,
  { parentRef, gateway = "" }: ParentAttachment,
  port: number,
): boolean {
  const { kind = "Gateway", namespace, name, sectionName, port: wanted } = parentRef;
  const parent = kind === "ListenerSet" ? listenerSets.get(`${namespace}/${name}`) : gateways.get(gateway);
  const chosen = (parent?.listeners ?? []).filter(
    ({ spec }) => (!sectionName || spec.name === sectionName) && (wanted === undefined || spec.port === wanted),
  );
  return chosen.length === 0 || chosen.some(({ spec }) => spec.port === port);
}

function servesHere({ gateway, request }: ExplainedRequest, { gateway: own, listeners }: ParentAttachment): boolean {
  return own === gateway && listeners.some(({ listener }) => listener.spec.port === request.port && listener.serves);
}

/** Returns dropped rules, and rules with a match that only another controller can evaluate. */
function droppedRules(explained: ExplainedRequest, route: RouteAttachment): readonly Refused[] {
  const reading = readingHere(explained, route);
  const unknown = findingsOf(route.declared, route.problems).filter(({ code }) => code === "GW2422");
  if (reading.validRules.every((valid) => valid) && unknown.length === 0) return [];
  return rulesOf(route, reading).flatMap((rule): readonly Refused[] => {
    const isOfRule = ({ field }: Finding) => field?.startsWith(`spec.rules[${rule.index}].`);
    const unmatched = unknown.filter((one) => isOfRule(one) && one.field?.includes(".matches["));
    const isDropped = reading.validRules[rule.index] === false;
    if ((!isDropped && unmatched.length === 0) || !wouldTake(explained, route, [rule])) return [];
    const refusing = findingsOf(route.declared, route.problems).filter(
      (one) => one.reason !== undefined && isOfRule(one),
    );
    const causes = [...(isDropped ? refusing : []), ...unmatched];
    const what = `${routeName(rule)} ${rulePlace(rule)}`;
    return causes.map((cause) => ({ kind: "rule", what, ...causeOf({ reason: "UnsupportedValue", ...cause }) }));
  });
}

/** Returns the reading of the route's rules for the Gateway's profile. */
function readingHere({ attachment, gateway }: ExplainedRequest, route: RouteAttachment): RouteReading {
  const [first] = route.readings;
  return readingOf(route, attachment.gateways.get(gateway)?.profile ?? first.profile);
}

/** Codes of problems that cause a rule to be dropped. */
const dropsRule: ReadonlySet<string> = new Set(["GW2406", "GW2407", "GW2475"]);

function refusedRoute(
  explained: ExplainedRequest,
  route: RouteAttachment,
  parents: readonly ParentAttachment[],
): readonly Refused[] {
  const { attachment } = explained;
  const rules = rulesOf(route, readingHere(explained, route));
  const [first] = rules;
  if (first === undefined || !wouldTake(explained, route, rules)) return [];
  const { declared } = route;
  const what = routeName(first);
  const dropped = route.problems.filter(({ code }) => dropsRule.has(code));
  return parents.flatMap(({ outcome, conditions, problems }): readonly Refused[] => {
    if (outcome === "judged") {
      const causes = problems.length > 0 ? problems : dropped;
      return refusedWith({ kind: "route", what }, { attachment, declared, conditions, problems: causes });
    }
    return withNearMisses(attachment.objects, findingsOf(declared, problems)).map((cause) => ({
      kind: "route",
      what,
      ...causeOf(cause),
    }));
  });
}

/** Returns true if the rules would take the request: host and match fit, and they precede the winner. */
function wouldTake(
  { request, decision, winner }: ExplainedRequest,
  { declared }: RouteAttachment,
  rules: readonly RuleIR[],
): boolean {
  const { host } = request.head;
  const { spec } = declared.object;
  const own = "hostnames" in spec ? spec.hostnames : undefined;
  const listener = "routing" in decision ? decision.routing?.listener.hostname : undefined;
  const met = effectiveHostnames(listener, own).map(({ hostname }) => hostname);
  const hostnames = met.length > 0 ? met : (own ?? []).map((hostname) => hostname.toLowerCase());
  if (!hostnames.some((hostname) => coversHostname(hostname, host))) return false;
  const candidate = wouldBeCandidate(rules, hostnames, request.head);
  return candidate !== undefined && goesFirst(candidate, winner);
}
