import { planText } from "../../analysis/plan/text.ts";
import { type PlannedConfiguration, trafficPlan } from "../../analysis/plan/traffic-plan.ts";
import { isContract } from "../../api/contract/read.ts";
import type { Declared } from "../../api/declared/declared.ts";
import { type Channel, isLate } from "../../api/index.ts";
import type { ExtensionKind } from "../../api/load/extension.ts";
import { keyOfObject } from "../../api/load/identity.ts";
import { load } from "../../api/load/load.ts";
import { sourceOf } from "../../findings/finding.ts";
import { everything, lateFields } from "./late.ts";
import { mergedWith } from "./merged.ts";
import type { Recorded } from "./recorded.ts";
import { withParentNamespaces } from "./wait.ts";

/** The number of changes that a preview prints. `gatewright plan` prints all. */
const mostTold = 20;

export interface PreviewedPlan {
  readonly channel: Channel;
  readonly filters: readonly ExtensionKind[];
}

/**
 * Describes the changes to traffic that an update makes, or returns undefined if there are none. Objects with unknown
 * or secret values are excluded on both sides, and listed.
 *
 * @param declared the objects of the program, with known late values filled in.
 */
export function previewedPlan(
  recorded: Recorded,
  declared: readonly Declared[],
  options: PreviewedPlan,
): string | undefined {
  if (recorded.secret.includes(everything)) return undefined;
  const contracts = declared.filter(({ object }) => isContract(object));
  const objects = declared.filter(({ object }) => !isContract(object));
  const open = objects.filter(({ object }) => lateFields(object).length > 0);
  const nameless = open.filter(({ object: { metadata } }) => isLate(metadata.name) || isLate(metadata.namespace));
  // An object without a known name cannot be matched to a recorded one.
  if (nameless.length > 0) return `${uncompared} ${placesOf(nameless)}`;
  const leftOut = new Set([...open.map(({ object }) => keyOfObject(object)), ...recorded.secret]);
  const compared = ({ object }: Declared) => !leftOut.has(keyOfObject(object));
  const former = recorded.objects.map((object): Declared => ({ object, origin: { construct: "recorded" } }));
  const plan = trafficPlan(
    loadedFrom([...former.filter(compared), ...contracts], options),
    loadedFrom([...objects.filter(compared).map((one) => applied(one, recorded)), ...contracts], options),
  );
  const text =
    plan.changes.length + plan.listeners.length + plan.unfollowed.length + plan.declared.length === 0
      ? []
      : [planText(plan, undefined, mostTold).toString()];
  const left = open.length === 0 ? [] : [`${uncompared} ${placesOf(open)}`];
  return text.length + left.length === 0 ? undefined : [...text, ...left].join("\n\n");
}

/**
 * Predicts the object as it will be recorded: with the namespaces of its parents, and with fields that others have set
 * on the live object.
 */
function applied(declared: Declared, { objects, inputs }: Recorded): Declared {
  const written = withParentNamespaces(declared.object);
  const key = keyOfObject(written);
  const live = objects.find((object) => keyOfObject(object) === key);
  const given = inputs.get(key);
  if (live === undefined || given === undefined) return { ...declared, object: written };
  return { ...declared, object: mergedWith({ live, inputs: given }, written) };
}

const uncompared = "The plan of traffic does not compare what holds values that are not known or secret:";

function placesOf(declared: readonly Declared[]): string {
  return declared.map(({ origin }) => sourceOf(origin)).join(", ");
}

/** Loads the objects. Invalid objects have been reported already and are not part of the configuration. */
function loadedFrom(declared: readonly Declared[], { channel, filters }: PreviewedPlan): PlannedConfiguration {
  const registered = { path: "", version: "", kinds: filters };
  return load([{ name: "program", declared, findings: [], filters: registered }], { channel });
}
