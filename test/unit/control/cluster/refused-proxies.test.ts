import assert from "node:assert/strict";
import { test } from "node:test";
import { NoSuchGateway, RefusedProxies } from "../../../../proxy/control/cluster/refused-proxies.ts";

test("a proxy that asks again and again is told of once for each reason", () => {
  const lines: string[] = [];
  const refused = new RefusedProxies((level, message, fields) =>
    lines.push(`${level} ${message} ${fields?.instance}: ${fields?.why}`),
  );
  for (let i = 0; i < 5; i++) {
    refused.refused("acme/edge", "edge-1", new NoSuchGateway("acme/edge"));
    refused.refused("acme/edge", "edge-2", new Error("it shows no token"));
  }
  refused.refused("acme/edge", "edge-2", new Error("its token was made for another audience"));
  assert.deepEqual(lines, [
    "info a proxy was refused edge-1: there is no Gateway acme/edge of ours",
    "warn a proxy was refused edge-2: it shows no token",
    "warn a proxy was refused edge-2: its token was made for another audience",
  ]);
});

test("what is remembered of refusals is bounded", () => {
  let lines = 0;
  const refused = new RefusedProxies(() => lines++);
  const refuse = (i: number) => refused.refused("acme/edge", `edge-${i}`, new Error("it shows no token"));
  for (let i = 0; i < 5_000; i++) refuse(i);
  refuse(4_999);
  assert.equal(lines, 5_000);
  refuse(0);
  assert.equal(lines, 5_001);
});

test("malformed messages of one client are logged once for a reason, whatever port it comes from", () => {
  const lines: unknown[] = [];
  const refused = new RefusedProxies((...line) => lines.push(line));
  for (let port = 40_000; port < 40_005; port++) refused.malformed(`10.0.0.7:${port}`, "type is missing");
  refused.malformed("10.0.0.7:40000 acme/edge edge-1", "type is missing");
  assert.equal(lines.length, 2);
});
