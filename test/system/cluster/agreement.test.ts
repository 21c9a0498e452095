import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import fc from "fast-check";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import type { Channel } from "../../../lib/api/schema/schema.ts";
import { type ApiProxy, apiProxy } from "./agreement/api-proxy.ts";
import { mutation, placesOf } from "./agreement/mutations.ts";
import { examplesOf, makeNamespaces } from "./agreement/objects.ts";
import { refused } from "./agreement/refused.ts";
import { disagreements, isNamed, ourVerdict, serverVerdict, type Verdict } from "./agreement/verdicts.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { installChannel } from "./gateway-api-crds.ts";

/** The number of objects to generate for each channel, and the seed. A manual run can ask for thousands. */
const { GATEWRIGHT_AGREEMENT_RUNS: runs = "400", GATEWRIGHT_AGREEMENT_SEED: seed = "1" } = process.env;

let cluster: Cluster;
let proxy: ApiProxy;

before(async () => {
  cluster = await startCluster();
  proxy = await apiProxy(cluster);
});
after(async () => {
  await proxy?.stop();
  await cluster?.stop();
});

// The channel that other test files need is installed last.
for (const channel of ["experimental", "standard"] as const) {
  suite(`the API server with the CRDs of the ${channel} channel agrees with gatewright check`, () => {
    before(() => installChannel(cluster, channel));

    test("about the API's own examples, valid and invalid", async () => {
      const examples = examplesOf(channel);
      assert.ok(examples.length > 120, `${examples.length} objects`);
      await makeNamespaces(
        proxy,
        examples.map(({ object }) => object),
      );
      const verdicts = await judge(examples, channel);
      assert.deepEqual(
        verdicts.flatMap(({ differences }) => differences),
        [],
      );
      const accepted = verdicts.filter(({ server }) => server.accepted).length;
      assert.ok(accepted > 80 && accepted < examples.length - 30, `${accepted} of ${examples.length} accepted`);
    });

    for (const { what, object, field } of refused) {
      test(`about ${what}`, async () => {
        const [server, ours] = [await serverVerdict(proxy, object), ourVerdict(object, channel)];
        assert.deepEqual(disagreements(server, ours), []);
        assert.equal(server.accepted, false, "the API server accepts it");
        assert.ok(isNamed(ours, field), `check names ${ours.words.join("; ")}`);
        assert.ok(
          server.fields.length === 0 || isNamed(server, field),
          `the API server names ${server.words.join("; ")}`,
        );
      });
    }

    test(`about ${runs} examples with a change at random, from seed ${seed}`, async () => {
      const examples = examplesOf(channel).filter(({ object }) => object.apiVersion.startsWith("gateway."));
      await makeNamespaces(
        proxy,
        examples.map(({ object }) => object),
      );
      const places = examples.flatMap(({ object }) => placesOf(object.spec, ["spec"]));
      const changed = fc
        .constantFrom(...examples)
        .chain(({ file, object }) => mutation(object, places).map((mutant) => ({ file, object: mutant })));
      const sample = fc.sample(changed, { numRuns: Number(runs), seed: Number(seed) });
      const verdicts = await judge(sample, channel);
      assert.deepEqual(
        verdicts.flatMap(({ differences }) => differences),
        [],
      );
      // If both judges accepted, or refused, everything, they would agree trivially.
      const share = verdicts.filter(({ server }) => server.accepted).length / verdicts.length;
      assert.ok(share > 0.2 && share < 0.8, `${Math.round(share * 100)} % accepted`);
    });
  });
}

interface Judged {
  readonly server: Verdict;
  readonly differences: readonly string[];
}

/** Returns both verdicts on each object. Several objects are judged concurrently. */
async function judge(
  examples: readonly { readonly file: string; readonly object: AnyObject }[],
  channel: Channel,
): Promise<Judged[]> {
  const judged: Judged[] = [];
  const left = examples[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const { file, object } of left) {
      const server = await serverVerdict(proxy, object);
      const differences = disagreements(server, ourVerdict(object, channel));
      const where = `${file} ${JSON.stringify(object)}`;
      judged.push({ server, differences: differences.map((difference) => `${difference}\n${where}`) });
    }
  };
  await Promise.all(Array.from({ length: 6 }, worker));
  return judged;
}

suite("the comparison of verdicts", () => {
  const verdict = (...fields: readonly string[]): Verdict => ({
    accepted: fields.length === 0,
    fields,
    words: fields.map((field) => `${field} is wrong`),
    partial: false,
  });

  test("finds none where the same field, its part or its whole is named", () => {
    assert.deepEqual(disagreements(verdict(), verdict()), []);
    assert.deepEqual(disagreements(verdict("spec.a"), verdict("spec.a")), []);
    assert.deepEqual(disagreements(verdict("spec.a"), verdict("spec.a[1].b")), []);
    assert.deepEqual(disagreements(verdict("spec.a[1]", "spec.a[0].b"), verdict("spec.a[0].b")), []);
  });

  test("finds one where only one refuses, and where one names a field that the other does not", () => {
    assert.match(disagreements(verdict("spec.a"), verdict())[0] ?? "", /^only the API server refuses it: spec\.a/);
    assert.match(disagreements(verdict(), verdict("spec.a"))[0] ?? "", /^only check refuses it: spec\.a/);
    assert.equal(disagreements(verdict("spec.a"), verdict("spec.ab")).length, 2);
    assert.match(
      disagreements(verdict("spec.a", "spec.b"), verdict("spec.a"))[0] ?? "",
      /^check does not name spec\.b/,
    );
    assert.match(disagreements(verdict("spec.a"), verdict("spec.a", "spec.b"))[0] ?? "", /^only check names spec\.b/);
  });

  test("lets a server that stopped early name less, and no more", () => {
    const early: Verdict = { ...verdict("spec.a"), partial: true };
    assert.deepEqual(disagreements(early, verdict("spec.a", "spec.b")), []);
    assert.equal(disagreements(early, verdict("spec.b")).length, 1);
  });
});
