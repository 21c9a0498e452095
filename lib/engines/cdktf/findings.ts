import type { IConstruct } from "constructs";
import type { AnyObject } from "../../api/declared/declared.ts";
import { isLate } from "../../api/declared/late.ts";
import { type IgnoreRule, readIgnores, withIgnored } from "../../api/load/ignoring.ts";
import { pathOf } from "../../constructs/declaration-error.ts";
import { findHost, HOST, type HostConstruct, type IManifest } from "../../constructs/host.ts";
import { isManifest } from "../../constructs/manifest.ts";
import { findingLine } from "../../findings/finding-line.ts";
import type { CheckObjects } from "../check-objects.ts";
import { contractsOf } from "../contracts.ts";
import { dependencyCycles } from "../dependency-cycles.ts";
import { extensionKindsOf } from "../extension-kinds.ts";
import { declaredBy } from "../objects.ts";
import type { TerraformCdk } from "./engine.ts";

/**
 * Returns the errors of the objects of one stack, each with the path of its construct. Objects of other stacks of the
 * app are only referenced. Values that only Terraform knows are not checked.
 */
export function stackErrors(
  stack: HostConstruct,
  engine: TerraformCdk,
  check: CheckObjects,
  ignore: readonly IgnoreRule[],
): string[] {
  const manifests = stack.node.root.node.findAll().filter((construct) => isManifest(construct));
  const late = new LateTokens(engine);
  const read = manifests.map((manifest) => declaredBy(manifest, () => late.in(manifest.toObject()) as AnyObject));
  const declared = [...read.flatMap(({ objects }) => objects), ...contractsOf(manifests).declared];
  const checked = check(declared, extensionKindsOf(manifests));
  const own = new Set(manifests.filter((manifest) => isHostedBy(manifest, stack)).map(pathOf));
  const cycles = dependencyCycles(stack);
  for (const { origin } of cycles) if (origin !== undefined && "construct" in origin) own.add(origin.construct);
  const { ignores, findings: unusable } = readIgnores(ignore, { construct: pathOf(stack) });
  const found = withIgnored([...read.flatMap(({ findings }) => findings), ...cycles, ...checked], ignores);
  const lines = found.flatMap((finding) => {
    const path = finding.origin !== undefined && "construct" in finding.origin ? finding.origin.construct : "";
    return finding.severity === "error" && own.has(path) ? [`${path}: ${findingLine(finding)}`] : [];
  });
  return [...unusable.map(findingLine), ...lines];
}

function isHostedBy(manifest: IManifest, stack: HostConstruct): boolean {
  return findHost(manifest as IConstruct) === stack[HOST];
}

/**
 * Replaces the engine's tokens by late values, which the check recognises. Tokens are encoded as strings, numbers and
 * lists. Equal tokens become the same late value.
 */
class LateTokens {
  readonly #engine: TerraformCdk;
  readonly #values = new Map<string, { apply(): unknown }>();

  constructor(engine: TerraformCdk) {
    this.#engine = engine;
  }

  /** Returns a copy with late values in place of tokens. */
  in(value: unknown): unknown {
    if (isLate(value)) return value;
    if (this.#engine.Token.isUnresolved(value)) return this.#valueOf(value);
    if (Array.isArray(value)) return value.map((item) => this.in(item));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.in(member)]));
  }

  #valueOf(token: unknown): unknown {
    const text = JSON.stringify(token);
    const value = this.#values.get(text) ?? { apply: (): unknown => value };
    this.#values.set(text, value);
    return value;
  }
}
