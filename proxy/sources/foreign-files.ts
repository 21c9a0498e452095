import { basename, dirname, join, sep } from "node:path";
import { type ForeignFile, foreignFile, isChartFile, kustomizationParts } from "../../lib/api/parse/foreign.ts";
import type { Finding, Severity } from "../../lib/findings/finding.ts";
import type { Manifests } from "./manifests.ts";

/** A file of a directory, and the result of reading it. */
export interface FileRead extends Manifests {
  readonly file: string;
}

/** The files of a directory, divided into manifests and other files. */
export interface DividedFiles {
  readonly manifests: readonly FileRead[];
  /** One note (GW1035, GW1036) for each file that is skipped. */
  readonly notes: readonly Finding[];
}

/**
 * Divides the files of a directory into manifests and other files.
 *
 * @param outerChart the directory of the chart that contains the whole directory, if there is one.
 */
export function divideFiles(files: readonly FileRead[], outerChart?: string): DividedFiles {
  const inner = files.flatMap(({ file, text }) => (text !== undefined && isChart(file, text) ? [dirname(file)] : []));
  const charts: Charts = { inner, outer: outerChart };
  const kinds = new Map<FileRead, ForeignFile>();
  for (const read of files) {
    const kind = kindOf(read, charts);
    if (kind !== undefined) kinds.set(read, kind);
  }
  const parts = new Set(
    [...kinds].flatMap(([{ file, text = "" }, kind]) =>
      kind === "kustomization" ? kustomizationParts(text).map((part) => join(dirname(file), part)) : [],
    ),
  );
  for (const read of files) if (parts.has(join(read.file))) kinds.set(read, "kustomization");
  return {
    manifests: files.filter((read) => !kinds.has(read)),
    notes: [...kinds].map(([{ file }, kind]) => foreignFinding(file, kind, "note", rootOf(file, kind, charts))),
  };
}

/**
 * Checks a file that the user named, or standard input. If it has to be rendered first, as a Helm template does, one
 * error (GW1035) says so in place of the parser's findings.
 *
 * @param chart the directory of the chart that contains the file, if there is one.
 */
export function namedFile(name: string, manifests: Manifests, chart: string | undefined): Manifests {
  if (manifests.text === undefined) return manifests;
  const kind = foreignFile({ ...shapeOf(name, manifests), text: manifests.text, inChart: chart !== undefined });
  if (kind === undefined || kind === "other") return manifests;
  const root = rootOf(name, kind, { inner: [], outer: chart });
  return { ...manifests, declared: [], findings: [foreignFinding(name, kind, "error", root)] };
}

/** Returns the directories of charts: those among the files, and the one that contains all files. */
interface Charts {
  readonly inner: readonly string[];
  readonly outer: string | undefined;
}

function isChart(file: string, text: string): boolean {
  return isChartFile(basename(file), text);
}

function kindOf({ file, text, ...read }: FileRead, charts: Charts): ForeignFile | undefined {
  if (text === undefined) return undefined;
  return foreignFile({ ...shapeOf(file, read), text, inChart: chartOf(file, charts) !== undefined });
}

function shapeOf(name: string, { findings }: Pick<Manifests, "findings">) {
  return { baseName: basename(name), malformed: findings.some(({ code }) => malformedCodes.includes(code)) };
}

const malformedCodes: readonly string[] = ["GW1001", "GW1002", "GW1003", "GW1004"];

/** Returns the directory of the innermost chart that contains the file. */
function chartOf(file: string, { inner, outer }: Charts): string | undefined {
  const holding = inner.filter((chart) => chart === "." || file.startsWith(chart + sep));
  return holding.sort((a, b) => b.length - a.length).at(0) ?? outer;
}

/** Returns the directory to name in the command that renders the file. */
function rootOf(file: string, kind: ForeignFile, charts: Charts): string {
  return (kind === "chart" ? chartOf(file, charts) : undefined) ?? dirname(file);
}

function foreignFinding(file: string, kind: ForeignFile, severity: Severity, directory: string): Finding {
  const { code, what, fix } = texts[kind];
  const passed = severity === "note" ? "passed over" : "no manifest";
  return { code, severity, message: `${what}, and is ${passed}.`, origin: { file }, fix: fix(directory) };
}

const texts: Readonly<
  Record<
    ForeignFile,
    { readonly code: "GW1035" | "GW1036"; readonly what: string; readonly fix: (directory: string) => string }
  >
> = {
  kustomization: {
    code: "GW1035",
    what: "This file is part of a kustomization",
    fix: (directory) => `Render it first: kustomize build ${directory} | gatewright check -`,
  },
  chart: {
    code: "GW1035",
    what: "This file is part of a Helm chart",
    fix: (directory) => `Render it first: helm template ${directory} | gatewright check -`,
  },
  template: {
    code: "GW1035",
    what: "This file is a template with {{ … }}",
    fix: () => "Render it first with the program that it is written for, and pipe the result into gatewright check -",
  },
  other: {
    code: "GW1036",
    what: "This file holds no Kubernetes object",
    fix: () => "Nothing, or leave it out with --ignore-path or a .gatewrightignore file.",
  },
};
