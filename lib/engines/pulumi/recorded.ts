import { getOrganization, getProject, getStack, runtime } from "@pulumi/pulumi";
import type { AnyObject } from "../../api/declared/declared.ts";
import { keyOfObject } from "../../api/load/identity.ts";

/** The deployed objects of a component, as recorded before the current run. */
export interface Recorded {
  /** The Kubernetes objects, as the server last reported them. */
  readonly objects: readonly AnyObject[];
  /** The inputs of each object at its last deployment, by `keyOfObject`. Only objects whose provider records them. */
  readonly inputs: ReadonlyMap<string, AnyObject>;
  /** Keys (`keyOfObject`) of the objects that hold secret values. Their contents must not be printed. */
  readonly secret: readonly string[];
}

/** The output of a component with the names of its objects that hold secret values. */
export const secretObjects = "objectsWithSecrets";

/**
 * Reads the stack's recorded objects of a component. Returns undefined if the component is new, if an older version of
 * this package recorded it without its secrets, or if the engine does not answer, as with the mocks of a unit test.
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

/** Calls an internal function of the engine, the counterpart of the one that StackReference uses for outputs. */
async function resourcesOfStack(): Promise<readonly RecordedResource[]> {
  const stackName = [getOrganization(), getProject(), getStack()].join("/");
  const answer: unknown = await runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
  const { outputs } = (answer ?? {}) as { readonly outputs?: unknown };
  return Object.entries((outputs ?? {}) as object).flatMap(([urn, state]) => resourceOf(urn, state) ?? []);
}

/** Parses a URN: `urn:pulumi:STACK::PROJECT::PARENT$…$TYPE::NAME`. */
function resourceOf(urn: string, state: unknown): RecordedResource | undefined {
  const [, , types = "", ...name] = urn.split("::");
  const { outputs } = (state ?? {}) as { readonly outputs?: unknown };
  if (typeof outputs !== "object" || outputs === null) return undefined;
  const parents = types.split("$");
  const type = parents.pop() ?? "";
  return { type, parents, name: name.join("::"), outputs: outputs as Readonly<Record<string, unknown>> };
}

/** Extracts the object. Members that begin with `__` belong to the provider. */
function objectIn(outputs: Readonly<Record<string, unknown>>): AnyObject | undefined {
  const { apiVersion, kind, metadata } = outputs as Partial<AnyObject>;
  if (typeof apiVersion !== "string" || typeof kind !== "string" || typeof metadata?.name !== "string")
    return undefined;
  const own = Object.entries(outputs).filter(([key]) => key !== "status" && !key.startsWith("__"));
  return Object.fromEntries(own) as unknown as AnyObject;
}

/** Extracts the inputs, which the provider records in the object's outputs. */
function inputsIn({ __inputs: inputs }: Readonly<Record<string, unknown>>): AnyObject | undefined {
  return inputs !== null && typeof inputs === "object"
    ? objectIn(inputs as Readonly<Record<string, unknown>>)
    : undefined;
}
