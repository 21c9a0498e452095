import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Construct, RootConstruct } from "constructs";
import fc from "fast-check";
import { dependencyCycles } from "../../../lib/engines/dependency-cycles.ts";
import { objectsOf } from "../../../lib/engines/objects.ts";

/** Makes constructs a/x, a/y, b/x, b/y, and dependencies between the paths. */
function treeOf(dependencies: readonly (readonly [string, string])[]): RootConstruct {
  const root = new RootConstruct();
  const all = new Map<string, Construct>();
  for (const scope of ["a", "b", "c"]) {
    const outer = new Construct(root, scope);
    all.set(scope, outer);
    for (const id of ["x", "y"]) all.set(`${scope}/${id}`, new Construct(outer, id));
  }
  for (const [from, to] of dependencies) {
    const [depending, dependency] = [all.get(from), all.get(to)];
    if (depending !== undefined && dependency !== undefined) depending.node.addDependency(dependency);
  }
  return root;
}

const messages = (dependencies: readonly (readonly [string, string])[]) =>
  dependencyCycles(treeOf(dependencies)).map(({ message }) => message);

test("a cycle is told with its path, each one by itself", () => {
  deepEqual(messages([["a", "b"]]), []);
  deepEqual(
    messages([
      ["a/x", "b/x"],
      ["b/x", "c"],
      ["c", "a/x"],
      ["a/y", "b/y"],
      ["b/y", "a/y"],
    ]),
    ["Dependencies form a cycle: a/x → b/x → c → a/x.", "Dependencies form a cycle: a/y → b/y → a/y."],
  );
});

test("a dependency on a scope is one on what is in it, and on a part of oneself it is none", () => {
  deepEqual(
    messages([
      ["a", "b/x"],
      ["b", "a/y"],
    ]),
    ["Dependencies form a cycle: a → b → a."],
  );
  deepEqual(messages([["a", "a/x"]]), []);
  deepEqual(
    messages([
      ["a/x", "b/x"],
      ["b/y", "a/x"],
    ]),
    [],
  );
});

test("a program with a cycle, or with nothing, has a finding and never throws", () => {
  const codes = (define: (scope: Construct) => unknown) => objectsOf(define).findings.map(({ code }) => code);
  deepEqual(
    codes((scope) => {
      const [a, b] = [new Construct(scope, "a"), new Construct(scope, "b")];
      a.node.addDependency(b);
      b.node.addDependency(a);
    }),
    ["GW1431"],
  );
  deepEqual(
    codes(() => undefined),
    ["GW1430"],
  );
});

test("there is a cycle exactly if no order of the leaves fits", () => {
  const paths = ["a", "b", "c"].flatMap((scope) => [scope, `${scope}/x`, `${scope}/y`]);
  const path = fc.constantFrom(...paths);
  const leaves = paths.filter((one) => one.includes("/"));
  const isIn = (leaf: string, scope: string) => leaf === scope || leaf.startsWith(`${scope}/`);
  fc.assert(
    fc.property(fc.array(fc.tuple(path, path), { maxLength: 7 }), (drawn) => {
      const dependencies = drawn.filter(([from, to]) => !isIn(from, to) && !isIn(to, from));
      const before = (leaf: string) =>
        leaves.filter((other) => dependencies.some(([from, to]) => isIn(leaf, from) && isIn(other, to)));
      let waiting = leaves;
      for (let size = -1; size !== waiting.length; ) {
        size = waiting.length;
        waiting = waiting.filter((leaf) => before(leaf).some((one) => waiting.includes(one)));
      }
      equal(dependencyCycles(treeOf(dependencies)).length > 0, waiting.length > 0);
    }),
    { numRuns: 2000 },
  );
});
