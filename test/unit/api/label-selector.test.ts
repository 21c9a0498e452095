import { equal } from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { matchesSelector, mayMatchSelector } from "../../../lib/api/kinds/label-selector.ts";

describe("matchesSelector", () => {
  const labels = { team: "store", tier: "web" };

  test("nothing is selected by no selector, everything by an empty one", () => {
    equal(matchesSelector(undefined, labels), false);
    equal(matchesSelector({}, labels), true);
    equal(matchesSelector({}, undefined), true);
  });

  test("every matchLabel must be there with its value", () => {
    equal(matchesSelector({ matchLabels: { team: "store" } }, labels), true);
    equal(matchesSelector({ matchLabels: { team: "store", tier: "db" } }, labels), false);
    equal(matchesSelector({ matchLabels: { zone: "a" } }, labels), false);
    equal(matchesSelector({ matchLabels: { team: "store" } }, undefined), false);
  });

  for (const [operator, key, values, expected] of [
    ["In", "team", ["store", "lab"], true],
    ["In", "team", ["lab"], false],
    ["In", "zone", ["a"], false],
    ["NotIn", "team", ["lab"], true],
    ["NotIn", "team", ["store"], false],
    ["NotIn", "zone", ["a"], true],
    ["Exists", "team", undefined, true],
    ["Exists", "zone", undefined, false],
    ["DoesNotExist", "team", undefined, false],
    ["DoesNotExist", "zone", undefined, true],
    ["GreaterThan", "team", ["a"], false],
  ] as const) {
    test(`${key} ${operator} ${values ?? ""} is ${expected ? "met" : "not met"}`, () => {
      const requirement = values === undefined ? { key, operator } : { key, operator, values };
      equal(matchesSelector({ matchExpressions: [requirement] }, labels), expected);
    });
  }

  test("labels and expressions must both be met", () => {
    const selector = {
      matchLabels: { team: "store" },
      matchExpressions: [{ key: "tier", operator: "In", values: ["db"] }],
    };
    equal(matchesSelector(selector, labels), false);
    equal(matchesSelector(selector, { team: "store", tier: "db" }), true);
  });

  test("what every object inherits is no label", () => {
    equal(matchesSelector({ matchExpressions: [{ key: "constructor", operator: "Exists" }] }, labels), false);
    equal(matchesSelector({ matchExpressions: [{ key: "toString", operator: "DoesNotExist" }] }, labels), true);
  });
});

test("a selector may match what is known in part unless that part is against it", () => {
  const known = { name: "app" };
  equal(mayMatchSelector(undefined, known), false);
  equal(mayMatchSelector({}, known), true);
  equal(mayMatchSelector({ matchLabels: { name: "app", team: "a" } }, known), true);
  equal(mayMatchSelector({ matchLabels: { name: "other", team: "a" } }, known), false);
  const expression = (operator: string, key: string) => ({ matchExpressions: [{ key, operator, values: ["app"] }] });
  equal(mayMatchSelector(expression("NotIn", "name"), known), false);
  equal(mayMatchSelector(expression("In", "name"), known), true);
  equal(mayMatchSelector(expression("In", "team"), known), true);
});

test("requirements that exclude one another match nothing, whatever is known", () => {
  const key = "team";
  const matchLabels = { team: "a" };
  const excluding = [
    { matchLabels, matchExpressions: [{ key, operator: "DoesNotExist" }] },
    { matchLabels, matchExpressions: [{ key, operator: "NotIn", values: ["a"] }] },
    { matchLabels, matchExpressions: [{ key, operator: "In", values: ["b", "c"] }] },
    {
      matchExpressions: [
        { key, operator: "In", values: ["b"] },
        { key, operator: "In", values: ["c"] },
      ],
    },
    {
      matchExpressions: [
        { key, operator: "Exists" },
        { key, operator: "DoesNotExist" },
      ],
    },
    { matchExpressions: [{ key, operator: "In", values: [] }] },
  ];
  for (const selector of excluding) equal(mayMatchSelector(selector, { name: "app" }), false);
  const compatible = [
    { matchLabels, matchExpressions: [{ key, operator: "In", values: ["a", "b"] }] },
    {
      matchExpressions: [
        { key, operator: "Exists" },
        { key, operator: "NotIn", values: ["a", "b"] },
      ],
    },
    {
      matchExpressions: [
        { key, operator: "NotIn", values: ["a"] },
        { key, operator: "DoesNotExist" },
      ],
    },
  ];
  for (const selector of compatible) equal(mayMatchSelector(selector, { name: "app" }), true);
});

test("a selector may match exactly if some labels of those it names, or others, do", () => {
  const requirement = fc.record({
    key: fc.constantFrom("a", "b"),
    operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist"),
    values: fc.subarray(["x", "y"], { minLength: 1 }),
  });
  const selector = fc.record({
    matchLabels: fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom("x", "y"), { maxKeys: 2 }),
    matchExpressions: fc.array(requirement, { maxLength: 4 }),
  });
  const values = [undefined, "x", "y", "z"];
  const all = values.flatMap((a) =>
    values.map((b) => ({ ...(a !== undefined && { a }), ...(b !== undefined && { b }) })),
  );
  fc.assert(
    fc.property(selector, (given) => {
      equal(
        mayMatchSelector(given, {}),
        all.some((labels) => matchesSelector(given, labels)),
      );
    }),
  );
});
