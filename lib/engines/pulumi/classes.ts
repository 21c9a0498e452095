import { apiextensions, core } from "@pulumi/kubernetes";
import type { Declared } from "../../api/declared/declared.ts";
import { lateAsText } from "../../api/declared/late.ts";
import { constructCodes } from "../../findings/catalog/constructs.ts";
import type { Finding } from "../../findings/finding.ts";

type ResourceClass = typeof apiextensions.CustomResource;

/** The classes of @pulumi/kubernetes for the core group, by name. Each class is loaded on first access. */
const coreClasses = core.v1 as unknown as Readonly<Record<string, ResourceClass>>;

/** The kinds of single objects among these classes. Classes for lists and patches are left out. */
const coreKinds: ReadonlySet<string> = new Set(
  Object.keys(coreClasses).filter((name) => /^[A-Z]/.test(name) && !/(List|Patch)$/.test(name)),
);

/**
 * Returns the resource class for objects of a kind. The provider requires the specific classes for the core group; all
 * other kinds are deployed as custom resources.
 */
export function resourceClassOf(apiVersion: string, kind: string): ResourceClass {
  return (isCoreKind(apiVersion, kind) ? coreClasses[kind] : undefined) ?? apiextensions.CustomResource;
}

/** Returns errors (GW1470) for objects of the core group whose kind has no class in @pulumi/kubernetes. */
export function undeployableKinds(declared: readonly Declared[]): Finding[] {
  return declared.flatMap(({ object: { apiVersion, kind, metadata }, origin }) => {
    if (apiVersion.includes("/") || isCoreKind(apiVersion, kind)) return [];
    const { name, namespace } = metadata;
    const [field, given, allowed] =
      apiVersion === "v1" ? ["kind", kind, [...coreKinds].sort().join(", ")] : ["apiVersion", apiVersion, "v1"];
    return [
      {
        code: "GW1470",
        severity: "error",
        message: `The Kubernetes provider of Pulumi does not know kind ${kind} of ${apiVersion}.`,
        object: {
          apiVersion,
          kind,
          name: lateAsText(name),
          ...(namespace !== undefined && { namespace: lateAsText(namespace) }),
        },
        origin,
        field,
        given,
        allowed,
        fix: constructCodes.GW1470.fix,
      },
    ];
  });
}

function isCoreKind(apiVersion: string, kind: string): boolean {
  return apiVersion === "v1" && coreKinds.has(kind);
}
