import { defaultNamespace } from "../../api/conversion/versions.ts";
import type { AnyObject, Declared } from "../../api/declared/declared.ts";
import { kindDefinition } from "../../api/kinds/kinds.ts";
import { jsonLine } from "../../printing/json.ts";
import { compareObjects } from "../order.ts";
import { plainObject } from "../plain.ts";
import { resourceName } from "./address.ts";
import { inGroups } from "./order.ts";
import { type RootModule, rootModuleOf, rootModules } from "./root-modules.ts";
import { literal } from "./template.ts";
import { type Wait, waitFor } from "./wait.ts";

export interface TerraformOptions {
  /** True: an apply waits until classes and routes are accepted, Gateways programmed and workloads rolled out. */
  readonly wait: boolean;
}

/** The single file of a root module. */
export interface TerraformFile {
  readonly path: `${RootModule}/main.tf.json`;
  readonly text: string;
}

/**
 * Writes objects as Terraform root modules, in the order of application, with one `kubernetes_manifest` for each
 * object. Nothing is checked. The order of `declared` does not change the text. The provider's connection to the
 * cluster comes from its environment (`KUBE_CONFIG_PATH`) or from a separate file.
 *
 * `status` is left out, because it belongs to controllers. Namespaced objects without a namespace are written with the
 * namespace `default`, because the provider requires one.
 *
 * Throws a TypeError for values that JSON cannot represent; call `unresolved` first.
 */
export function terraformFiles(declared: readonly Declared[], options: TerraformOptions): readonly TerraformFile[] {
  const moduleOf = rootModuleOf(declared);
  return rootModules.flatMap((module) => {
    const objects = declared.filter((one) => moduleOf(one) === module).map(({ object }) => written(object));
    if (objects.length === 0) return [];
    const text = jsonLine(rootModule(objects.sort(compareObjects), options), 2).toString();
    return [{ path: `${module}/main.tf.json`, text }];
  });
}

/** Reports whether {@link terraformFiles} wrote the text of a `main.tf.json`. */
export function isTerraformFile(text: string): boolean {
  try {
    return (JSON.parse(text) as { readonly "//"?: unknown } | null)?.["//"] === mark;
  } catch {
    return false;
  }
}

/** Returns a root module without objects. Applying it destroys the objects of the previous module. */
export function emptyTerraformFile(module: RootModule): TerraformFile {
  const text = jsonLine({ "//": mark, terraform }, 2).toString();
  return { path: `${module}/main.tf.json`, text };
}

const mark = "Written by gatewright synth --target terraform. Change the program it comes from, and write it again.";

const terraform = {
  // terraform_data requires Terraform 1.4. `wait.condition` of kubernetes_manifest requires provider 2.8.
  required_version: ">= 1.4.0",
  required_providers: { kubernetes: { source: "hashicorp/kubernetes", version: ">= 2.8.0" } },
};

function rootModule(objects: readonly AnyObject[], { wait }: TerraformOptions): unknown {
  const manifests: Record<string, unknown> = {};
  const barriers: Record<string, unknown> = {};
  let before: readonly string[] = [];
  const groups = inGroups(objects);
  for (const [index, [group, members]] of groups.entries()) {
    const names = members.map((object) => {
      const name = unused(resourceName(object), manifests);
      manifests[name] = resource(object, wait ? waitFor(object) : undefined, before);
      return name;
    });
    if (index === groups.length - 1) break;
    barriers[group] = { depends_on: names.map((name) => `kubernetes_manifest.${name}`) };
    before = [`terraform_data.${group}`];
  }
  return {
    "//": mark,
    terraform,
    resource: {
      kubernetes_manifest: manifests,
      ...(Object.keys(barriers).length > 0 && { terraform_data: barriers }),
    },
  };
}

function resource(object: AnyObject, wait: Wait | undefined, before: readonly string[]): unknown {
  return {
    manifest: literal(object),
    ...(wait !== undefined && { wait }),
    ...(before.length > 0 && { depends_on: before }),
  };
}

/** Returns an unused name, because an object that is declared twice has two resources. */
function unused(name: string, taken: Readonly<Record<string, unknown>>): string {
  let own = name;
  for (let copy = 2; Object.hasOwn(taken, own); copy++) own = `${name}_${copy}`;
  return own;
}

/** Returns the object in the form that the provider accepts. */
function written(object: AnyObject): AnyObject {
  const { status: _, ...rest } = plainObject(object);
  if (rest.metadata.namespace !== undefined || !isNamespaced(rest)) return rest;
  return { ...rest, metadata: { ...rest.metadata, namespace: defaultNamespace } };
}

function isNamespaced({ apiVersion, kind }: AnyObject): boolean {
  return kindDefinition(apiVersion, kind)?.scope === "Namespaced";
}
