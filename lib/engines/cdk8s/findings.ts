import { ApiObject } from "cdk8s";
import type { IConstruct } from "constructs";
import type { AnyObject, Declared } from "../../api/declared/declared.ts";
import { isLate } from "../../api/declared/late.ts";
import { type IgnoreRule, type IgnoreRulesRead, readIgnores, withIgnored } from "../../api/load/ignoring.ts";
import { originOf } from "../../constructs/call-site.ts";
import { pathOf } from "../../constructs/declaration-error.ts";
import { hostIn, type IManifest } from "../../constructs/host.ts";
import { isManifest, referenceTo } from "../../constructs/manifest.ts";
import type { Finding } from "../../findings/finding.ts";
import { findingLine } from "../../findings/finding-line.ts";
import { notPlainFindings } from "../../targets/not-plain-findings.ts";
import { plain } from "../../targets/plain.ts";
import type { CheckObjects } from "../check-objects.ts";
import { contractsOf } from "../contracts.ts";
import { extensionKindsOf } from "../extension-kinds.ts";

/** One run of cdk8s over all validations of an app. cdk8s runs them once for the app and once for each chart. */
interface Pass {
  /** The constructs that existed when the pass began. */
  readonly constructs: ReadonlySet<IConstruct>;
  /** The charts that have reported in this pass. If one of them reports again, the next pass begins. */
  readonly reported: Set<IConstruct>;
  /** A fingerprint of the checked objects, and the findings about them. */
  readonly fingerprint: string;
  readonly checked: readonly Finding[];
  /** The errors by the construct that reports them. */
  readonly errors: ReadonlyMap<IConstruct, readonly ChartError[]>;
}

interface ChartError {
  readonly finding: Finding;
  /** The finding as a line of the construct's validation errors. */
  readonly line: string;
}

const passes = new WeakMap<CheckObjects, WeakMap<IConstruct, Pass>>();

/**
 * Collects the errors of the objects in one chart. Each pass reads the objects as cdk8s will write them, with all
 * labels, patches and lazy values. The check runs again only if they differ from those of the previous pass.
 */
export class ChartFindings {
  readonly #chart: IConstruct;
  readonly #check: CheckObjects;
  readonly #ignored: IgnoreRulesRead;

  constructor(chart: IConstruct, check: CheckObjects, ignore: readonly IgnoreRule[]) {
    this.#chart = chart;
    this.#check = check;
    this.#ignored = readIgnores(ignore, { construct: pathOf(chart) });
  }

  /** Returns the errors of the chart's objects that are not manifests, such as those of `cdk8s import`. */
  ofChart(): string[] {
    return [
      ...this.#ignored.findings.map(findingLine),
      ...this.#lines(this.#reportingPass().errors.get(this.#chart) ?? []),
    ];
  }

  /** Returns the errors of the object that `manifest` declares. cdk8s validates its chart before. */
  of(manifest: IManifest): string[] {
    const pass = this.#lastPass() ?? this.#reportingPass();
    return this.#lines(pass.errors.get(manifest) ?? []);
  }

  #lines(errors: readonly ChartError[]): string[] {
    const { ignores } = this.#ignored;
    return errors.flatMap(({ finding, line }) =>
      withIgnored([finding], ignores).some(({ severity }) => severity === "error") ? [line] : [],
    );
  }

  #lastPass(): Pass | undefined {
    return passes.get(this.#check)?.get(this.#chart.node.root);
  }

  #reportingPass(): Pass {
    const { root } = this.#chart.node;
    const last = this.#lastPass();
    const goesOn = last?.constructs.has(this.#chart) === true && !last.reported.has(this.#chart);
    const pass = goesOn ? last : begin(root, this.#check, last);
    pass.reported.add(this.#chart);
    const ofCheck = passes.get(this.#check) ?? new WeakMap<IConstruct, Pass>();
    passes.set(this.#check, ofCheck.set(root, pass));
    return pass;
  }
}

function begin(root: IConstruct, check: CheckObjects, last: Pass | undefined): Pass {
  const constructs = root.node.findAll();
  const objects = constructs.filter((construct) => ApiObject.isApiObject(construct)).map(read);
  const contracts = contractsOf(constructs.filter(isManifest)).declared;
  const declared = [...objects.flatMap((object) => object.declared), ...contracts];
  const fingerprint = JSON.stringify(declared);
  const checked =
    fingerprint === last?.fingerprint
      ? last.checked
      : check(declared, extensionKindsOf(constructs.filter((construct) => isManifest(construct))));
  const owners = new Map(objects.map(({ owner }) => [pathOf(owner), owner]));
  const errors = new Map<IConstruct, ChartError[]>();
  for (const finding of [...objects.flatMap(({ findings }) => findings), ...checked]) {
    const owner = owners.get(constructOf(finding) ?? "");
    if (owner === undefined || finding.severity !== "error") continue;
    const reporter = isManifest(owner) ? owner : (owner.node.scopes.reverse().find(hostIn) ?? owner);
    const line = reporter === owner ? findingLine(finding) : `${pathOf(owner)}: ${findingLine(finding)}`;
    errors.set(reporter, [...(errors.get(reporter) ?? []), { finding, line }]);
  }
  return { constructs: new Set(constructs), reported: new Set(), fingerprint, checked, errors };
}

interface ReadObject {
  /** The manifest of the object, or the ApiObject itself if it belongs to no manifest. */
  readonly owner: IConstruct;
  readonly declared: readonly Declared[];
  readonly findings: readonly Finding[];
}

function read(apiObject: ApiObject): ReadObject {
  const scope = apiObject.node.scope;
  const owner = isManifest(scope) ? scope : apiObject;
  const origin = originOf(owner);
  try {
    return { owner, declared: [{ object: apiObject.toJson() as AnyObject, origin }], findings: [] };
  } catch (error) {
    // For objects that are not manifests, cdk8s fails the synthesis itself, with its own message.
    return { owner, declared: [], findings: isManifest(owner) ? notWritten(owner, error) : [] };
  }
}

/** Returns the reasons why cdk8s cannot write a manifest: the fields that are not plain data, or cdk8s' own error. */
function notWritten(manifest: IManifest, error: unknown): Finding[] {
  const origin = originOf(manifest);
  const message = error instanceof Error ? error.message : String(error);
  const unknown: Finding = { code: "GW1402", severity: "error", message, origin };
  try {
    const { notPlain } = plain(manifest.toObject(), isLate);
    return notPlain.length === 0 ? [unknown] : notPlainFindings(notPlain, { object: referenceTo(manifest), origin });
  } catch {
    return [unknown];
  }
}

function constructOf({ origin }: Finding): string | undefined {
  return origin !== undefined && "construct" in origin ? origin.construct : undefined;
}
