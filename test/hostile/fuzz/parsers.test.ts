import assert from "node:assert/strict";
import { test } from "node:test";
import { campaign } from "./campaign.ts";
import type { FuzzTarget } from "./target.ts";
import { chunks, requestHeads, responseHeads } from "./targets/http1.ts";
import { http2Requests, http2Responses } from "./targets/http2.ts";
import { objects } from "./targets/objects.ts";
import { forwardedFields, logTexts, traceparents } from "./targets/observe.ts";
import { clientHellos, proxyHeaders } from "./targets/opening.ts";
import { expressions, hosts, queries, targets } from "./targets/routing.ts";
import { streamMessages } from "./targets/stream.ts";
import { foreignFiles, parameters, pem, yaml } from "./targets/texts.ts";

const all: readonly FuzzTarget[] = [
  ...[requestHeads, responseHeads, chunks, http2Requests, http2Responses, clientHellos, proxyHeaders],
  ...[yaml, parameters, foreignFiles, pem, objects, streamMessages],
  ...[targets, hosts, queries, expressions, logTexts, traceparents, forwardedFields],
];

/**
 * Every parser reads its corpus and mutations of it. `FUZZ_SECONDS` is the time for each (default 4), `FUZZ_SEED`
 * repeats a run, `FUZZ_TARGET` selects one parser, and `FUZZ_SAVE=1` adds inputs with new kinds of outcomes to the
 * corpus.
 */
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 0x1_0000_0000));
const seconds = Number(process.env.FUZZ_SECONDS ?? 4);
const { FUZZ_TARGET: only, FUZZ_SAVE: save } = process.env;

for (const target of all) {
  test(`${target.name}: ${target.holds}`, { skip: only !== undefined && only !== target.name }, async (t) => {
    assert.ok(Number.isInteger(seed) && seconds > 0, "FUZZ_SEED is an integer and FUZZ_SECONDS is positive");
    const { executions, kinds, found } = await campaign(target, {
      seed,
      milliseconds: seconds * 1000,
      saves: save === "1",
    });
    t.diagnostic(
      `FUZZ_SEED=${seed}: ${executions} executions (${Math.round(executions / seconds)}/s), ${kinds} kinds of outcomes, ${found} of them new`,
    );
  });
}
