import { ComponentResource, type ComponentResourceOptions, log, type Output, RunError, runtime } from "@pulumi/pulumi";
import type { Construct } from "constructs";
import { checkKnown } from "./analysis/check/check-known.ts";
import type { Declared } from "./api/declared/declared.ts";
import type { Channel } from "./api/index.ts";
import { keyOfObject } from "./api/load/identity.ts";
import { type IgnoreRule, ignoreProblem, withIgnored } from "./api/load/ignoring.ts";
import type { IGateway } from "./cluster-operator/gateway.ts";
import { pathOf } from "./constructs/declaration-error.ts";
import type { IManifest } from "./constructs/host.ts";
import { contractsOf } from "./engines/contracts.ts";
import { dependencyCycles } from "./engines/dependency-cycles.ts";
import { extensionKindsOf } from "./engines/extension-kinds.ts";
import { declaredBy, nothingDeclared, PlainTree, promised, validated } from "./engines/objects.ts";
import { undeployableKinds } from "./engines/pulumi/classes.ts";
import { type KubernetesResource, registerObjects } from "./engines/pulumi/host.ts";
import { contractsWhenKnown, holdSecrets, lateFields, whenKnown } from "./engines/pulumi/late.ts";
import { inOrder, type Ordered } from "./engines/pulumi/order.ts";
import { type PreviewedPlan, previewedPlan } from "./engines/pulumi/plan.ts";
import { recordedBelow, secretObjects } from "./engines/pulumi/recorded.ts";
import { type Finding, sourceOf } from "./findings/finding.ts";
import { findingLine } from "./findings/finding-line.ts";

export interface GatewayComponentProps<Defined = unknown> {
  /** Declares constructs below `scope`. Its return value is available as `defined`. */
  readonly define: (scope: Construct) => Defined;
  /**
   * Waits in `pulumi up` until each Gateway is Programmed and each route is Accepted and has ResolvedRefs from every
   * parent. An object that does not reach this state fails the update. Default: true.
   */
  readonly wait?: boolean;
  /**
   * Timeout for creating or updating each object, in seconds. Default: ten minutes, as in the Kubernetes provider.
   * Deletion keeps that timeout. `customTimeouts` in the component's options sets all three.
   */
  readonly timeoutSeconds?: number;
  /**
   * Prints in a preview how the update changes traffic, compared with the recorded objects of this component. Default:
   * true. The first preview has nothing to compare with.
   */
  readonly plan?: boolean;
  /** Findings to ignore. Default: none. */
  readonly ignore?: readonly IgnoreRule[];
  /** Default: `standard`, so fields and kinds of the experimental channel are errors. */
  readonly channel?: Channel;
}

/**
 * A Pulumi component for the constructs of this package:
 *
 * ```ts
 * const gateways = new GatewayComponent("acme", { define: acme }, { provider, dependsOn: [store] });
 * export const url = gateways.addressOf(gateways.defined.edge.external).apply((address) => `http://${address}`);
 * ```
 *
 * Each object becomes a resource of @pulumi/kubernetes, below a component for its persona scope. All objects are
 * checked first, schema and handshake. Errors end the program, with the path of the construct, before any resource is
 * registered. Likely mistakes, such as a route without parentRefs, are warnings. Names, namespaces, ports, hostnames
 * and weights may be Outputs; checks that depend on an Output run when it is known. Options of the component apply to
 * its resources.
 */
export class GatewayComponent<Defined = unknown> extends ComponentResource {
  /** The return value of `define`. */
  readonly defined: Defined;
  readonly #resources: ReadonlyMap<IManifest, KubernetesResource>;

  /** Throws a RunError with all errors of the program. Other errors that `define` throws are passed on. */
  constructor(name: string, props: GatewayComponentProps<Defined>, options: ComponentResourceOptions = {}) {
    const {
      define,
      wait = true,
      timeoutSeconds,
      channel = "standard",
      plan = true,
      ignore = [],
    } = checkedProps(name, props);
    const program = run(name, define, ignore);
    const filters = extensionKindsOf(program.tree.manifests);
    const check = (objects: readonly Declared[]) => checkKnown(objects, { channel, filters, ignores: ignore });
    const findings = [...program.findings, ...check(program.declared)];
    failOnErrors(name, findings);
    super("gatewright:index:GatewayComponent", name, {}, options);

    const advice = findings.filter(({ severity }) => severity === "advice");
    if (advice.length > 0) this.#meanwhile(() => log.warn(report(advice), this));
    const { tree, ordered, objects, declared, contracts } = program;
    const waiting = { wait, ...(timeoutSeconds !== undefined && { timeoutSeconds }) };
    this.defined = program.defined;
    this.#resources = registerObjects({ component: this, name, options, ordered, objects, root: tree, ...waiting });
    if (declared.some(({ object }) => lateFields(object).length > 0)) this.#checkLater(declared, contracts, check);
    if (plan && runtime.isDryRun()) this.#tellPlan(name, declared, { channel, filters });
    // Recorded for the next preview, which reads the recorded objects and must not print their secrets.
    const manifests = declared.map(({ object }) => object);
    this.registerOutputs({ [secretObjects]: holdSecrets(manifests, keyOfObject) });
  }

  /**
   * Returns the first address that the controller assigned to the Gateway, an IP address or a hostname. Unknown in a
   * preview that creates the Gateway. Throws a RunError if this component does not declare `gateway`. Fails the program
   * if the deployed Gateway has no address, which is possible with `wait: false`.
   */
  addressOf(gateway: IGateway): Output<string> {
    const resource = this.#resources.get(gateway as unknown as IManifest);
    if (resource === undefined) {
      throw new RunError(
        `addressOf takes a Gateway that this component declares, but got ${described(gateway)}. ` +
          "Hand it one of the Gateways that define returns, from defined.",
      );
    }
    const path = pathOf(gateway as unknown as IManifest);
    return resource.status.apply((status) => addressIn(status, path));
  }

  /** Checks all objects once late values are known. No resource waits for it: an unknown port blocks no preview. */
  #checkLater(
    declared: readonly Declared[],
    contracts: readonly Declared<unknown>[],
    check: (declared: readonly Declared[]) => readonly Finding[],
  ): void {
    this.#meanwhile(async () => {
      const known = await whenKnown(declared);
      const findings = check([...known, ...(await contractsWhenKnown(contracts))]);
      const errors = findings.filter(({ severity }) => severity === "error");
      if (errors.length > 0) return log.error(report(errors), this);
      const open = notYetChecked(known, findings);
      if (open !== undefined) await log.info(open, this);
    });
  }

  /** Prints the traffic plan. The plan is only information, so a preview continues without it if it cannot be made. */
  #tellPlan(name: string, declared: readonly Declared[], options: PreviewedPlan): void {
    this.#meanwhile(async () => {
      const recorded = await recordedBelow(name).catch(() => undefined);
      if (recorded === undefined) return;
      const plan = previewedPlan(recorded, await whenKnown(declared), options);
      if (plan !== undefined) await log.info(plan, this);
    });
  }

  /** Runs work in the background and keeps the program alive until it ends, because it may report an error. */
  #meanwhile(work: () => Promise<void>): void {
    const done = runtime.rpcKeepAlive();
    work()
      .catch((error: unknown) => log.error(error instanceof Error ? error.message : String(error), this))
      .finally(done);
  }
}

/** Checks props, because JavaScript may omit them. */
function checkedProps<Defined>(name: string, props: GatewayComponentProps<Defined>): GatewayComponentProps<Defined> {
  const { define, timeoutSeconds } = props ?? {};
  if (typeof define !== "function") {
    throw new RunError(
      `GatewayComponent "${name}": define takes a function of a scope that declares the constructs, but got ` +
        `${described(define)}. Write new GatewayComponent("${name}", { define: (scope) => { … } }).`,
    );
  }
  if (timeoutSeconds !== undefined && !(Number.isInteger(timeoutSeconds) && timeoutSeconds > 0)) {
    throw new RunError(
      `GatewayComponent "${name}": timeoutSeconds takes a whole number of seconds, 1 or more, but got ${timeoutSeconds}.`,
    );
  }
  for (const rule of props.ignore ?? []) {
    const problem = ignoreProblem(rule);
    if (problem === undefined) continue;
    throw new RunError(
      `GatewayComponent "${name}": an ignore rule cannot be used: ${problem}. ` +
        'Write it as { code: "GW2413", object: "HTTPRoute store/acme", reason: "…" }; object may be left out.',
    );
  }
  return props;
}

/** The declarations and the return value of `define`. */
interface Program<Defined> {
  readonly tree: PlainTree;
  readonly defined: Defined;
  readonly ordered: readonly Ordered[];
  readonly objects: ReadonlyMap<IManifest, Declared["object"]>;
  readonly declared: readonly Declared[];
  /** Contracts that are Outputs. */
  readonly contracts: readonly Declared<unknown>[];
  readonly findings: readonly Finding[];
}

function run<Defined>(
  name: string,
  define: (scope: Construct) => Defined,
  ignore: readonly IgnoreRule[],
): Program<Defined> {
  const tree = new PlainTree(name);
  const defined = asRunError(name, () => define(tree));
  const read = tree.manifests.map((manifest) => ({ manifest, ...declaredBy(manifest) }));
  const contracts = contractsOf(tree.manifests);
  const said = [...read.flatMap((one) => one.findings), ...contracts.findings];
  const ofTree = [...dependencyCycles(tree), ...nothingDeclared(tree)];
  const declared = [...read.flatMap((one) => one.objects), ...contracts.declared];
  const ofKinds = undeployableKinds(declared);
  const findings = withIgnored([...promised(defined), ...validated(tree), ...ofTree, ...said, ...ofKinds], ignore);
  failOnErrors(name, findings);
  const objects = new Map(read.flatMap(({ manifest, objects: [one] }) => (one ? [[manifest, one.object]] : [])));
  const ordered = asRunError(name, () => inOrder(tree.manifests, objects));
  return { tree, defined, ordered, objects, declared, contracts: contracts.later, findings };
}

/** Converts errors of constructs, which name their construct, to RunErrors without a stack. Passes on all others. */
function asRunError<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { construct, problem } = error as { readonly construct?: unknown; readonly problem?: unknown };
    if (typeof construct !== "string" || typeof problem !== "string") throw error;
    throw new RunError(`${heading(name, 1)}\n  ${construct}: ${problem}`);
  }
}

function failOnErrors(name: string, findings: readonly Finding[]): void {
  const errors = findings.filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new RunError(`${heading(name, errors.length)}\n${report(errors)}`);
}

function heading(name: string, errors: number): string {
  return `GatewayComponent "${name}" is not deployed: ${errors} ${errors === 1 ? "error" : "errors"} in its program.`;
}

function report(findings: readonly Finding[]): string {
  return findings.map((finding) => `  ${placeOf(finding)}${findingLine(finding)}`).join("\n");
}

/** Limit of unchecked constructs that are listed by name. */
const mostPlaces = 10;

/** Lists fields that could not be checked, by construct: late values, and fields that depend on them. */
function notYetChecked(declared: readonly Declared[], findings: readonly Finding[]): string | undefined {
  const fields = new Map<string, string[]>();
  const add = (place: string, field: string) => fields.set(place, [...(fields.get(place) ?? []), field]);
  for (const one of declared) for (const field of lateFields(one.object)) add(sourceOf(one.origin), field);
  for (const { code, origin, field = "the object" } of findings) {
    if (code === "GW1110" && origin !== undefined) add(sourceOf(origin), field);
  }
  if (fields.size === 0) return undefined;
  const lines = [...fields].map(([place, names]) => `  ${place}: ${[...new Set(names)].sort().join(", ")}`);
  const rest = lines.length - mostPlaces;
  if (rest > 0) lines.splice(mostPlaces, rest, `  and ${rest} more`);
  return `Not checked yet, because it depends on values that are not known or secret:\n${lines.join("\n")}`;
}

function placeOf({ origin }: Finding): string {
  return origin === undefined ? "" : `${sourceOf(origin)}: `;
}

function addressIn(status: unknown, path: string): string {
  const { addresses } = (status ?? {}) as { readonly addresses?: readonly { readonly value?: unknown }[] };
  const address = addresses?.[0]?.value;
  if (typeof address === "string") return address;
  throw new RunError(
    `The Gateway ${path} has no address yet. Leave wait as it is by default, so that pulumi up waits for it, or run ` +
      "pulumi refresh and pulumi up again.",
  );
}

function described(value: unknown): string {
  if (value === null || typeof value !== "object") return typeof value === "function" ? "a function" : String(value);
  const { name } = value as { readonly name?: unknown };
  return typeof name === "string" ? `"${name}"` : `a ${value.constructor?.name ?? "plain object"}`;
}
