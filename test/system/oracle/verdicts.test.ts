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

/** Where the two verdicts differ, and no entry of the list says why; one line for each object. */
async function differences(objects: readonly object[], channel: Channel): Promise<readonly string[]> {
  const answers = await ask(objects.map((object) => ({ channel, object })));
  return objects.flatMap((object, i) => {
    const { problems } = answers[i] as Answer;
    const errors = validate(object as AnyObject, { channel }).findings.filter(({ severity }) => severity === "error");
    if (errors.length > 0 === problems.length > 0) return [];
    if (deliberate.some(({ isMeant }) => isMeant({ errors, problems }))) return [];
    const told = errors.length > 0 ? errors.map(({ code, field, given }) => `${code} ${field} ${given}`) : "nothing";
    const said = problems.length > 0 ? problems.map(({ field, message }) => `${field} ${message}`) : "nothing";
    return [`here ${told}; the API server ${said}: ${JSON.stringify(object)}`];
  });
}

for (const channel of channels) {
  suite(`the ${channel} channel`, () => {
    const objects = objectsOfTheAPI();

    test("every example and invalid example has the API server's verdict", async () => {
      assert.ok(objects.length > 140, `${objects.length} objects`);
      assert.deepEqual(await differences(objects, channel), []);
    });

    for (const definition of ofTheAPI) {
      const own = objects.filter(({ apiVersion, kind }) => kindDefinition(apiVersion, kind) === definition);
      test(`${count} mutations of ${own.length} objects of ${definition.kind} have the API server's verdict`, async () => {
        assert.ok(own.length > 0);
        const found = await differences(mutationsOf(own, count, seed), channel);
        assert.deepEqual(found.slice(0, 20), [], `${found.length} differences`);
      });
    }
  });
}
