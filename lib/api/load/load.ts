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

/** Several sources as one set. */
export interface Loaded {
  /**
   * Merged and in today's vocabulary, otherwise as written: no defaults, no namespace where the author gave none. What
   * synth and convert emit. Holds objects of kinds that Gatewright does not know, untouched.
   */
  readonly authored: readonly Declared[];
  /**
   * The objects of `authored` whose kind Gatewright knows and which are valid: with the defaults of their schema, and in
   * the namespace `default` where the author gave a namespaced object none.
   */
  readonly objects: readonly Declared<ApiObject>[];
  /**
   * Contracts that are valid. They are in `authored` no more. For one whose Gateway no source declares, `objects` holds a
   * Gateway that stands in for it, with the contract's origin.
   */
  readonly contracts: readonly Declared<DeclaredContract>[];
  /** The filters that sources register for ExtensionRef, and those of their objects that are valid. */
  readonly extensions: Extensions<Declared>;
  /** With file, line and column where the origin is a file, or the construct's path. Errors first to last by source. */
  readonly findings: readonly Finding[];
  /** The late values of `authored`, where placeholders stand for them; in `objects` their texts do. */
  readonly late: LateValues;
  /** What sources and annotations say is to be ignored: holds for findings that later stages add, see `withIgnored`. */
  readonly ignores: readonly PlacedIgnoreRule[];
  /** The text of each file, for findings that later stages add: see `locateFindings` in parse/locate.ts. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Makes one set of several sources: a later source replaces what an earlier one declares, documents of older versions
 * are converted, each known kind is validated against its schema in `channel`. Order is that of the sources. Never
 * throws; what is wrong is in `findings`, and an object with an error is left out of `objects`.
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

/** No stage after this one meets a late value: where one stood, its text does. */
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

/** A Gateway that a source declares needs nobody to stand in for it. */
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
