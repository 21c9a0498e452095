import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "gatewright/testing";
import acme from "./acme.ts";

const traffic = simulate(acme);
const external = { gateway: "edge/acme-external" };

test("a tenth of the store's traffic goes to the canary", () => {
  const answer = traffic.get("http://acme.io/store/cart", external);
  assert.deepEqual(answer.backends, { "store/acme-store:8080": 0.9, "store/acme-store-canary:8080": 0.1 });
});

test("a checkout of the canary's testers is answered by the stable store", () => {
  const answer = traffic.get("http://acme.io/checkout", { ...external, headers: { serve: "canary" } });
  assert.deepEqual(answer.backends, { "store/acme-store:8080": 1 });
});
