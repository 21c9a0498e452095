import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Leadership, type LeadershipOptions } from "../../../proxy/control/cluster/leadership.ts";
import type { ApiServer } from "../../../proxy/sources/kubernetes/api-server.ts";
import { Store } from "../../sources/kubernetes/store.ts";

const times = { lease: 600, renew: 300, retry: 50 };

class Candidate {
  leading = 0;
  terms = 0;
  readonly failures: string[] = [];
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(server: ApiServer, identity: string, options: Partial<LeadershipOptions> = {}) {
    const leadership = new Leadership(server, {
      namespace: "system",
      name: "controller",
      identity,
      ...times,
      onFailure: (error) => this.failures.push(error.message),
      ...options,
    });
    this.#running = leadership.run(this.#stop.signal, async (term) => {
      this.leading++;
      this.terms++;
      await new Promise((resolve) => term.addEventListener("abort", resolve, { once: true }));
      this.leading--;
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if (holds()) return;
    await sleep(5);
  }
  assert.fail(`never: ${what}`);
}

test("of three candidates one leads; when it stops another does at once", async (t) => {
  const server = await new Store().listen(t);
  const candidates = ["a", "b", "c"].map((name) => new Candidate(server, name));
  t.after(() => Promise.all(candidates.map((each) => each.stop())));
  const leaders = () => candidates.filter(({ leading }) => leading === 1);
  for (let i = 0; i < 40; i++) {
    await sleep(20);
    assert.ok(leaders().length <= 1);
  }
  const [first] = leaders();
  assert.ok(first);
  assert.equal(
    candidates.reduce((sum, { terms }) => sum + terms, 0),
    1,
    "a leader that is well stays",
  );
  await first.stop();
  const begun = performance.now();
  await until("another leads", () => leaders().length === 1 && leaders()[0] !== first);
  assert.ok(performance.now() - begun < times.lease, "the lease was given back");
});

test("a leader that cannot renew gives up before its lease runs out, and returns", async (t) => {
  const store = new Store();
  const server = await store.listen(t);
  const only = new Candidate(server, "a");
  t.after(() => only.stop());
  await until("it leads", () => only.leading === 1);
  store.outage = 503;
  const begun = performance.now();
  await until("it gave up", () => only.leading === 0);
  const after = performance.now() - begun;
  assert.ok(after >= times.renew - 2 * times.retry && after < 5_000, `${after} ms`);
  assert.match(only.failures[0] ?? "", /the store is out/);
  store.outage = undefined;
  await until("it leads again", () => only.terms === 2 && only.leading === 1);
});

test("a lease whose holder is gone is taken when it runs out, not before", async (t) => {
  const store = new Store();
  const server = await store.listen(t);
  const path = "/apis/coordination.k8s.io/v1/namespaces/system/leases";
  const spec = {
    holderIdentity: "gone",
    leaseDurationSeconds: 1,
    renewTime: "2001-01-01T00:00:00.000000Z",
    leaseTransitions: 3,
  };
  await server.json({ method: "POST", path, body: { metadata: { name: "controller", namespace: "system" }, spec } });
  const begun = performance.now();
  const only = new Candidate(server, "a");
  t.after(() => only.stop());
  await until("it leads", () => only.leading === 1);
  assert.ok(
    performance.now() - begun >= 990,
    "the holder's clock may be wrong: its duration counts from when we saw it",
  );
  const lease = store.get("/apis/coordination.k8s.io/v1/leases", "system", "controller");
  assert.match(JSON.stringify(lease), /"leaseTransitions":4/);
});
