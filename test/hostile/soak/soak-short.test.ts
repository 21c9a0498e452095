import assert from "node:assert/strict";
import { test } from "node:test";
import { soak } from "./soak.ts";
import { faults } from "./verdict.ts";

const seconds = Number(process.env.SOAK_SECONDS ?? 50);

test(`memory is flat over ${seconds} seconds of mixed traffic and changes of routes`, async (t) => {
  for (const soaked of await soak({ seconds, interval: 1, lanes: 8 }, () => {})) {
    const { name, done, growth, samples } = soaked;
    const requests = Object.values(done).reduce((sum, count) => sum + count, 0);
    const { used = 0, rss = 0 } = samples.at(-1) ?? {};
    t.diagnostic(`${name}: ${requests} requests, ${used.toFixed(1)} MiB in use, ${rss.toFixed(1)} MiB resident`);
    t.diagnostic(`${name}: gained ${growth.used.toFixed(2)} MiB in use, ${growth.rss.toFixed(2)} MiB resident`);
    assert.deepEqual(faults(soaked), []);
  }
});
