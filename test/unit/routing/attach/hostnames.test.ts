import { deepEqual, equal, ok } from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import {
  compareHostnames,
  coversHostname,
  effectiveHostnames,
  intersectHostnames,
} from "../../../../lib/routing/attach/hostnames.ts";

/** Few labels are used, so that names often intersect. */
const host = fc
  .array(fc.constantFrom("a", "b", "aa"), { minLength: 1, maxLength: 4 })
  .map((labels) => labels.join("."));
const pattern = fc.oneof(
  host,
  host.map((name) => `*.${name}`),
  fc.constant("*"),
);

/** Matches wildcards exactly as the API describes: any number of labels, but at least one, before the suffix. */
function matches(name: string, against: string): boolean {
  if (against === "*") return true;
  if (!against.startsWith("*.")) return name === against;
  const [labels, suffix] = [name.split("."), against.slice(2).split(".")];
  return labels.length > suffix.length && labels.slice(-suffix.length).join(".") === suffix.join(".");
}

describe("intersectHostnames", () => {
  for (const [a, b, expected] of [
    ["*", "*", "*"],
    ["*", "*.example.com", "*.example.com"],
    ["www.example.com", "*", "www.example.com"],
    ["*.example.com", "www.example.com", "www.example.com"],
    ["*.example.com", "a.b.example.com", "a.b.example.com"],
    ["*.example.com", "*.b.example.com", "*.b.example.com"],
    ["*.example.com", "example.com", undefined],
    ["*.example.com", "wwwexample.com", undefined],
    ["*.example.com", "*.example.org", undefined],
    ["example.com", "example.org", undefined],
  ] as const) {
    test(`${a} and ${b} have ${expected ?? "nothing"} in common`, () => {
      equal(intersectHostnames(a, b), expected);
      equal(intersectHostnames(b, a), expected);
    });
  }

  test("a host matches the intersection if and only if it matches both", () => {
    fc.assert(
      fc.property(pattern, pattern, host, (a, b, name) => {
        const both = intersectHostnames(a, b);
        equal(both !== undefined && matches(name, both), matches(name, a) && matches(name, b));
      }),
      { numRuns: 2000 },
    );
  });

  test("it does not matter which comes first", () => {
    fc.assert(fc.property(pattern, pattern, (a, b) => equal(intersectHostnames(a, b), intersectHostnames(b, a))));
  });
});

test("a pattern covers a hostname if it matches all its hosts", () => {
  fc.assert(
    fc.property(pattern, pattern, host, (a, b, name) => {
      if (coversHostname(a, b) && matches(name, b)) ok(matches(name, a));
    }),
    { numRuns: 2000 },
  );
});

test("hostnames are in order of precedence: exact before wildcard, then the longer", () => {
  deepEqual(["*", "*.example.com", "b.io", "*.a.example.com", "www.example.com", "a.io"].sort(compareHostnames), [
    "www.example.com",
    "a.io",
    "b.io",
    "*.a.example.com",
    "*.example.com",
    "*",
  ]);
});

describe("effectiveHostnames", () => {
  test("names the most specific of the route's hostnames that lead to one", () => {
    deepEqual(effectiveHostnames("www.example.com", ["*.com", "*.example.com", "www.example.com"]), [
      { hostname: "www.example.com", routeHostname: "www.example.com" },
    ]);
    deepEqual(effectiveHostnames("www.example.com", ["*.com", "*.example.com"]), [
      { hostname: "www.example.com", routeHostname: "*.example.com" },
    ]);
  });

  test("takes every host when neither side names one", () => {
    deepEqual(effectiveHostnames(undefined, undefined), [{ hostname: "*", routeHostname: "*" }]);
    deepEqual(effectiveHostnames("", []), [{ hostname: "*", routeHostname: "*" }]);
  });

  test("reaches exactly the hosts that match the listener and some hostname of the route", () => {
    fc.assert(
      fc.property(pattern, fc.array(pattern, { minLength: 1, maxLength: 4 }), host, (listener, route, name) => {
        const reached = effectiveHostnames(listener, route).some(({ hostname }) => matches(name, hostname));
        equal(reached, matches(name, listener) && route.some((own) => matches(name, own)));
      }),
      { numRuns: 2000 },
    );
  });
});
