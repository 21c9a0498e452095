import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "gatewright/testing";
import acme from "./acme.ts";

const traffic = simulate(acme);
const [c1, c2] = ["ServiceImport:store/store-c1:8080", "ServiceImport:store/store-c2:8080"] as const;

test("half of the traffic goes to each cluster", () => {
  assert.deepEqual(traffic.get("http://acme.io/").backends, { [c1]: 0.5, [c2]: 0.5 });
});

test("the preview is served by the first cluster, and mirrored to the second", () => {
  const answer = traffic.get("http://acme.io/preview");
  assert.deepEqual([answer.backends, answer.mirrors], [{ [c1]: 1 }, { [c2]: 1 }]);
});
