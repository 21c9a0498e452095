import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SimulatedAnswer } from "../../lib/analysis/traffic/simulate.ts";
import { assertFields, responseOf } from "./agreement.ts";
import type { Case } from "./case.ts";
import { caseOverTLS, objectsOf, overTLS } from "./configuration.ts";
import { Model } from "./model.ts";
import { tables } from "./tables.ts";

for (const tls of [false, true]) {
  for (const { name, configuration, cases } of tables) {
    describe(`${name}, simulated${tls ? " over TLS" : ""}`, () => {
      const declared = objectsOf(configuration);
      const model = new Model(tls ? overTLS(declared) : declared);
      for (const each of cases) test(each.what, () => check(model, tls ? caseOverTLS(each) : each));
    });
  }
}

function check(model: Model, { request, expect, times = 1 }: Case): void {
  const answer = model.answer(request);
  assert.equal(answer.status ?? 200, expect.status ?? 200, answer.reason);
  if (expect.rule !== undefined) {
    const rule = answer.route === undefined ? "none" : `${answer.route.replace(/^\w+ /, "")}#${answer.rule}`;
    assert.equal(rule, expect.rule);
  }
  if (expect.listener !== undefined) assert.equal(answer.listener, expect.listener);
  if (expect.backend !== undefined) assert.deepEqual(Object.keys(answer.backends), [expect.backend]);
  if (expect.split !== undefined) assert.deepEqual(counts(answer.backends, times), expect.split);
  if (expect.mirrored !== undefined) assert.deepEqual(counts(answer.mirrors, times), expect.mirrored);
  if (expect.location !== undefined) assert.equal(answer.location, expect.location);
  checkForwarded(answer, expect.forwarded);
  const { "x-behave": behaviour = "" } = request.headers ?? {};
  const [backend] = answer.status === undefined ? Object.keys(answer.backends) : [];
  const answerer = backend === undefined ? undefined : { backend, behaviour: String(behaviour) };
  assertFields(expect.response, responseOf(answer, answerer));
}

/** Converts shares to numbers of requests. */
function counts(shares: Readonly<Record<string, number>>, times: number): Record<string, number> {
  const all = Object.entries(shares).map(([backend, share]) => [backend, Math.round(share * times * 1e6) / 1e6]);
  return Object.fromEntries(all.filter(([, count]) => count !== 0));
}

function checkForwarded({ requests }: SimulatedAnswer, expected: Case["expect"]["forwarded"]): void {
  if (expected === undefined) return;
  for (const { method, path, query, host, headers } of Object.values(requests)) {
    if (expected.method !== undefined) assert.equal(method, expected.method);
    // A question mark with an empty query is dropped.
    if (expected.target !== undefined) assert.equal(query === "" ? path : `${path}?${query}`, expected.target);
    if (expected.host !== undefined) assert.equal(host, expected.host);
    assertFields(expected.headers, headers);
  }
}
