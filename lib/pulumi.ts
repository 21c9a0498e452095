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
  /** Declares the constructs below `scope`, and returns what the program wants to have at hand: `defined`. */
  readonly define: (scope: Construct) => Defined;
  /**
   * Whether `pulumi up` waits until each Gateway is Programmed and each route is Accepted and has ResolvedRefs by every
   * parent. By default it does, and an object that does not get there fails the update.
   */
  readonly wait?: boolean;
  /**
   * How long a creation or an update waits for each object, in seconds. By default ten minutes, the limit of the Kubernetes
   * provider. Deletion keeps that limit; `customTimeouts` of the component's options sets each of the three.
   */
  readonly timeoutSeconds?: number;
  /**
   * Whether a preview tells what the update does to traffic, compared with what the stack has recorded of this component.
   * By default it does, once something is deployed.
   */
  readonly plan?: boolean;
  /** Findings that are known and accepted. By default none. */
  readonly ignore?: readonly IgnoreRule[];
  /** By default `standard`: fields and kinds of the experimental channel are errors. */
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
 * Each object becomes a resource of @pulumi/kubernetes, below a component for the persona scope it is made in. All of
 * them are checked first, schema and handshake: errors end the program, with the path of the construct, before anything
 * is registered; what is probably not meant, such as a route without parentRefs, is a warning. Outputs may stand for names, namespaces, ports, hostnames and weights; what depends on one is checked
 * when it is known. Options of the component hold for what is in it.
 */
export class GatewayComponent<Defined = unknown> extends ComponentResource {
  /** What `define` returned. */
  readonly defined: Defined;
  readonly #resources: ReadonlyMap<IManifest, KubernetesResource>;

  /** Throws a RunError with all errors of the program; what `define` itself throws beside them is passed on. */
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
    // For the next preview, which reads back what is recorded and must not print it.
    const manifests = declared.map(({ object }) => object);
    this.registerOutputs({ [secretObjects]: holdSecrets(manifests, keyOfObject) });
  }

  /**
   * The first address that the Gateway got from its controller, an IP address or a hostname. Unknown in a preview that
   * creates the Gateway. Throws a RunError if this component does not declare `gateway`, and fails the program if the
   * Gateway has no address once it is deployed, as may be with `wait: false`.
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

  /** Once for the whole component, and nothing waits for it: a single unknown port keeps no resource from its preview. */
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

  /** A plan is for information: where it cannot be made, a preview is as good as without. */
  #tellPlan(name: string, declared: readonly Declared[], options: PreviewedPlan): void {
    this.#meanwhile(async () => {
      const recorded = await recordedBelow(name).catch(() => undefined);
      if (recorded === undefined) return;
      const plan = previewedPlan(recorded, await whenKnown(declared), options);
      if (plan !== undefined) await log.info(plan, this);
    });
  }

  /** The program has not ended before this has: its last word may be an error. */
  #meanwhile(work: () => Promise<void>): void {
    const done = runtime.rpcKeepAlive();
    work()
      .catch((error: unknown) => log.error(error instanceof Error ? error.message : String(error), this))
      .finally(done);
  }
}

/** JavaScript may leave them out. */
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

/** What `define` declared and returned. */
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

/** Errors of constructs need no stack: they name their place. All others keep theirs. */
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

/** How many constructs are named of those that could not be checked. */
const mostPlaces = 10;

/** What could not be checked, by construct: the late values themselves, and what depends on them. */
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
