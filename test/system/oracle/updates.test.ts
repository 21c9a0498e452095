import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLive } from "../../../lib/analysis/live/check-live.ts";
import type { AnyObject } from "../../../lib/api/declared/declared.ts";
import { kindDefinition } from "../../../lib/api/index.ts";
import { deliberate } from "./deliberate.ts";
import { objectsOfTheAPI, ofTheAPI } from "./inputs.ts";
import { mutationsOf } from "./mutations.ts";
import { type Answer, ask } from "./server.ts";

/** Updates of each kind. */
const count = Math.ceil(Number(process.env.ORACLE_OBJECTS ?? 500) / 5);
const seed = Number(process.env.ORACLE_SEED ?? 1);
const channel = "experimental";

interface Update {
  readonly old: AnyObject;
  readonly object: AnyObject;
}

/** The object under a name of the test's own, in the namespace that a request goes to. */
function renamed({ metadata, ...rest }: AnyObject, scope: string): AnyObject {
  const {
    name: _,
    namespace: __,
    generateName: ___,
    ...others
  } = { ...(metadata as object) } as Record<string, unknown>;
  const place = scope === "Namespaced" ? { namespace: "default" } : {};
  return { ...rest, metadata: { ...others, ...place, name: "a" } as AnyObject["metadata"] };
}

/** The errors of `check --live` where the cluster has the old object. */
function errorsOf({ old, object }: Update) {
  const origin = { cluster: "https://api.acme.io" };
  const cluster = { address: origin.cluster, declared: [{ object: old, origin }], forbidden: [], installed: new Map() };
  const source = { name: "a.json", declared: [{ object, origin: { construct: "a" } }], findings: [] };
  const found = checkLive({ cluster, sources: [source], channel, only: "schema" });
  return found.filter(
    ({ severity, origin: place }) => severity === "error" && place !== undefined && !("cluster" in place),
  );
}

for (const definition of ofTheAPI) {
  test(`updates of ${definition.kind} have the API server's verdict`, async (t) => {
    const own = objectsOfTheAPI().filter(({ apiVersion, kind }) => kindDefinition(apiVersion, kind) === definition);
    const candidates = mutationsOf(own, 2 * count, seed) as AnyObject[];
    const created = await ask(candidates.map((object) => ({ channel, object })));
    const under = (isStored: boolean) =>
      candidates
        .filter((_, i) => (created[i]?.problems.length === 0) === isStored)
        .map((object) => renamed(object, definition.scope));
    const [stored, refused] = [under(true), under(false)];
    // Most updates are to a valid object, and some to any other.
    const objects = [...stored.slice(0, count), ...refused.slice(0, count / 4)];
    const updates = objects.map((object, i): Update => ({ object, old: stored[(i + 1) % stored.length] as AnyObject }));
    const answers = await ask(updates.map(({ old, object }) => ({ channel, object, old })));
    const differences = updates.flatMap((update, i) => {
      const { problems } = answers[i] as Answer;
      const errors = errorsOf(update);
      if (errors.length > 0 === problems.length > 0 || deliberate.some(({ isMeant }) => isMeant({ errors, problems })))
        return [];
      const said = problems.map(({ field, message }) => `${field} ${message}`).join("; ");
      return [`here ${JSON.stringify(errors)}; the API server ${said}: ${JSON.stringify(update)}`];
    });
    const accepted = answers.filter(({ problems }) => problems.length === 0).length;
    t.diagnostic(
      `${definition.kind}: ${updates.length} updates, ${accepted} accepted, ${differences.length} differences`,
    );
    assert.ok(accepted > 0);
    assert.deepEqual(differences.slice(0, 10), [], `${differences.length} differences`);
  });
}
