import type { AnyObject, Declared } from "../../../../lib/api/declared/declared.ts";
import type { Finding } from "../../../../lib/findings/finding.ts";

/** A scalar of a document, with its path. */
export interface Leaf {
  readonly path: string;
  readonly value: unknown;
}

/** Yields every leaf below `value`; an empty list or mapping has none. */
export function* leavesOf(value: unknown, path = ""): Generator<Leaf> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* leavesOf(item, `${path}[${index}]`);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* leavesOf(item, step(path, key));
  } else {
    yield { path, value };
  }
}

function step(path: string, key: string): string {
  if (path === "") return key;
  return /^[A-Za-z_][\w-]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/** Current names of renamed values. References to a ServiceImport often had no group, as for the core group. */
const renamed: ReadonlyMap<unknown, readonly unknown[]> = new Map<unknown, readonly unknown[]>([
  ["core", ["", "multicluster.x-k8s.io"]],
  ["Prefix", ["PathPrefix"]],
]);

/**
 * Returns the leaves of `before` that are lost without a finding: neither their value nor its current name is in
 * `after`, and no finding about their object names their field or a field above it. Keys count as values too, since
 * maps of headers became lists of names.
 */
export function lostInSilence(
  before: readonly Declared[],
  after: readonly Declared[],
  findings: readonly Finding[],
): Leaf[] {
  const kept = new Set<unknown>();
  for (const { object } of after) for (const { value } of leavesOf(object)) kept.add(value);
  return before.flatMap(({ object }) => {
    const named = findings.filter((finding) => isAbout(finding, object)).map(({ field }) => field ?? "");
    return [...leavesOf({ metadata: object.metadata, spec: object.spec, status: object.status })].filter(
      ({ path, value }) =>
        value !== undefined &&
        !kept.has(value) &&
        !renamed.get(value)?.some((name) => kept.has(name)) &&
        !named.some(
          (field) => field !== "" && (path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`)),
        ),
    );
  });
}

function isAbout({ object: about }: Finding, { kind, metadata }: AnyObject): boolean {
  return about?.kind === kind && about.name === metadata.name && about.namespace === metadata.namespace;
}
