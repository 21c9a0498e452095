import { isMap, isScalar, isSeq, type ParsedNode } from "yaml";
import { compose } from "./compose.ts";
import { withoutByteOrderMark } from "./documents.ts";
import { splitStream } from "./split.ts";

/** The type of a file that is not a manifest but lies next to manifests. */
export type ForeignFile =
  /** A kustomization.yaml, or a patch to which one refers. */
  | "kustomization"
  /** A Chart.yaml, values file or template of a Helm chart. */
  | "chart"
  /** A text with template actions (`{{ … }}`) for another program. */
  | "template"
  /** YAML or JSON without a Kubernetes object, such as package.json or docker-compose.yaml. */
  | "other";

export interface FileText {
  /** The file's name without directories. */
  readonly baseName: string;
  readonly text: string;
  /** True if the parser found errors in the text. */
  readonly malformed: boolean;
  /** True if the file is in the directory of a Helm chart. */
  readonly inChart: boolean;
}

/**
 * Recognizes a file that is not a manifest. The result is undefined for manifests and for files that are meant as
 * manifests: a text that could be a manifest with a mistake is never foreign, so that the mistake is reported.
 */
export function foreignFile({ baseName, text, malformed, inChart }: FileText): ForeignFile | undefined {
  if (!malformed && !text.includes("{{") && !text.includes(kustomizeGroup) && !namedForTool.test(baseName))
    return undefined;
  if (isTemplate(text, malformed, inChart)) return inChart ? "chart" : "template";
  const heads = documentHeads(text);
  if (heads.some((head) => head !== undefined && isKustomization(head, baseName))) return "kustomization";
  if (chartFile.test(baseName) && heads.some((head) => head !== undefined && isChart(head))) return "chart";
  if (!malformed || heads.some((head) => (head === undefined ? objectLine.test(text) : resemblesObject(head))))
    return undefined;
  return inChart ? "chart" : "other";
}

/** Returns true if the text is a Chart.yaml. */
export function isChartFile(baseName: string, text: string): boolean {
  return chartFile.test(baseName) && documentHeads(text).some((head) => head !== undefined && isChart(head));
}

const kustomizeGroup = "kustomize.config.k8s.io/";
const kustomizationFile = /^kustomization\.ya?ml$/i;
const chartFile = /^Chart\.ya?ml$/;
const namedForTool = /^(?:kustomization|Chart)\.ya?ml$/i;

/** An action that exists only in Helm. It identifies a template in any context. */
const helmAction = /\{\{[^}\n]*\.(?:Values|Release|Chart|Capabilities)\b/;
/** An action outside of quotes and comments, which YAML would read as a mapping in a mapping. */
const bareAction = /^[^'"#\n]*\{\{/m;

function isTemplate(text: string, malformed: boolean, inChart: boolean): boolean {
  if (!text.includes("{{")) return false;
  return helmAction.test(text) || (malformed && (inChart || bareAction.test(text)));
}

/** The first line of an object, in YAML or JSON. */
const objectLine = /^[\s{]*["']?(?:apiVersion|kind)["']?\s*:/m;

/** The top-level keys of a document, and the values that are plain scalars. */
interface DocumentHead {
  readonly keys: ReadonlySet<string>;
  readonly texts: ReadonlyMap<string, string>;
}

/** Reads the head of each document with content. It is undefined for documents that are invalid YAML. */
function documentHeads(text: string): (DocumentHead | undefined)[] {
  const content = withoutByteOrderMark(text);
  return splitStream(content).map(({ start, end }) => {
    const composed = compose(content.slice(start, end));
    return "root" in composed ? headOf(composed.root) : undefined;
  });
}

function headOf(root: ParsedNode | null): DocumentHead {
  const pairs = isMap(root) ? root.items : [];
  const named = pairs.flatMap(({ key, value }) => (isScalar(key) ? [[String(key.value), value] as const] : []));
  return {
    keys: new Set(named.map(([key]) => key)),
    texts: new Map(
      named.flatMap(([key, value]) =>
        isScalar(value) && typeof value.value === "string" ? [[key, value.value] as const] : [],
      ),
    ),
  };
}

function isKustomization({ keys, texts }: DocumentHead, baseName: string): boolean {
  const apiVersion = texts.get("apiVersion");
  if (apiVersion !== undefined) return apiVersion.startsWith(kustomizeGroup);
  return kustomizationFile.test(baseName) && !keys.has("metadata");
}

function isChart({ keys }: DocumentHead): boolean {
  return keys.has("apiVersion") && keys.has("name") && keys.has("version") && !keys.has("kind");
}

/**
 * Returns true if the document is meant as an object in a cluster. Configuration files (kubeconfig, kind, skaffold)
 * have apiVersion and kind too, but neither metadata nor spec. For kinds of Kubernetes itself, these are missing by
 * mistake.
 */
function resemblesObject({ keys, texts }: DocumentHead): boolean {
  if (keys.has("metadata")) return keys.has("apiVersion") || keys.has("kind") || keys.has("spec");
  if (keys.has("items")) return keys.has("kind");
  if (!keys.has("kind")) return keys.has("apiVersion") && keys.has("spec");
  if (!keys.has("apiVersion") && !/^[A-Z]/.test(texts.get("kind") ?? "")) return false;
  return keys.has("spec") || !configurationKinds.test(`${texts.get("apiVersion") ?? ""} ${texts.get("kind") ?? ""}`);
}

/** Kinds of configuration files, such as the Config of kubectl and skaffold or the Cluster of kind and k3d. */
const configurationKinds = /^\S* (?:Config|Configuration|\w+Config|\w+Configuration|Cluster|Simple)$/;

/** The files to which a kustomization refers apart from resources: patches and configuration of transformers. */
export function kustomizationParts(text: string): string[] {
  const content = withoutByteOrderMark(text);
  return splitStream(content).flatMap(({ start, end }) => {
    const composed = compose(content.slice(start, end));
    const root = "root" in composed ? composed.root : null;
    if (!isMap(root)) return [];
    return root.items.flatMap(({ key, value }) =>
      isScalar(key) && partLists.includes(String(key.value)) && isSeq(value) ? value.items.flatMap(partName) : [],
    );
  });
}

const partLists: readonly string[] = [
  "patches",
  "patchesStrategicMerge",
  "patchesJson6902",
  "replacements",
  "configurations",
  "transformers",
  "generators",
  "validators",
];

/** An entry is a file name or a mapping with `path`. */
function partName(entry: unknown): string[] {
  const named = isMap(entry) ? entry.get("path") : isScalar(entry) ? entry.value : undefined;
  return typeof named === "string" && !named.includes("\n") ? [named] : [];
}
