import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { closest, distance } from "../../../lib/api/schema/spelling.ts";

test("one letter more, less, other or swapped is one step", () => {
  equal(distance("web", "web"), 0);
  for (const slip of ["wb", "weeb", "wab", "wbe", "ewb"]) equal(distance("web", slip), 1, slip);
  equal(distance("web", "bew"), 2);
  equal(distance("", "web"), 3);
});

test("a short name is near to one with two letters swapped", () => {
  equal(closest("wbe", ["web", "api"]), "web");
  equal(closest("sahred", ["shared"]), "shared");
  equal(closest("api", ["web"]), undefined);
});

test("the distance has no direction, and a swap of neighbours is at most one step", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      equal(distance(a, b), distance(b, a));
      ok(distance(a, b) <= Math.max(a.length, b.length));
      ok(distance(a, b) >= Math.abs(a.length - b.length));
    }),
  );
  fc.assert(
    fc.property(word, fc.nat(6), (a, place) => {
      const swapped = a.slice(0, place) + [...a.slice(place, place + 2)].reverse().join("") + a.slice(place + 2);
      ok(distance(a, swapped) <= 1);
    }),
  );
});
