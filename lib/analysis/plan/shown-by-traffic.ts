import type { ApiObject } from "../../api/index.ts";
import type { TrafficPlan } from "./plan.ts";

/** The part of an object whose fields a plan compares. */
export type Specified = Pick<ApiObject, "kind" | "metadata"> & { readonly spec?: unknown };

export type TrafficChanges = Pick<TrafficPlan, "changes" | "listeners" | "unfollowed">;

/** Returns true if a change of requests or listeners shows what the field of the object decides. */
export function isShown(plan: TrafficChanges, object: string, field: string, declared: Specified): boolean {
  const { kind } = declared;
  if (kind === "HTTPRoute" || kind === "GRPCRoute") return isRuleShown(plan, object, field);
  if (kind === "Gateway" || kind === "ListenerSet") return isListenerShown(plan, field, declared);
  return kind === "BackendTLSPolicy" && isPolicyShown(plan, declared);
}

/**
 * Returns true if a change in `unfollowed` shows what the field decides. These changes cover all fields of a rule that
 * an HTTP proxy enforces, and the backends of rules of TLSRoutes, TCPRoutes and UDPRoutes.
 */
export function isShownAsUnfollowed({ unfollowed }: TrafficChanges, object: string, field: string): boolean {
  const rule = /^spec\.(rules\[[^\]]*\])/.exec(field)?.[1];
  return unfollowed.some(
    (change) =>
      change.route === object && (rule === undefined || change.rule.startsWith(rule) || isNamed(change.rule, rule)),
  );
}

function isRuleShown({ changes }: TrafficChanges, route: string, field: string): boolean {
  const rule = /^spec\.(rules\[[^\]]*\])/.exec(field)?.[1];
  return changes.some(({ before, after }) =>
    [before, after].some(
      (side) => side.route === route && (rule === undefined || side.rule?.startsWith(rule) || isNamed(side.rule, rule)),
    ),
  );
}

/** A plan writes `rules[0] (checkout)` for the rule with the field path `rules[checkout]`, as all items have names. */
function isNamed(shown: string | undefined, rule: string): boolean {
  return shown?.endsWith(`(${rule.slice("rules[".length, -1)})`) ?? false;
}

function isListenerShown({ changes, listeners }: TrafficChanges, field: string, declared: Specified): boolean {
  const name = /^spec\.listeners\[([^\]]*)\]/.exec(field)?.[1];
  const { namespace = "default", name: own } = declared.metadata;
  const isOwn = (gateway: string) => declared.kind === "ListenerSet" || gateway === `${namespace}/${own}`;
  return (
    listeners.some(({ gateway, listener }) => isOwn(gateway) && (name === undefined || listener === name)) ||
    changes.some(
      ({ gateway, port }) => isOwn(gateway) && (name === undefined || portsOf(declared, name).includes(port)),
    )
  );
}

function portsOf({ spec }: Specified, name: string): readonly unknown[] {
  const { listeners = [] } = (spec ?? {}) as { readonly listeners?: readonly { name: string; port: number }[] };
  return listeners.filter((listener) => listener.name === name).map(({ port }) => port);
}

function isPolicyShown({ changes }: TrafficChanges, { metadata, spec }: Specified): boolean {
  const { targetRefs = [] } = (spec ?? {}) as { readonly targetRefs?: readonly { readonly name: string }[] };
  const services = targetRefs.map(({ name }) => `${metadata.namespace ?? "default"}/${name}:`);
  return changes.some(({ differences, before, after }) =>
    [...differences, ...Object.keys(before.backends), ...Object.keys(after.backends)].some((text) =>
      services.some((service) => text.startsWith(service)),
    ),
  );
}
