import type { Loaded } from "../../api/load/load.ts";
import { buildIndex } from "../../routing/index/build.ts";
import { fullName } from "../traffic/describe.ts";
import { type RoutedGateway, type RoutingModel, routingModel } from "../traffic/model.ts";
import { withAges } from "./ages.ts";
import type { GatewayPair } from "./cells.ts";
import { byRisk, changesOf } from "./changes.ts";
import { declaredChangesOf } from "./declared-changes.ts";
import { listenerChangesOf } from "./listeners.ts";
import type { TrafficPlan } from "./plan.ts";
import { unfollowedChangesOf } from "./unfollowed.ts";

export type {
  DeclaredChange,
  ListenerChange,
  Risk,
  TrafficChange,
  TrafficPlan,
  Treatment,
  UnfollowedChange,
} from "./plan.ts";

/** The part of a set of sources that a plan reads. */
export type PlannedConfiguration = Pick<Loaded, "objects" | "extensions">;

/**
 * Compares the treatment of every possible request under two configurations. It does not sample: it divides requests by
 * the conditions of the rules on both sides, with the index that the proxy uses.
 *
 * Objects keep their age from `before`, since the older of two routes wins; new objects are the youngest. A Namespace
 * that only `before` declares keeps its labels, because it usually comes from sources outside the change.
 */
export function trafficPlan(before: PlannedConfiguration, after: PlannedConfiguration): TrafficPlan {
  const aged = withAges(before.objects, after.objects);
  const known = [...aged.after, ...namespacesOnlyIn(aged.before, aged.after)];
  const [old, now] = [modelOf({ ...before, objects: aged.before }), modelOf({ ...after, objects: known })];
  const pairs = pairsOf(old, now);
  const traffic = {
    changes: pairs.flatMap(changesOf).sort(byRisk),
    listeners: pairs.flatMap(listenerChangesOf),
    unfollowed: unfollowedChangesOf(old.attachment, now.attachment),
  };
  return { ...traffic, declared: declaredChangesOf(before.objects, after.objects, traffic) };
}

function namespacesOnlyIn(
  before: PlannedConfiguration["objects"],
  after: PlannedConfiguration["objects"],
): PlannedConfiguration["objects"] {
  const isNamespace = ({ object }: PlannedConfiguration["objects"][number]) => object.kind === "Namespace";
  const declared = new Set(after.filter(isNamespace).map(({ object }) => object.metadata.name));
  return before.filter((one) => isNamespace(one) && !declared.has(one.object.metadata.name));
}

/** Pairs Gateways by name. All traffic of a Gateway changes if only one side serves it. */
function pairsOf(before: RoutingModel, after: RoutingModel): readonly GatewayPair[] {
  const [old, now] = [gatewaysOf(before), gatewaysOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().map((name) => {
    const [a, b] = [old.get(name), now.get(name)];
    // Unchanged parts of the index are then the same objects on both sides, and comparing them costs nothing.
    return { before: a, after: b && a ? { ...b, index: buildIndex(b.ir, a.index) } : b };
  });
}

function modelOf(configuration: PlannedConfiguration): RoutingModel {
  return routingModel(configuration, { undeclared: "exists" });
}

function gatewaysOf({ gateways }: RoutingModel): ReadonlyMap<string, RoutedGateway> {
  return new Map(gateways.map((gateway) => [fullName(gateway.ir.gateway), gateway]));
}
