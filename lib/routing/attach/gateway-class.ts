import type { Declared } from "../../api/declared/declared.ts";
import type { GatewayClass } from "../../api/index.ts";
import type { GatewayParametersSpec } from "../../api/kinds/gateway-parameters.ts";
import { ownControllerName } from "../../api/kinds/own-controller.ts";
import type { RoutingObjects } from "../objects.ts";
import type { AttachOptions, GatewayClassAttachment } from "./attachment.ts";
import { type ConditionProblem, conditionsOf } from "./condition.ts";
import { type ControllerProfile, isOpen, profileOf } from "./controller-profile.ts";
import { resolveParameters } from "./parameters.ts";

/** The controller that is responsible for a Gateway. `ours` is false if this process does not act for it. */
export type ClassVerdict =
  | {
      readonly ours: true;
      readonly controllerName: string;
      readonly profile: ControllerProfile;
      readonly problem?: ConditionProblem;
      /** The settings of the class. Absent: the class names none that Gatewright reads. */
      readonly parameters?: GatewayParametersSpec;
    }
  | { readonly ours: false };

/** Judges the classes of our controllers. The controller adds SupportedVersion, which depends on the CRDs. */
export function judgeGatewayClasses(
  objects: RoutingObjects,
  options: AttachOptions,
): ReadonlyMap<string, GatewayClassAttachment> {
  const ours = [...objects.gatewayClasses].filter(([, { object }]) => isOurs(object.spec.controllerName, options));
  return new Map(ours.map(([name, declared]) => [name, judge(declared, objects, options)]));
}

/** Judges the class of a Gateway. */
export function verdictOnClass(
  name: string,
  classes: ReadonlyMap<string, GatewayClassAttachment>,
  objects: RoutingObjects,
  options: AttachOptions,
): ClassVerdict {
  const declared = objects.gatewayClasses.get(name);
  if (declared === undefined) return verdictOnUndeclared(name, objects, options);
  const verdict = classes.get(name);
  if (verdict === undefined) return { ours: false };
  const { controllerName } = declared.object.spec;
  const { parameters } = verdict;
  const judged = { ours: true, controllerName, profile: profileOf(controllerName, options) } as const;
  if (verdict.accepted) return { ...judged, ...(parameters !== undefined && { parameters }) };
  const message = `GatewayClass ${name} is not accepted by its controller.`;
  return { ...judged, problem: { code: "GW2102", field: "spec.gatewayClassName", message, given: name } };
}

/** Judges a class that no source declares. Its controller is unknown, so it matches no list of controllers. */
function verdictOnUndeclared(name: string, objects: RoutingObjects, options: AttachOptions): ClassVerdict {
  if (options.controllerNames !== undefined) return { ours: false };
  const profile = profileOf(undefined, options);
  // A status must name a controller, and an undeclared class has none.
  const judged = { ours: true, controllerName: ownControllerName, profile } as const;
  if (options.undeclared === "exists") return judged;
  const known = [...objects.gatewayClasses.keys()];
  const opaque = isOpen(profile)
    ? " What only its controller knows (kinds, protocols, options) is taken as opaque."
    : "";
  const problem: ConditionProblem = {
    code: "GW2101",
    field: "spec.gatewayClassName",
    message: `GatewayClass ${name} is not declared.${opaque}`,
    given: name,
    undeclared: { kind: "GatewayClass", name },
    ...(known.length === 0 ? {} : { allowed: known.join(", ") }),
  };
  return { ...judged, problem };
}

function judge(
  declared: Declared<GatewayClass>,
  objects: RoutingObjects,
  options: AttachOptions,
): GatewayClassAttachment {
  const { spec } = declared.object;
  const conditions = conditionsOf(declared.object);
  const profile = profileOf(spec.controllerName, options);
  const from = { profile, code: "GW2001", field: "spec.parametersRef" } as const;
  const { parameters, problem } = resolveParameters(spec.parametersRef, from, objects, options);
  const problems = problem === undefined ? [] : [problem];
  return {
    declared,
    accepted: problem === undefined,
    conditions: [
      problem === undefined
        ? conditions.yes("Accepted", "Accepted", "The GatewayClass is accepted.")
        : conditions.no("Accepted", problems),
    ],
    problems,
    ...(parameters !== undefined && { parameters }),
  };
}

function isOurs(controllerName: string, options: AttachOptions): boolean {
  return options.controllerNames === undefined || options.controllerNames.includes(controllerName);
}
