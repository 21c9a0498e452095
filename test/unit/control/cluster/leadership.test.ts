import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Leadership, type LeadershipOptions } from "../../../../proxy/control/cluster/leadership.ts";
import type { ApiServer } from "../../../../proxy/sources/kubernetes/api-server.ts";
import { eventually } from "../../dataplane/harness/wire.ts";
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
  await eventually(() => leaders().length === 1 && leaders()[0] !== first, "another leads");
  assert.ok(performance.now() - begun < times.lease, "the lease was given back");
});

test("a leader that cannot renew gives up before its lease runs out, and returns", async (t) => {
  const store = new Store();
  const server = await store.listen(t);
  const only = new Candidate(server, "a");
  t.after(() => only.stop());
  await eventually(() => only.leading === 1, "it leads");
  store.outage = 503;
  const begun = performance.now();
  await eventually(() => only.leading === 0, "it gave up");
  const after = performance.now() - begun;
  assert.ok(after >= times.renew - 2 * times.retry && after < 5_000, `${after} ms`);
  assert.match(only.failures[0] ?? "", /the store is out/);
  store.outage = undefined;
  await eventually(() => only.terms === 2 && only.leading === 1, "it leads again");
});

test("a leader stops before its lease ends where the API server takes requests and does not answer", async (t) => {
  const store = new Store();
  const server = await store.listen(t);
  let end = 0;
  const ended: string[] = [];
  const stop = new AbortController();
  const leadership = new Leadership(server, { namespace: "system", name: "controller", identity: "a", ...times });
  const running = leadership.run(stop.signal, async (term) => {
    const bounded = server.until(term);
    const write = async (name: string) => {
      const path = "/apis/gateway.networking.k8s.io/v1/namespaces/a/httproutes/b";
      await bounded.json({ method: "GET", path }).catch((error: Error) => ended.push(`${name} ${error.name}`));
    };
    await sleep(100);
    store.hanging = true;
    const underWay = write("under way");
    await new Promise((resolve) => term.addEventListener("abort", resolve, { once: true }));
    end ||= performance.now();
    await underWay;
    await write("after");
  });
  t.after(async () => {
    store.hanging = false;
    stop.abort();
    await running;
  });
  let lastRenewal = 0;
  const watching = setInterval(() => {
    if (!store.hanging && store.writes.length > 0) lastRenewal = performance.now();
  }, 1);
  await eventually(() => end > 0, "the end");
  clearInterval(watching);
  assert.ok(end - lastRenewal <= times.renew + 100, `${end - lastRenewal} ms after the last renewal`);
  await eventually(() => ended.length === 2, "both requests");
  assert.deepEqual(ended, ["under way AbortError", "after AbortError"]);
});

test("a leader whose lease another has taken stops at once", async (t) => {
  const store = new Store();
  const server = await store.listen(t);
  const only = new Candidate(server, "a", { lease: 20_000, renew: 10_000 });
  t.after(() => only.stop());
  await eventually(() => only.leading === 1, "it leads");
  const path = "/apis/coordination.k8s.io/v1/namespaces/system/leases/controller";
  const lease = await server.json<{ readonly spec: object }>({ method: "GET", path });
  const body = { ...lease, metadata: { name: "controller", namespace: "system" } };
  await server.json({ method: "PUT", path, body: { ...body, spec: { ...lease.spec, holderIdentity: "b" } } });
  const begun = performance.now();
  await eventually(() => only.leading === 0, "it stopped");
  assert.ok(performance.now() - begun < 2_000);
});

test("an answer that is no Lease makes nobody lead", async (t) => {
  const store = new Store();
  const server = await store.listen(t);
  let asked = 0;
  store.inFront = (_, response) => {
    asked++;
    response.end(asked % 2 === 0 ? "{}" : "<html>");
    return true;
  };
  const only = new Candidate(server, "a");
  t.after(() => only.stop());
  await eventually(() => asked > 4, "tries");
  assert.equal(only.terms, 0);
});

test("times of which a leader could not stop in time are refused", async (t) => {
  const server = await new Store().listen(t);
  const options = { namespace: "system", name: "controller", identity: "a" };
  for (const wrong of [{ renew: 15_000 }, { lease: 5_000 }, { retry: 10_000 }]) {
    assert.throws(() => new Leadership(server, { ...options, ...wrong }), /expected retry < renew < lease/);
  }
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
  await eventually(() => only.leading === 1, "it leads");
  assert.ok(
    performance.now() - begun >= 990,
    "the holder's clock may be wrong: its duration counts from when we saw it",
  );
  const lease = store.get("/apis/coordination.k8s.io/v1/leases", "system", "controller");
  assert.match(JSON.stringify(lease), /"leaseTransitions":4/);
});
