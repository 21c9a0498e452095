import type { Finding } from "../../findings/finding.ts";
import type { DeclaredContract } from "../contract/contract.ts";
import { isContract, readContract } from "../contract/read.ts";
import { standInFor } from "../contract/stand-in.ts";
import { convert } from "../conversion/convert.ts";
import { referenceTo } from "../conversion/ledger.ts";
import { defaultNamespace } from "../conversion/versions.ts";
import type { AnyObject, Declared } from "../declared/declared.ts";
import { type ApiObject, type Channel, kindDefinition, validate } from "../index.ts";
import { locateFindings } from "../parse/locate.ts";
import type { Extensions } from "./extension.ts";
import { extensionsOf } from "./extension-objects.ts";
import { annotatedIgnores, type PlacedIgnoreRule, withIgnored } from "./ignoring.ts";
import { unknownKind, unroutedNotes } from "./known-kinds.ts";
import { LateEntry, type LateValues, withLateTexts } from "./late-placeholder.ts";
import { merge } from "./merge.ts";
import { otherTraffic } from "./other-traffic.ts";
import type { SourceContent } from "./sources.ts";

export type { SourceContent } from "./sources.ts";

/** Several sources, merged into one set. */
export interface Loaded {
  /**
   * The merged objects in today's version, otherwise as written: without defaults, and without a namespace if the
   * author gave none. `synth` and `convert` write these. Objects of unknown kinds are included unchanged.
   */
  readonly authored: readonly Declared[];
  /**
   * The valid objects of `authored` whose kinds Gatewright knows, with the defaults of their schemas. A namespaced
   * object without a namespace is in `default`.
   */
  readonly objects: readonly Declared<ApiObject>[];
  /**
   * The valid contracts, which are not in `authored`. If no source declares a contract's Gateway, `objects` contains a
   * stand-in for it with the contract's origin.
   */
  readonly contracts: readonly Declared<DeclaredContract>[];
  /** The filters that sources register for ExtensionRef, and the valid objects of these filters. */
  readonly extensions: Extensions<Declared>;
  /** All findings: those of the sources, then those of each stage. Findings about files have line and column. */
  readonly findings: readonly Finding[];
  /** The late values. Placeholders stand for them in `authored`, and the placeholders' texts in `objects`. */
  readonly late: LateValues;
  /** Ignore rules of sources and annotations. Later stages apply them to their findings with `withIgnored`. */
  readonly ignores: readonly PlacedIgnoreRule[];
  /** The text of each file. Later stages use it to locate their findings (`locateFindings` in parse/locate.ts). */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Merges sources: an object of a later source replaces the object of the same name in an earlier one. Documents of
 * older versions are converted, and objects of known kinds are validated against the schemas of `channel`. The order of
 * the sources is kept. Never throws: problems are in `findings`, and objects with errors are left out of `objects`.
 */
export function load(sources: readonly SourceContent[], options: { readonly channel: Channel }): Loaded {
  const texts = new Map(sources.flatMap((source) => [...(source.texts ?? [])]));
  const late = new LateEntry();
  const entered = sources.map((source) => ({ ...source, declared: source.declared.map((one) => late.enter(one)) }));
  const merged = merge(entered, isClusterScoped);
  const contracts = readContracts(merged.declared.filter(({ object }) => isContract(object)));
  const own = merged.declared.filter(({ object }) => !isContract(object));
  const strangers = own.flatMap((declared) => unknownKind(declared) ?? otherTraffic(declared) ?? []);
  const converted = convert(own);
  const validated = validateAll(converted.declared, options.channel);
  const { extensions, findings: refused } = extensionsOf(sources, converted.declared, inNamespace);
  const annotated = annotatedIgnores(merged.declared);
  const ignores = [...sources.flatMap((source) => source.ignores ?? []), ...annotated.ignores];
  const findings = [
    ...sources.flatMap((source) => source.findings),
    ...locateFindings(
      [
        ...late.findings,
        ...merged.findings,
        ...contracts.findings,
        ...strangers,
        ...unroutedNotes(own),
        ...converted.findings,
        ...validated.findings,
        ...refused,
        ...annotated.findings,
      ],
      texts,
    ),
  ];
  return {
    authored: converted.declared,
    objects: withTexts([...validated.objects, ...standIns(contracts.read, validated.objects)], late),
    contracts: contracts.read,
    extensions: { ...extensions, objects: withTexts(extensions.objects, late) },
    findings: withIgnored(findings, ignores),
    late,
    ignores,
    texts,
  };
}

/** Later stages see no placeholders, only their texts. */
function withTexts<T>(declared: readonly Declared<T>[], late: LateValues): readonly Declared<T>[] {
  if (late.fields.length === 0) return declared;
  return declared.map((one) => ({ ...one, object: withLateTexts(one.object) as T }));
}

function validateAll(declared: readonly Declared[], channel: Channel) {
  const objects: Declared<ApiObject>[] = [];
  const findings: Finding[] = [];
  for (const { object, origin } of declared) {
    if (kindDefinition(object.apiVersion, object.kind) === undefined) continue;
    const outcome = validate(inNamespace(object), { channel, stored: "cluster" in origin });
    if (outcome.object !== undefined) objects.push({ object: outcome.object, origin });
    for (const finding of outcome.findings) findings.push({ object: referenceTo(object), origin, ...finding });
  }
  return { objects, findings };
}

function readContracts(declared: readonly Declared[]) {
  const read: Declared<DeclaredContract>[] = [];
  const findings: Finding[] = [];
  for (const { object, origin } of declared) {
    const outcome = readContract(object);
    if (outcome.contract !== undefined) read.push({ object: withLateTexts(outcome.contract), origin });
    for (const finding of outcome.findings) findings.push({ object: referenceTo(object), origin, ...finding });
  }
  return { read, findings };
}

/** A contract needs a stand-in only if no source declares its Gateway. */
function standIns(contracts: readonly Declared<DeclaredContract>[], objects: readonly Declared<ApiObject>[]) {
  const names = new Set(
    objects.flatMap(({ object: { kind, metadata } }) =>
      kind === "Gateway" ? [`${metadata.namespace}/${metadata.name}`] : [],
    ),
  );
  return contracts
    .filter(({ object: { metadata } }) => !names.has(`${metadata.namespace}/${metadata.name}`))
    .map(({ object, origin }): Declared<ApiObject> => ({ object: standInFor(object), origin }));
}

function inNamespace(object: AnyObject): AnyObject {
  const { namespace } = object.metadata;
  if ((namespace !== undefined && namespace !== "") || isClusterScoped(object)) return object;
  return { ...object, metadata: { ...object.metadata, namespace: defaultNamespace } };
}

function isClusterScoped({ apiVersion, kind }: AnyObject): boolean {
  if (kind === "GatewayClass" || (kind === "Namespace" && apiVersion === "v1")) return true;
  return kindDefinition(apiVersion, kind)?.scope === "Cluster";
}
