import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { HeaderModifierIR } from "../../../lib/routing/ir.ts";
import { modifyHeaders } from "../../../lib/routing/rewrite/headers.ts";

const nothing: HeaderModifierIR = { set: [], add: [], remove: [] };

describe("modifyHeaders", () => {
  test("set replaces every field of the name, in the place of the first", () => {
    const headers = ["Accept", "a", "My-Header", "foo", "Host", "h", "my-header", "baz"];
    const modified = modifyHeaders(headers, { ...nothing, set: [{ name: "my-header", value: "bar" }] });
    assert.deepEqual(modified, ["Accept", "a", "My-Header", "bar", "Host", "h"]);
  });

  test("set appends a name that is not there", () => {
    const modified = modifyHeaders(["Host", "h"], { ...nothing, set: [{ name: "my-header", value: "bar" }] });
    assert.deepEqual(modified, ["Host", "h", "my-header", "bar"]);
  });

  test("add leaves the fields that are there", () => {
    const modified = modifyHeaders(["my-header", "foo"], {
      ...nothing,
      add: [{ name: "my-header", value: "bar,baz" }],
    });
    assert.deepEqual(modified, ["my-header", "foo", "my-header", "bar,baz"]);
  });

  test("remove takes every field of the name, in any case", () => {
    const headers = ["My-Header1", "foo", "my-header2", "bar", "MY-HEADER1", "baz"];
    assert.deepEqual(modifyHeaders(headers, { ...nothing, remove: ["my-header1"] }), ["my-header2", "bar"]);
  });

  test("the order is set, add, remove", () => {
    const field = { name: "a", value: "1" };
    assert.deepEqual(modifyHeaders(["a", "0"], { set: [field], add: [{ name: "a", value: "2" }], remove: [] }), [
      ...["a", "1"],
      ...["a", "2"],
    ]);
    assert.deepEqual(modifyHeaders(["a", "0"], { set: [field], add: [field], remove: ["a"] }), []);
  });

  test("hands the list back when there is nothing to do", () => {
    const headers = ["Host", "h"];
    assert.equal(modifyHeaders(headers, nothing), headers);
  });

  test("does what the three steps do one after the other", () => {
    const name = fc.constantFrom("a", "b", "c", "A", "B");
    const lower = fc.constantFrom("a", "b", "c");
    const field = fc.record({ name: lower, value: fc.constantFrom("1", "2") });
    const fields = fc.uniqueArray(field, { selector: ({ name }) => name });
    const modifier = fc.record({ set: fields, add: fields, remove: fc.uniqueArray(lower) });
    const headers = fc.array(fc.tuple(name, fc.constantFrom("x", "y")));
    const property = fc.property(headers, modifier, (list, { set, add, remove }) => {
      const values = new Map<string, string[]>();
      for (const [key, value] of list) values.set(key.toLowerCase(), [...(values.get(key.toLowerCase()) ?? []), value]);
      for (const { name, value } of set) values.set(name, [value]);
      for (const { name, value } of add) values.set(name, [...(values.get(name) ?? []), value]);
      for (const name of remove) values.delete(name);
      const modified = modifyHeaders(list.flat(), { set, add, remove });
      const result = new Map<string, string[]>();
      for (let i = 0; i < modified.length; i += 2) {
        const key = (modified[i] as string).toLowerCase();
        result.set(key, [...(result.get(key) ?? []), modified[i + 1] as string]);
      }
      assert.deepEqual(result, values);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
