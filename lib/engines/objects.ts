import { type Construct, RootConstruct } from "constructs";
import type { AnyObject, Declared } from "../api/declared/declared.ts";
import { isLate, isLateInProgram } from "../api/declared/late.ts";
import { LateEntry } from "../api/load/late-placeholder.ts";
import { originOf, originOfError } from "../constructs/call-site.ts";
import type { DeclarationError } from "../constructs/declaration-error.ts";
import { HOST, type IManifest, type ManifestHost } from "../constructs/host.ts";
import { referenceTo } from "../constructs/manifest.ts";
import { ownerOf } from "../constructs/persona.ts";
import { constructCodes } from "../findings/catalog/constructs.ts";
import type { Finding } from "../findings/finding.ts";
import { notPlainFindings } from "../targets/not-plain-findings.ts";
import { plain } from "../targets/plain.ts";
import { contractsOf } from "./contracts.ts";
import { dependencyCycles } from "./dependency-cycles.ts";
import { labelsOfNamespace } from "./namespace-labels.ts";

/** The objects that a program declares. */
export interface ProgramObjects {
  /**
   * The objects in order of declaration, then the contracts that they use. Plain data, but for an engine's late values.
   */
  readonly declared: Declared[];
  /** The return value of the program's function. */
  readonly defined: unknown;
  /** Errors of the program, and notes. The declared objects themselves are not checked here. */
  readonly findings: Finding[];
}

/** The root of a tree without an engine. Its host collects the manifests, and sets no namespace and no labels. */
export class PlainTree extends RootConstruct {
  readonly [HOST]: ManifestHost;
  readonly manifests: IManifest[] = [];

  /**
   * @param id the first element of all paths in the tree. Default: empty.
   * @param isLateHere reports whether a value is late.
   */
  constructor(id?: string, isLateHere: (value: unknown) => boolean = isLate) {
    super(id);
    this[HOST] = {
      add: (manifest) => void this.manifests.push(manifest),
      isLate: isLateHere,
      namespaceLabels: (namespace) => labelsOfNamespace(this.manifests, namespace),
    };
  }
}

/**
 * Runs `define` on the root of a tree without an engine, and returns the objects that it declares. Never throws: an
 * error that `define` throws becomes a finding (GW1007), and no objects are declared.
 */
export function objectsOf(define: (scope: Construct) => unknown): ProgramObjects {
  const tree = new PlainTree(undefined, isLateInProgram);
  let defined: unknown;
  try {
    defined = define(tree);
  } catch (error) {
    return { declared: [], defined: undefined, findings: [thrown(error)] };
  }
  const wrong = [...promised(defined), ...validated(tree), ...dependencyCycles(tree)];
  const findings = wrong.length > 0 ? wrong : nothingDeclared(tree);
  const read = tree.manifests.map((manifest) => declaredBy(manifest));
  const contracts = contractsOf(tree.manifests);
  // No engine deploys these objects, so the late values themselves are not needed.
  const entry = new LateEntry(isLateInProgram);
  const objects = read.flatMap((one) => one.objects).map((one) => entry.enter(one));
  return {
    declared: [...objects, ...contracts.declared],
    defined,
    findings: [...findings, ...read.flatMap((one) => one.findings), ...entry.findings, ...contracts.findings],
  };
}

/** Returns the object of a manifest as plain data, and findings about values that are not plain data. */
export function declaredBy(
  manifest: IManifest,
  read: () => AnyObject = () => manifest.toObject(),
): { objects: Declared[]; findings: readonly Finding[] } {
  const origin = originOf(manifest);
  const persona = ownerOf(manifest);
  try {
    const { value, notPlain } = plain(read(), isLate);
    const object = value as AnyObject;
    // Values that only an engine can resolve are no errors here: the check reports them, the emitter handles them.
    const failed = notPlain.filter(({ problem }) => problem !== "late");
    const findings = notPlainFindings(failed, { object: referenceTo(manifest), origin });
    return {
      objects: [{ object, origin, ...(persona !== undefined && { persona }) }],
      findings: [...findings, ...manifest.remarks()],
    };
  } catch (error) {
    return { objects: [], findings: [{ ...thrown(error), object: referenceTo(manifest), origin }] };
  }
}

function thrown(error: unknown): Finding {
  const known = error instanceof Error ? (error as Partial<DeclarationError> & Error) : undefined;
  // Recognises the error by its fields, because it may come from another copy of this package.
  if (typeof known?.construct === "string" && typeof known.problem === "string") {
    return { code: "GW1007", severity: "error", message: known.problem, origin: originOfError(known.construct, known) };
  }
  const name = known === undefined || known.name === "Error" ? "" : `${known.name}: `;
  const message = known === undefined ? `The program threw ${String(error)}` : `${name}${known.message}`;
  return { code: "GW1007", severity: "error", message, fix: "Correct the program; its stack says where it threw." };
}

/** Returns an error if `defined` is a promise. */
export function promised(defined: unknown): Finding[] {
  if (defined === null || typeof defined !== "object" || !("then" in defined)) return [];
  // Nothing awaits the promise. Without this handler its rejection would end the process.
  Promise.resolve(defined).catch(() => undefined);
  return [
    {
      code: "GW1403",
      severity: "error",
      message: "The program's function returned a promise; what it declares after its first await would be missing.",
      fix: "Await what is needed at the top of the module, and make the exported function synchronous.",
    },
  ];
}

/** Returns advice (GW1430) if a program declares no object: it may have forgotten to create its constructs. */
export function nothingDeclared({ manifests, node: { path } }: PlainTree): Finding[] {
  if (manifests.length > 0) return [];
  const { fix } = constructCodes.GW1430;
  const origin = path === "" ? {} : { origin: { construct: path } };
  return [{ code: "GW1430", severity: "advice", message: "The program declares no object.", ...origin, fix }];
}

/** Returns the errors of the validations that the program adds to its constructs. */
export function validated(tree: Construct): Finding[] {
  return tree.node.findAll().flatMap((construct) => {
    const origin = originOf(construct);
    try {
      return construct.node
        .validate()
        .map((message): Finding => ({ code: "GW1404", severity: "error", message, origin }));
    } catch (error) {
      return [{ ...thrown(error), origin }];
    }
  });
}
