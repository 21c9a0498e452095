import type { Construct } from "constructs";
import type { Late } from "../../api/declared/late.ts";
import { isLate } from "../../api/declared/late.ts";
import type { IManifest, ManifestHost } from "../../constructs/host.ts";
import { rankOf } from "../../targets/order.ts";
import { type Group, groupOfRank, groupsBefore } from "../../targets/terraform/order.ts";
import { literalBesideTokens } from "../../targets/terraform/template.ts";
import { waitFor } from "../../targets/terraform/wait.ts";
import { labelsOfNamespace } from "../namespace-labels.ts";
import type { EngineResource, TerraformCdk } from "./engine.ts";

/** Options of a stack that hosts manifests. */
export interface StackOptions {
  /** Namespace of the objects whose scope names none. */
  readonly namespace?: Late<string>;
  /** Labels that every object gets. Labels of the object itself win. */
  readonly labels?: Readonly<Record<string, string>>;
  /** True: an apply waits until classes and routes are accepted, Gateways programmed and workloads rolled out. */
  readonly wait: boolean;
}

/**
 * Hosts manifests in a stack. Each becomes a `kubernetes_manifest` below its construct, with the waits and order that
 * `synth --target terraform` writes. The resource class is the engine's generic one, so the stack needs a provider
 * construct for `kubernetes`, but no generated binding of the resource.
 */
export function terraformHost(stack: Construct, engine: TerraformCdk, options: StackOptions): ManifestHost {
  const order = new Order(stack, engine);
  const { namespace, labels, wait } = options;
  const manifests: IManifest[] = [];
  return {
    add: (manifest) => {
      manifests.push(manifest);
      order.add(manifest, manifestResource(manifest, engine, wait));
    },
    namespaceLabels: (name) => labelsOfNamespace(manifests, name),
    isLate: (value) => isLate(value) || engine.Token.isUnresolved(value),
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labels }),
  };
}

function manifestResource(manifest: IManifest, { TerraformResource }: TerraformCdk, wait: boolean): EngineResource {
  const resource = new TerraformResource(manifest, "Resource", {
    terraformResourceType: "kubernetes_manifest",
    terraformGeneratorMetadata: { providerName: "kubernetes", providerVersionConstraint: ">= 2.8.0" },
  });
  // Generated bindings override this method too. The engine calls it at synthesis, when all specs are complete.
  Object.defineProperty(resource, "synthesizeAttributes", {
    value: () => {
      const object = manifest.toObject();
      const { status: _, ...written } = object;
      const waits = wait ? waitFor(object) : undefined;
      return { manifest: literalBesideTokens(written), ...(waits !== undefined && { wait: waits }) };
    },
  });
  return resource;
}

/**
 * Adds a `terraform_data` for each group of the order of application. It depends on all objects of its group, and each
 * object depends on the `terraform_data` of the previous group.
 */
class Order {
  readonly #members = new Map<Group, EngineResource[]>();
  readonly #barriers = new Map<Group, EngineResource>();
  readonly #stack: Construct;
  readonly #engine: TerraformCdk;

  constructor(stack: Construct, engine: TerraformCdk) {
    this.#stack = stack;
    this.#engine = engine;
  }

  add(manifest: IManifest, resource: EngineResource): void {
    const group = groupOfRank(rankOf(manifest));
    this.#membersOf(group).push(resource);
    // Resolve the dependency at synthesis, because objects of earlier groups may be added later.
    resource.dependsOn = this.#late(() => {
      const before = groupsBefore(group).find((earlier) => this.#barriers.has(earlier));
      const barrier = before && this.#barriers.get(before);
      return barrier === undefined ? [] : [addressOf(barrier)];
    });
  }

  #membersOf(group: Group): EngineResource[] {
    const known = this.#members.get(group);
    if (known !== undefined) return known;
    const members: EngineResource[] = [];
    const barrier = new this.#engine.TerraformResource(this.#stack, group, { terraformResourceType: "terraform_data" });
    barrier.dependsOn = this.#late(() => members.map(addressOf));
    this.#barriers.set(group, barrier);
    this.#members.set(group, members);
    return members;
  }

  #late(produce: () => string[]): string[] {
    return this.#engine.Lazy.listValue({ produce });
  }
}

function addressOf({ terraformResourceType, friendlyUniqueId }: EngineResource): string {
  return `${terraformResourceType}.${friendlyUniqueId}`;
}
