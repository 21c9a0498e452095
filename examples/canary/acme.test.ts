import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "gatewright/testing";
import { acme } from "./acme.ts";

const at = (step: number) => simulate((scope) => acme(scope, { step }));
const url = "http://acme.io/store/cart";

for (const [step, canary] of [0, 0.05, 0.25, 1].entries()) {
  test(`step ${step} gives the canary ${canary * 100} %`, () => {
    const { backends } = at(step).get(url);
    assert.equal(backends["store/acme-store-canary:8080"] ?? 0, canary);
    assert.equal(backends["store/acme-store:8080"] ?? 0, 1 - canary);
  });

  test(`at step ${step} testers have the canary, by header and by cookie`, () => {
    const ways: readonly Record<string, string>[] = [
      { serve: "canary" },
      { cookie: "theme=dark; serve=canary; lang=de" },
    ];
    for (const headers of ways) {
      assert.deepEqual(at(step).get(url, { headers }).backends, { "store/acme-store-canary:8080": 1 });
    }
  });

  test(`at step ${step} the checkout and the redirect are as they were`, () => {
    assert.deepEqual(at(step).get("http://acme.io/checkout").backends, { "store/checkout:8080": 1 });
    assert.equal(at(step).get("http://acme.io/shop").location, "http://acme.io/store");
  });
}
