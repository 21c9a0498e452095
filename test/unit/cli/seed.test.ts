import assert from "node:assert/strict";
import { test } from "node:test";
import type { Echo } from "../../../proxy/control/echo.ts";
import { ask, countBackends, dev } from "./gatewright.ts";

const seed = (...numbers: number[]) => numbers.map((number) => `examples/seed/${names[number - 1]}.yaml`);
const names = [
  "1-acme-store",
  "2-canary-weights",
  "3-gateway-upgrade",
  "4-consistent-environments",
  "5-two-implementations",
  "6-canary-header",
  "7-multicluster-split",
  "8-multicluster-mirror",
];
const acme = { host: "acme.io" };

/** Asserts the route of file 1 on a Gateway: /store under acme.io, and nothing else. */
async function servesStore(address: string): Promise<void> {
  assert.equal((await ask(`${address}/store`, acme)).backend, "default/acme-store:8080");
  const deeper = await ask(`${address}/store/cart?x=1`, acme);
  assert.equal(deeper.backend, "default/acme-store:8080");
  const echo = JSON.parse(deeper.text) as Echo;
  assert.equal(echo.url, "/store/cart?x=1");
  assert.equal(echo.host, "acme.io");
  assert.equal((await ask(`${address}/`, acme)).status, 404, "another path");
  assert.equal((await ask(`${address}/stores`, acme)).status, 404, "no whole path element");
  assert.equal((await ask(`${address}/store`, { host: "other.io" })).status, 404, "another host");
  assert.equal((await ask(`${address}/store`, { host: "shop.acme.io" })).status, 404, "a host below");
}

test("1 alone: /store under acme.io only", async (t) => {
  const { address, stop } = await dev(t, seed(1));
  await servesStore(address("default/acme-external"));
  assert.equal(await stop(), 0, "SIGTERM ends it with 0");
});

test("1 with 2: the route is replaced, 9:1 exact over 1,000 requests", async (t) => {
  const { address, stderr } = await dev(t, seed(1, 2));
  const store = `${address("default/acme-external")}/store`;
  assert.deepEqual(await countBackends(store, 1000, acme), {
    "default/acme-store:8080": 900,
    "default/acme-store-canary:8080": 100,
  });
  assert.equal((await ask(`${address("default/acme-external")}/other`, acme)).status, 404);
  assert.equal((await ask(store, { host: "other.io" })).status, 404);
  assert.match(stderr(), /note GW1009 HTTPRoute (default\/)?acme-store/);
});

test("1 with 3: both Gateways serve the unchanged route", async (t) => {
  const { address } = await dev(t, seed(1, 3));
  const [one, two] = [address("default/acme-external"), address("default/acme-external-v2")];
  assert.notEqual(one, two);
  await servesStore(one);
  await servesStore(two);
});

test("1 with 4: the class of another provider, the same traffic", async (t) => {
  const { address, stderr } = await dev(t, seed(1, 4));
  await servesStore(address("default/acme-external"));
  assert.match(stderr(), /note GW1009 GatewayClass external-lb/);
});

test("5: two Gateways of different classes serve it", async (t) => {
  const { address } = await dev(t, seed(5));
  await servesStore(address("default/acme-contour"));
  await servesStore(address("default/acme-istio"));
});

test("6: a header leads to the canary", async (t) => {
  const { address } = await dev(t, seed(6));
  const gateway = `${address("default/acme-traefik")}/`;
  const canary = { headers: { serve: "canary" } };
  assert.deepEqual(await countBackends(gateway, 100), { "default/acme-stable:80": 100 });
  assert.deepEqual(await countBackends(`${gateway}any/path`, 100, canary), { "default/acme-canary:80": 100 });
  assert.equal((await ask(gateway, { headers: { serve: "other" } })).backend, "default/acme-stable:80");
});

test("7: 5:5 over two ServiceImports", async (t) => {
  const { address } = await dev(t, seed(7));
  assert.deepEqual(await countBackends(`${address("default/acme-mc")}/`, 1000), {
    "default/store-c1:8080": 500,
    "default/store-c2:8080": 500,
  });
});

test("7 with 8: every request is mirrored, and the client sees only the primary's answer", async (t) => {
  const { address, admin, until } = await dev(t, seed(7, 8));
  const counts = await countBackends(`${address("default/acme-mc")}/`, 300, { method: "POST", body: "a body" });
  assert.deepEqual(counts, { "default/store-c1:8080": 300 });
  let mirrored = 0;
  await until("300 mirrored requests", async () => {
    const { text } = await ask(`${admin}/metrics`);
    mirrored = Number(
      /^gatewright_mirrored_requests_total\{[^}]*backend="ServiceImport:default\/store-c2:8080"[^}]*\} (\d+)$/m.exec(
        text,
      )?.[1],
    );
    return mirrored >= 300;
  });
  assert.equal(mirrored, 300);
});
