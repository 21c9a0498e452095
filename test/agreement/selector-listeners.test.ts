import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { check, file } from "../../lib/testing/index.ts";

const found = (name: string) =>
  check(file(fileURLToPath(new URL(`./selector-listeners/${name}.yaml`, import.meta.url))))
    .filter(({ code }) => code.startsWith("GW24") && code !== "GW2413")
    .map(({ severity, code, message, given, allowed }) => ({ severity, code, message, given, allowed }));

const hostname = {
  severity: "error",
  code: "GW2405",
  message: "No listener of Gateway edge/public covers a hostname of the route.",
  given: "shpo.acme.io",
  allowed: "shop: shop.acme.io",
};

test("a wrong hostname is found behind a listener that takes every namespace", () => {
  assert.deepEqual(found("nomask"), [hostname]);
});

test("a wrong hostname is found behind a listener that selects namespaces, with one note about the labels", () => {
  assert.deepEqual(found("mask"), [
    hostname,
    {
      severity: "note",
      code: "GW2430",
      message:
        'The labels of namespace shop, which is not declared, are taken to match "team=shop" (listener shop of Gateway edge/public).',
      given: "shop",
      allowed: undefined,
    },
  ]);
});
