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

/** A deployed Kubernetes object. */
export type KubernetesResource = CustomResource & {
  /** The status that the server last reported. Unknown in a preview that creates the object. */
  readonly status: Output<unknown>;
};

/** The objects to register, and the component to register them below. */
export interface Registration extends WaitOptions {
  readonly component: ComponentResource;
  readonly name: string;
  readonly options: ComponentResourceOptions;
  /** The manifests in the order of application. */
  readonly ordered: readonly Ordered[];
  readonly objects: ReadonlyMap<IManifest, AnyObject>;
  /** The root of the tree, which corresponds to the component. */
  readonly root: IConstruct;
}

/**
 * Registers each object as a resource of @pulumi/kubernetes, below components for its persona scopes, and after the
 * objects that it depends on. Late values are passed to the engine unchanged, so that their dependencies and secrecy
 * are kept.
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
 * Reports whether an object is kept when the stack is destroyed. Deleting a CRD deletes all objects of its kind,
 * including those of other stacks. Only the CRD for Gatewright's own settings is deleted, since nothing else uses it.
 */
function outlives({ kind, spec }: AnyObject): boolean {
  return kind === "CustomResourceDefinition" && (spec as { readonly group?: unknown })?.group !== parametersGroup;
}

/** Returns the options that the engine does not pass on from a component to its children by itself. */
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
  // Naming `status` makes the reported status readable from the resource.
  const args = { apiVersion, kind, metadata: given, ...rest, status: undefined };
  const ResourceClass = resourceClassOf(apiVersion, kind);
  return new ResourceClass(name, args, options) as unknown as KubernetesResource;
}

/** Returns the component's name with the path below it. It is unique in a stack, and found by component aliases. */
function nameOf(construct: IConstruct, name: string, root: IConstruct): string {
  return name + construct.node.path.slice(root.node.path.length);
}

/** A component for a persona scope. The resources of a team are registered below it. */
class PersonaScope extends ComponentResource {
  constructor(persona: PersonaName, name: string, parent: ComponentResource) {
    // The type uses the persona's name instead of the class's name, so that a renamed class keeps its resources.
    super(`gatewright:index:${persona}`, name, {}, { parent });
  }

  /** Reports that all children are registered. */
  complete(): void {
    this.registerOutputs({});
  }
}

/** The components of persona scopes, each created with the first object in the scope. */
class Scopes {
  readonly #registration: Registration;
  readonly #components = new Map<IConstruct, PersonaScope>();

  constructor(registration: Registration) {
    this.#registration = registration;
  }

  /** Returns the component of the nearest persona scope above a construct. */
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
