import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { load } from "../../../../lib/api/load/load.ts";
import { parseDocuments } from "../../../../lib/api/parse/documents.ts";
import type { GatewayIR } from "../../../../lib/routing/ir.ts";
import { canonicalJson } from "../../../../lib/routing/lower/canonical-json.ts";
import { compile } from "../../../../proxy/control/compile.ts";
import { Assembly } from "../../../../proxy/control/stream/assembly.ts";
import { updatesTo } from "../../../../proxy/control/stream/messages.ts";
import {
  type EnforcedResources,
  resourcesOf,
  type StreamResources,
} from "../../../../proxy/control/stream/resources.ts";

/** Every Gateway of the golden configurations, which cover all parts of the IR. */
const gateways: readonly GatewayIR[] = globSync("test/unit/routing/lower/golden/*.in.yaml").flatMap((file) => {
  const { declared, findings } = parseDocuments(readFileSync(file, "utf8"), file);
  const loaded = load([{ name: file, declared, findings }], { channel: "experimental" });
  return compile(loaded, { undeclared: "exists" }).gateways;
});

const anchors = (name: string) => [`ConfigMap/edge/${name}`, `authority ${name}`] as const;
const pair = (name: string) => [`edge/${name}`, { certificates: `cert ${name}`, key: `key ${name}` }] as const;
const enforced = fc.record({
  ir: fc.constantFrom(...gateways),
  keyPairs: fc.subarray(["a", "b", "c"]).map((names) => new Map(names.map(pair))),
  trustAnchors: fc.subarray(["a", "b", "c"]).map((names) => new Map(names.map(anchors))),
});

function hashes(resources: StreamResources): Map<string, string> {
  return new Map([...resources].map(([name, { hash }]) => [name, hash]));
}

test("there are golden configurations with hosts, backends and endpoints", () => {
  assert.ok(gateways.length >= 10, `${gateways.length}`);
  const names = gateways.flatMap((ir) => [...resourcesOf({ ir, keyPairs: new Map(), trustAnchors: new Map() }).keys()]);
  for (const kind of ["gateway", "host/", "rule/", "backend/", "endpoints/"]) {
    assert.ok(
      names.some((name) => name.startsWith(kind)),
      kind,
    );
  }
});

test("a proxy that takes the updates has the very configuration, whatever it had before", () => {
  fc.assert(
    fc.property(fc.array(enforced, { minLength: 1, maxLength: 5 }), (steps: EnforcedResources[]) => {
      const assembly = new Assembly();
      let previous: StreamResources = new Map();
      for (const step of steps) {
        const next = resourcesOf(step, previous);
        for (const update of updatesTo(hashes(previous), next, 1)) assembly.take(update);
        const made = assembly.configuration();
        assert.equal(canonicalJson(made.ir), canonicalJson(step.ir));
        assert.deepEqual(Object.keys(made.ir.backends), Object.keys(step.ir.backends));
        assert.deepEqual(made.keyPairs, step.keyPairs);
        assert.deepEqual(made.trustAnchors, step.trustAnchors);
        assert.deepEqual(assembly.hashes, Object.fromEntries(hashes(next)));
        previous = next;
      }
    }),
  );
});

test("only what differs is sent", () => {
  fc.assert(
    fc.property(enforced, enforced, (before, after) => {
      const [has, wanted] = [resourcesOf(before), resourcesOf(after)];
      const updates = updatesTo(hashes(has), wanted, 1);
      const sent = updates.flatMap(({ changed }) => changed.map(({ name }) => name));
      assert.deepEqual(
        sent.filter((name) => has.get(name)?.body === wanted.get(name)?.body),
        [],
      );
      assert.deepEqual(
        updates.map(({ complete }) => complete),
        [...updates.slice(1).map(() => false), true],
      );
    }),
  );
});

test("a part that is missing, or is no JSON, is named, and the assembly stays usable", () => {
  const [ir] = gateways as [GatewayIR];
  const resources = resourcesOf({ ir, keyPairs: new Map(), trustAnchors: new Map() });
  const assembly = new Assembly();
  assert.throws(() => assembly.configuration(), /`gateway` is missing/);
  const [update] = updatesTo(new Map(), resources, 1);
  assert.ok(update);
  const rule = update.changed.find(({ name }) => name.startsWith("rule/"));
  assembly.take({ changed: update.changed.filter((part) => part !== rule), removed: [] });
  assert.throws(() => assembly.configuration(), /`rule\/[0-9a-f]+` is missing/);
  assert.throws(
    () => assembly.take({ changed: [{ name: "rule/x", hash: "", body: "{" }], removed: [] }),
    /`rule\/x` is no JSON/,
  );
  assembly.take({ changed: rule === undefined ? [] : [rule], removed: [] });
  assert.deepEqual(assembly.configuration().ir, ir);
});
