import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "gatewright/testing";
import shop, { filters } from "./shop.ts";

const traffic = simulate(shop, { filters });
const url = "http://acme.io/orders/1";

test("a partner's order arrives signed, and without the key", async () => {
  const answer = await traffic.handle("GET", url, { headers: { "X-API-Key": "open-sesame" } });
  const { "x-acme-signature": signature, ...headers } = answer.requests["orders/orders:8080"]?.headers ?? {};
  assert.match(signature ?? "", /^2026-11:[\w-]{43}$/);
  assert.deepEqual(headers, {});
});

test("nobody else's order arrives", async () => {
  for (const key of [[], ["guessed"]]) {
    const answer = await traffic.handle("GET", url, { headers: { "X-API-Key": key } });
    assert.equal(answer.status, 401);
    assert.equal(answer.respond?.body, "Send a key in x-api-key.\n");
    assert.deepEqual(answer.backends, {});
  }
});

test("which filters orders pass is known without running them", () => {
  const { extensions } = traffic.get(url);
  assert.deepEqual(extensions, ["acme.io/RequireApiKey orders/partners", "acme.io/SignRequest orders/signed"]);
});
