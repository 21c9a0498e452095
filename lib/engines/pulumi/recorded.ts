import { getOrganization, getProject, getStack, runtime } from "@pulumi/pulumi";
import type { AnyObject } from "../../api/declared/declared.ts";
import { keyOfObject } from "../../api/load/identity.ts";

/** What the stack has deployed below a component, before the program that runs now changes it. */
export interface Recorded {
  /** The Kubernetes objects, as the server last reported them. */
  readonly objects: readonly AnyObject[];
  /** What the program gave of each object when it was last deployed, by `keyOfObject`, where the provider tells. */
  readonly inputs: ReadonlyMap<string, AnyObject>;
  /** Those of them that hold secret values, by `keyOfObject`; what is in them is for nobody to print. */
  readonly secret: readonly string[];
}

/** The output of a component that says which of its objects hold secret values. */
export const secretObjects = "objectsWithSecrets";

/**
 * Asks the engine what the stack has recorded below a component. Undefined where that cannot be told: the component is
 * new, was recorded by a version of this package that did not say which objects hold secrets, or nobody answers the
 * question, such as the mocks of a unit test.
 */
export async function recordedBelow(component: string): Promise<Recorded | undefined> {
  const resources = await resourcesOfStack();
  const own = resources.find(({ type, name }) => type === componentType && name === component);
  const secret: unknown = own?.outputs[secretObjects];
  if (!Array.isArray(secret)) return undefined;
  const below = resources.filter(
    ({ type, parents, name }) =>
      type.startsWith("kubernetes:") && parents.includes(componentType) && name.startsWith(`${component}/`),
  );
  const inputs = below.flatMap(({ outputs }) => inputsIn(outputs) ?? []);
  return {
    objects: below.flatMap(({ outputs }) => objectIn(outputs) ?? []),
    inputs: new Map(inputs.map((object) => [keyOfObject(object), object])),
    secret: secret.map(String),
  };
}

const componentType = "gatewright:index:GatewayComponent";

interface RecordedResource {
  readonly type: string;
  readonly parents: readonly string[];
  readonly name: string;
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** By a function of the engine's own, the sister of the one behind StackReference: that tells a stack's outputs. */
async function resourcesOfStack(): Promise<readonly RecordedResource[]> {
  const stackName = [getOrganization(), getProject(), getStack()].join("/");
  const answer: unknown = await runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  const { outputs } = (answer ?? {}) as { readonly outputs?: unknown };
  return Object.entries((outputs ?? {}) as object).flatMap(([urn, state]) => resourceOf(urn, state) ?? []);
}

/** A URN is `urn:pulumi:STACK::PROJECT::PARENT$…$TYPE::NAME`. */
function resourceOf(urn: string, state: unknown): RecordedResource | undefined {
  const [, , types = "", ...name] = urn.split("::");
  const { outputs } = (state ?? {}) as { readonly outputs?: unknown };
  if (typeof outputs !== "object" || outputs === null) return undefined;
  const parents = types.split("$");
  const type = parents.pop() ?? "";
  return { type, parents, name: name.join("::"), outputs: outputs as Readonly<Record<string, unknown>> };
}

/** Members that begin with `__` are the provider's own. */
function objectIn(outputs: Readonly<Record<string, unknown>>): AnyObject | undefined {
  const { apiVersion, kind, metadata } = outputs as Partial<AnyObject>;
  if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof metadata?.name !== "string")
    return undefined;
  const own = Object.entries(outputs).filter(([key]) => key !== "status" && !key.startsWith("__"));
  return Object.fromEntries(own) as unknown as AnyObject;
}

/** The provider records the inputs beside the object. */
function inputsIn({ __inputs: inputs }: Readonly<Record<string, unknown>>): AnyObject | undefined {
  return inputs !== null && typeof inputs === "object"
    ? objectIn(inputs as Readonly<Record<string, unknown>>)
    : undefined;
}
