import { isMap, isScalar, isSeq, type ParsedNode } from "yaml";
import { compose } from "./compose.ts";
import { withoutByteOrderMark } from "./documents.ts";
import { splitStream } from "./split.ts";

/** What a file is that stands beside manifests and is none. */
export type ForeignFile =
  /** A kustomization.yaml, or a patch that one names. */
  | "kustomization"
  /** Chart.yaml, values or a template of a Helm chart. */
  | "chart"
  /** A text with template actions (`{{ … }}`) that some other program fills in. */
  | "template"
  /** YAML or JSON that holds no Kubernetes object, such as package.json or docker-compose.yaml. */
  | "other";

export interface FileText {
  /** The file's own name, without its directories. */
  readonly baseName: string;
  readonly text: string;
  /** Whether the parser found errors in the text. */
  readonly malformed: boolean;
  /** Whether the file is inside the directory of a Helm chart. */
  readonly inChart: boolean;
}

/**
 * Recognizes a file that is no manifest; undefined for manifests, and for what is meant as one. A text that could be
 * a manifest with a mistake is never foreign: the mistake has to be reported.
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

/** Whether the text is that of a Chart.yaml. */
export function isChartFile(baseName: string, text: string): boolean {
  return chartFile.test(baseName) && documentHeads(text).some((head) => head !== undefined && isChart(head));
}

const kustomizeGroup = "kustomize.config.k8s.io/";
const kustomizationFile = /^kustomization\.ya?ml$/i;
const chartFile = /^Chart\.ya?ml$/;
const namedForTool = /^(?:kustomization|Chart)\.ya?ml$/i;

/** What Helm alone defines, whatever stands around it. */
const helmAction = /\{\{[^}\n]*\.(?:Values|Release|Chart|Capabilities)\b/;
/** An action where no quote and no comment has begun: YAML would read it as a mapping in a mapping. */
const bareAction = /^[^'"#\n]*\{\{/m;

function isTemplate(text: string, malformed: boolean, inChart: boolean): boolean {
  if (!text.includes("{{")) return false;
  return helmAction.test(text) || (malformed && (inChart || bareAction.test(text)));
}

/** A line with which an object begins, in YAML or JSON. */
const objectLine = /^[\s{]*["']?(?:apiVersion|kind)["']?\s*:/m;

/** The top level of a document: its keys, with the values that are plain texts. */
interface DocumentHead {
  readonly keys: ReadonlySet<string>;
  readonly texts: ReadonlyMap<string, string>;
}

/** One for each document with content; undefined where the document is not valid YAML. */
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
 * Whether the document is meant as an object of a cluster. Configuration of programs has apiVersion and kind too
 * (kubeconfig, kind, skaffold), and no metadata and no spec; but for kinds of Kubernetes itself that is a mistake.
 */
function resemblesObject({ keys, texts }: DocumentHead): boolean {
  if (keys.has("metadata")) return keys.has("apiVersion") || keys.has("kind") || keys.has("spec");
  if (keys.has("items")) return keys.has("kind");
  if (!keys.has("kind")) return keys.has("apiVersion") && keys.has("spec");
  if (!keys.has("apiVersion") && !/^[A-Z]/.test(texts.get("kind") ?? "")) return false;
  return keys.has("spec") || !configurationKinds.test(`${texts.get("apiVersion") ?? ""} ${texts.get("kind") ?? ""}`);
}

/** Kinds of configuration files: the Config of kubectl and skaffold, the Cluster of kind and k3d, and their like. */
const configurationKinds = /^\S* (?:Config|Configuration|\w+Config|\w+Configuration|Cluster|Simple)$/;

/** The files that a kustomization names besides its resources: patches, and settings of its transformers. */
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

/** The entry is the file's name, or a mapping with its `path`. */
function partName(entry: unknown): string[] {
  const named = isMap(entry) ? entry.get("path") : isScalar(entry) ? entry.value : undefined;
  return typeof named === "string" && !named.includes("\n") ? [named] : [];
}
