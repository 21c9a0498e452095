import {
  ComponentResource,
  type ComponentResourceOptions,
  type CustomResource,
  type CustomResourceOptions,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { IConstruct } from "constructs";
import type { AnyObject } from "../../api/declared/declared.ts";
import { parametersGroup } from "../../api/kinds/gateway-parameters.ts";
import type { IManifest } from "../../constructs/host.ts";
import { type PersonaName, personaOf } from "../../constructs/persona.ts";
import { resourceClassOf } from "./classes.ts";
import type { Ordered } from "./order.ts";
import { type WaitOptions, waitAnnotations, waitLimits, withParentNamespaces } from "./wait.ts";

/** What a deployment knows of a Kubernetes object. */
export type KubernetesResource = CustomResource & {
  /** As the server last reported it. Unknown in a preview that creates the object. */
  readonly status: Output<unknown>;
};

/** What to register, and below what. */
export interface Registration extends WaitOptions {
  readonly component: ComponentResource;
  readonly name: string;
  readonly options: ComponentResourceOptions;
  /** In the order of application. */
  readonly ordered: readonly Ordered[];
  readonly objects: ReadonlyMap<IManifest, AnyObject>;
  /** The root of the tree, which the component stands for. */
  readonly root: IConstruct;
}

/**
 * Registers each object as a resource of @pulumi/kubernetes, below components for the persona scopes it is made in, each
 * after what it stands on. Late values go to the engine as they are, so that its dependencies and secrets hold.
 */
export function registerObjects(registration: Registration): ReadonlyMap<IManifest, KubernetesResource> {
  const { ordered, objects, options, name, root } = registration;
  const scopes = new Scopes(registration);
  const registered = new Map<IManifest, KubernetesResource>();
  const given = options.dependsOn === undefined ? [] : [options.dependsOn].flat();
  for (const { manifest, after } of ordered) {
    const object = objects.get(manifest);
    if (object === undefined) continue;
    const before = after.flatMap((one) => registered.get(one) ?? []);
    const limits = waitLimits(object, registration);
    const resource = kubernetesResource(nameOf(manifest, name, root), object, registration, {
      ...passedOn(options),
      ...(limits !== undefined && { customTimeouts: { ...limits, ...options.customTimeouts } }),
      ...(outlives(object) && { retainOnDelete: options.retainOnDelete ?? true }),
      parent: scopes.of(manifest),
      dependsOn: [...given, ...before] as Resource[],
    });
    registered.set(manifest, resource);
  }
  scopes.complete();
  return registered;
}

/**
 * CRDs: with one go all objects of its kind, whoever made them. Only that of Gatewright's own settings is of no use to
 * anyone once Gatewright is gone.
 */
function outlives({ kind, spec }: AnyObject): boolean {
  return kind === "CustomResourceDefinition" && (spec as { readonly group?: unknown })?.group !== parametersGroup;
}

/** What the engine does not hand down from a component to its children by itself. */
function passedOn(options: ComponentResourceOptions): CustomResourceOptions {
  const { ignoreChanges, customTimeouts, replaceOnChanges, retainOnDelete, deletedWith } = options;
  return {
    ...(ignoreChanges !== undefined && { ignoreChanges }),
    ...(customTimeouts !== undefined && { customTimeouts }),
    ...(replaceOnChanges !== undefined && { replaceOnChanges }),
    ...(retainOnDelete !== undefined && { retainOnDelete }),
    ...(deletedWith !== undefined && { deletedWith }),
  };
}

function kubernetesResource(
  name: string,
  object: AnyObject,
  wait: WaitOptions,
  options: CustomResourceOptions,
): KubernetesResource {
  const written = withParentNamespaces(object);
  const { apiVersion, kind, metadata, ...rest } = written;
  const annotations = waitAnnotations(written, wait);
  const given = { ...metadata, ...(Object.keys(annotations).length > 0 && { annotations }) };
  // `status` is named, so that what the server reports of it can be read from the resource.
  const args = { apiVersion, kind, metadata: given, ...rest, status: undefined };
  const ResourceClass = resourceClassOf(apiVersion, kind);
  return new ResourceClass(name, args, options) as unknown as KubernetesResource;
}

/** The component's name and the path below it: unique in a stack, and found again by aliases of the component. */
function nameOf(construct: IConstruct, name: string, root: IConstruct): string {
  return name + construct.node.path.slice(root.node.path.length);
}

/** Stands for a persona scope, so that what a team makes is found below it. */
class PersonaScope extends ComponentResource {
  constructor(persona: PersonaName, name: string, parent: ComponentResource) {
    // The type is the persona's, not the class's: a class may be renamed, and its resources stay what they are.
    super(`gatewright:index:${persona}`, name, {}, { parent });
  }

  /** Says that all its children are there. */
  complete(): void {
    this.registerOutputs({});
  }
}

/** Components for persona scopes, each made with the first object in it. */
class Scopes {
  readonly #registration: Registration;
  readonly #components = new Map<IConstruct, PersonaScope>();

  constructor(registration: Registration) {
    this.#registration = registration;
  }

  /** The component of the nearest persona scope above. */
  of(construct: IConstruct): ComponentResource {
    const { component, name, root } = this.#registration;
    for (const scope of construct.node.scopes.reverse().filter((one) => one !== construct)) {
      const persona = personaOf(scope);
      if (persona === undefined) continue;
      const made = this.#components.get(scope) ?? new PersonaScope(persona, nameOf(scope, name, root), this.of(scope));
      this.#components.set(scope, made);
      return made;
    }
    return component;
  }

  complete(): void {
    for (const component of this.#components.values()) component.complete();
  }
}
