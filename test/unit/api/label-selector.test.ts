import { equal } from "node:assert/strict";
import { describe, test } from "node:test";
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
