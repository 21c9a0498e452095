import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { kindDefinition, validate } from "../../../lib/api/index.ts";
import type { Channel } from "../../../lib/api/schema/schema.ts";
import { deliberate } from "./deliberate.ts";
import { objectsOfTheAPI, ofTheAPI } from "./inputs.ts";
import { mutationsOf } from "./mutations.ts";
import { type Answer, ask } from "./server.ts";

/** Objects of each kind in each channel. */
const count = Number(process.env.ORACLE_OBJECTS ?? 500);
const seed = Number(process.env.ORACLE_SEED ?? 1);
const channels = ["standard", "experimental"] as const;

interface Comparison {
  /** Where the two verdicts differ, and no entry of the list says why; one line for each object. */
  readonly differences: readonly string[];
  /** How many objects the API server accepts. */
  readonly accepted: number;
  /** How many objects have another verdict, for a reason that the list of deliberate differences has. */
  readonly deliberate: number;
}

async function compare(objects: readonly object[], channel: Channel): Promise<Comparison> {
  const answers = await ask(objects.map((object) => ({ channel, object })));
  const differences: string[] = [];
  const counts = { accepted: 0, deliberate: 0 };
  for (const [i, object] of objects.entries()) {
    const { problems } = answers[i] as Answer;
    const errors = validate(object as AnyObject, { channel }).findings.filter(({ severity }) => severity === "error");
    if (problems.length === 0) counts.accepted += 1;
    if (errors.length > 0 === problems.length > 0) continue;
    if (deliberate.some(({ isMeant }) => isMeant({ errors, problems }))) {
      counts.deliberate += 1;
      continue;
    }
    const told = errors.length > 0 ? errors.map(({ code, field, given }) => `${code} ${field} ${given}`) : "nothing";
    const said = problems.length > 0 ? problems.map(({ field, message }) => `${field} ${message}`) : "nothing";
    differences.push(`here ${told}; the API server ${said}: ${JSON.stringify(object)}`);
  }
  return { differences, ...counts };
}

for (const channel of channels) {
  suite(`the ${channel} channel`, () => {
    const objects = objectsOfTheAPI();

    test("every example, invalid example and object of the conformance suite has the API server's verdict", async (t) => {
      assert.ok(objects.length > 500, `${objects.length} objects`);
      const { differences, accepted } = await compare(objects, channel);
      t.diagnostic(`${objects.length} objects, ${accepted} accepted`);
      assert.deepEqual(differences, []);
    });

    for (const definition of ofTheAPI) {
      const own = objects.filter(({ apiVersion, kind }) => kindDefinition(apiVersion, kind) === definition);
      test(`${count} mutations of ${own.length} objects of ${definition.kind} have the API server's verdict`, async (t) => {
        assert.ok(own.length > 0);
        const { differences, accepted, deliberate: meant } = await compare(mutationsOf(own, count, seed), channel);
        t.diagnostic(
          `${definition.kind}, ${channel}: ${count} objects, ${accepted} accepted, ${differences.length} differences, ${meant} deliberate`,
        );
        assert.deepEqual(differences.slice(0, 20), [], `${differences.length} differences`);
        // In the standard channel all objects of the kinds of the experimental one are refused.
        assert.ok(channel === "standard" || accepted > count / 10, `${accepted} of ${count} are accepted`);
      });
    }
  });
}
