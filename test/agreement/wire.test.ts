import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { assertAgrees, assertFields, certainCopies } from "./agreement.ts";
import type { Case, Expected } from "./case.ts";
import { caseOverTLS, objectsOf, overTLS } from "./configuration.ts";
import { Model } from "./model.ts";
import { tables } from "./tables.ts";
import { type Transport, transports } from "./transports.ts";
import { type Exchanged, Wire } from "./wire.ts";

for (const transport of transports) {
  for (const { name, configuration, cases } of tables) {
    describe(`${name}, over ${transport.name}`, () => {
      const declared = objectsOf(configuration);
      const model = new Model(transport.tls ? overTLS(declared) : declared);
      const wire = new Wire(transport);
      before(() => wire.apply(declared));
      after(() => wire.close());
      for (const each of cases)
        test(each.what, () => check(wire, model, transport.tls ? caseOverTLS(each) : each, transport));
    });
  }
}

async function check(wire: Wire, model: Model, each: Case, { tls }: Transport): Promise<void> {
  const { request, expect, times = 1 } = each;
  const answer = model.answer(request);
  const { onWire = {} } = expect;
  const split: Record<string, number> = {};
  const mirrored: Record<string, number> = {};
  for (let i = 0; i < times; i++) {
    const exchanged = await wire.send(request, certainCopies(answer));
    if (onWire.handshake === "refused") {
      assert.equal(exchanged.response, "refused");
      continue;
    }
    assert.ok(exchanged.response !== "refused", "the handshake was refused");
    if (onWire.attempts === undefined && onWire.response === undefined) assertAgrees(answer, exchanged);
    checkOne(exchanged, expect, model);
    count(exchanged, split, mirrored, onWire.attempts ?? 1);
  }
  if (expect.split !== undefined) assert.deepEqual(split, expect.split);
  if (expect.mirrored !== undefined) assert.deepEqual(mirrored, expect.mirrored);
  if (tls) assert.equal(new URL(request.url).protocol, "https:");
}

function checkOne({ response, seen, rules, listeners }: Exchanged, expect: Expected, model: Model): void {
  assert.ok(response !== "refused");
  const { onWire = {}, forwarded } = expect;
  assert.equal(response.status, onWire.status ?? expect.status ?? 200, response.body);
  if (expect.rule !== undefined) assert.deepEqual(rules, expect.rule === "none" ? [] : [model.idOf(expect.rule)]);
  if (expect.listener !== undefined) assert.deepEqual(listeners, [`Gateway/default/g/${expect.listener}`]);
  if (expect.backend !== undefined) assert.equal(response.headers["x-recorded-by"], expect.backend);
  if (expect.location !== undefined) assert.equal(response.headers.location, expect.location);
  if (onWire.attempts !== undefined) assert.equal(seen.length, onWire.attempts, "attempts");
  assertFields({ ...expect.response, ...onWire.response }, response.headers);
  for (const { method, target, headers } of forwarded === undefined ? [] : seen) {
    if (forwarded?.method !== undefined) assert.equal(method, forwarded.method);
    if (forwarded?.target !== undefined) assert.equal(target, forwarded.target);
    if (forwarded?.host !== undefined) assert.equal(headers.host, forwarded.host);
    assertFields(forwarded?.headers, headers);
  }
}

/** Adds the results of one request: its backend, and the backends with copies. */
function count(
  { response, seen }: Exchanged,
  split: Record<string, number>,
  mirrored: Record<string, number>,
  attempts: number,
): void {
  const answerer = response === "refused" ? undefined : response.headers["x-recorded-by"];
  if (answerer !== undefined) split[answerer] = (split[answerer] ?? 0) + 1;
  if (attempts !== 1) return;
  for (const { backend } of seen) {
    if (backend !== answerer) mirrored[backend] = (mirrored[backend] ?? 0) + 1;
  }
}
