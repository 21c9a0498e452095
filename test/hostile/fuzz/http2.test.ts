import assert from "node:assert/strict";
import { test } from "node:test";
import { startProxy } from "../../unit/dataplane/harness/setup.ts";
import { eventually } from "../../unit/dataplane/harness/wire.ts";
import { StrictBackend } from "../smuggling/strict-backend.ts";
import { mutated } from "./mutate.ts";
import { cutPlaces } from "./mutation.ts";
import { Random } from "./random.ts";
import { sendBytes } from "./send-bytes.ts";
import { connectionStart, frameSeeds, frameTokens } from "./targets/http2-frames.ts";

/**
 * Sends connections of randomly changed HTTP/2 frames. Node.js parses the frames; the proxy handles the results. The
 * backend sees valid requests or nothing, the proxy stays up, and every connection ends. requests.test.ts describes
 * time and seed.
 */
const seed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 0x1_0000_0000));
const seconds = Number(process.env.FUZZ_SECONDS ?? 4) * 5;
const lanes = 8;
/** Milliseconds without a response after which a client leaves. */
const patience = 20;
/** A connection may stay as long as a limit allows, 75 s by default: the limits are short, and every one must end. */
const limits = { idleTimeout: 4_000, headTimeout: 4_000, bodyIdleTimeout: 4_000, writeTimeout: 4_000 };

test(`frames of HTTP/2 changed at random for ${seconds} s, FUZZ_SEED=${seed}`, async (t) => {
  const backend = await new StrictBackend().listen();
  t.after(() => backend.close());
  const { proxy, port } = await startProxy(t, { endpoints: { main: backend.port } }, { limits });
  const seeds = new Random(seed);
  const corpus = frameSeeds.map((text) => Buffer.from(text, "latin1"));
  const until = performance.now() + seconds * 1000;
  let executions = 0;
  let forwarded = 0;
  const run = async () => {
    for (; performance.now() < until; executions++) {
      const own = seeds.below(0x1_0000_0000);
      const random = new Random(own);
      const frames = mutated(corpus, frameTokens, random).toString("latin1");
      const bytes = random.below(10) === 0 ? frames : connectionStart + frames;
      await sendBytes(port, bytes, cutPlaces(bytes.length, random), patience);
      assert.deepEqual(backend.violations, [], `execution seed ${own} sent ${JSON.stringify(bytes)}`);
      if (executions % 100 === 0) {
        const alive = "GET /alive HTTP/1.1\r\nHost: acme.io\r\nConnection: close\r\n\r\n";
        assert.match(await sendBytes(port, alive, [alive.length]), /^HTTP\/1\.1 200 /);
      }
      forwarded += backend.requests.splice(0).length;
    }
  };
  await Promise.all(Array.from({ length: lanes }, run));
  await eventually(() => proxy.stats.connections.active === 0, "all connections to be closed");
  t.diagnostic(`${executions} connections (${Math.round(executions / seconds)}/s): ${forwarded} requests forwarded`);
  assert.ok(forwarded > executions / 100, "the mutations reach the backend");
});
