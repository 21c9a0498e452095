import type { AnyObject } from "../../api/declared/declared.ts";
import { DeclarationError, pathOf } from "../../constructs/declaration-error.ts";
import type { IManifest } from "../../constructs/host.ts";
import { isManifest } from "../../constructs/manifest.ts";
import { Needs } from "../../targets/needs.ts";
import { rankOf } from "../../targets/order.ts";

/** A manifest and the manifests to apply before it. All of them precede it in the list. */
export interface Ordered {
  readonly manifest: IManifest;
  readonly after: readonly IManifest[];
}

/**
 * Orders manifests for application: each after the objects that it needs (`Needs`), and after the dependencies that the
 * program adds with `node.addDependency`. Throws a {@link DeclarationError} if the two contradict each other.
 */
export function inOrder(
  manifests: readonly IManifest[],
  objects: ReadonlyMap<IManifest, AnyObject>,
): readonly Ordered[] {
  const ranks = new Map(manifests.map((manifest) => [manifest, rankOf(manifest)]));
  const needs = new Needs([...objects.values()]);
  const manifestOf = new Map([...objects].map(([manifest, object]) => [object, manifest]));
  const asked = (manifest: IManifest) => askedFor(manifest, ranks);
  const needed = (manifest: IManifest): readonly IManifest[] => {
    const object = objects.get(manifest);
    return object === undefined ? [] : needs.of(object).flatMap((one) => manifestOf.get(one) ?? []);
  };
  const byRank = new Map<number, IManifest[]>();
  for (const [manifest, rank] of ranks) {
    const level = byRank.get(rank);
    if (level === undefined) byRank.set(rank, [manifest]);
    else level.push(manifest);
  }
  return [...byRank]
    .sort(([left], [right]) => left - right)
    .flatMap(([, level]) => topological(level, asked))
    .map((manifest) => ({ manifest, after: [...new Set([...needed(manifest), ...asked(manifest)])] }));
}

/** Returns the manifests that the program makes a manifest depend on, through itself or a scope above it. */
function askedFor(manifest: IManifest, ranks: ReadonlyMap<IManifest, number>): readonly IManifest[] {
  const dependencies = manifest.node.scopes.flatMap((scope) => scope.node.dependencies);
  if (dependencies.length === 0) return [];
  const found = dependencies.flatMap((dependency) => dependency.node.findAll().filter(isManifest));
  const others = found.filter((one) => one !== manifest && ranks.has(one));
  const later = others.find((one) => (ranks.get(one) ?? 0) > (ranks.get(manifest) ?? 0));
  if (later !== undefined) throw contradiction(manifest, later, `a ${later.kind} is applied after a ${manifest.kind}`);
  return others;
}

function topological(
  manifests: readonly IManifest[],
  before: (manifest: IManifest) => readonly IManifest[],
): readonly IManifest[] {
  const members = new Set(manifests);
  const done = new Set<IManifest>();
  const visit = (manifest: IManifest, above: readonly IManifest[]): void => {
    if (done.has(manifest)) return;
    const waiting = above.at(-1);
    if (above.includes(manifest) && waiting !== undefined) {
      throw contradiction(waiting, manifest, "which depends on it in turn");
    }
    for (const one of before(manifest)) if (members.has(one)) visit(one, [...above, manifest]);
    done.add(manifest);
  };
  for (const manifest of manifests) visit(manifest, []);
  return [...done];
}

function contradiction(manifest: IManifest, other: IManifest, why: string): DeclarationError {
  return new DeclarationError(
    pathOf(manifest),
    `node.addDependency makes it depend on ${pathOf(other)}, but ${why}. Take the dependency away, or turn it round.`,
  );
}
