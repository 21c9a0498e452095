import { apiextensions, core } from "@pulumi/kubernetes";
import type { Declared } from "../api/declared.ts";
import type { Finding } from "../api/finding.ts";
import { constructCodes } from "../persona/findings-catalog.ts";

type ResourceClass = typeof apiextensions.CustomResource;

/** The classes of @pulumi/kubernetes for single objects of the core group, by kind. Those for lists and patches are none. */
const coreClasses: ReadonlyMap<string, ResourceClass> = new Map(
  Object.entries(core.v1 as unknown as Readonly<Record<string, ResourceClass>>).filter(
    ([name, value]) => typeof value === "function" && /^[A-Z]/.test(name) && !/(List|Patch)$/.test(name),
  ),
);

/**
 * The class whose resources the provider deploys as objects of this kind. It knows the core group by a name that only the
 * classes of its kinds give; all other kinds are custom resources.
 */
export function resourceClassOf(apiVersion: string, kind: string): ResourceClass {
  return coreClassOf(apiVersion, kind) ?? apiextensions.CustomResource;
}

/** Errors (GW1470) for objects without an API group whose kind @pulumi/kubernetes has no class for. */
export function undeployableKinds(declared: readonly Declared[]): Finding[] {
  return declared.flatMap(({ object: { apiVersion, kind, metadata }, origin }) => {
    if (apiVersion.includes("/") || coreClassOf(apiVersion, kind) !== undefined) return [];
    const { name, namespace } = metadata;
    const [field, given, allowed] =
      apiVersion === "v1"
        ? ["kind", kind, [...coreClasses.keys()].sort().join(", ")]
        : ["apiVersion", apiVersion, "v1"];
    return [
      {
        code: "GW1470",
        severity: "error",
        message: `The Kubernetes provider of Pulumi does not know kind ${kind} of ${apiVersion}.`,
        object: { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) },
        origin,
        field,
        given,
        allowed,
        fix: constructCodes.GW1470.fix,
      },
    ];
  });
}

function coreClassOf(apiVersion: string, kind: string): ResourceClass | undefined {
  return apiVersion === "v1" ? coreClasses.get(kind) : undefined;
}
