import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { groupNotes, groupWords } from "../../../lib/analysis/check/note-groups.ts";
import type { Finding } from "../../../lib/findings/finding.ts";

const missing = (kind: string, name: string, from: string): Finding => ({
  code: "GW2413",
  severity: "note",
  message: `${kind} store/${name} does not exist.`,
  object: { apiVersion: "gateway.networking.k8s.io/v1", kind: "HTTPRoute", namespace: "store", name: from },
  field: "spec.rules[0].backendRefs[0].name",
  given: `store/${name}`,
  fix: "Declare it.",
  undeclared: { kind, name: `store/${name}` },
});
const passed = (file: string): Finding => ({
  code: "GW1036",
  severity: "note",
  message: "This file holds no Kubernetes object, and is passed over.",
  origin: { file },
});
const distinct = (text: string): Finding => ({
  code: "GW1303",
  severity: "note",
  message: text,
  origin: { file: text },
});

test("references to objects that no source declares are one line for each kind, each object once", () => {
  const notes = ["a", "b", "c", "d", "e", "a"].map((name, index) => missing("Service", name, `r${index}`));
  const groups = groupNotes([...notes, missing("ServiceImport", "x", "r")]);
  assert.deepEqual(groups.map(groupWords), [
    "5 Services are not declared here: store/a, store/b, store/c, store/d, …. Fix: Declare it.",
    "1 ServiceImport is not declared here: store/x. Fix: Declare it.",
  ]);
});

test("a fix of its own, such as a near miss, keeps a note out of the group", () => {
  const near: Finding = { ...missing("Service", "wbe", "r"), fix: "Did you mean store/web?" };
  const groups = groupNotes([missing("Service", "a", "r"), near, missing("Service", "b", "r")]);
  assert.deepEqual(
    groups.map(({ count, fix }) => [count, fix]),
    [
      [2, "Declare it."],
      [1, "Did you mean store/web?"],
    ],
  );
});

test("many different messages of one code become one line", () => {
  const groups = groupNotes(["one", "two", "three", "four", "five"].map(distinct));
  assert.deepEqual(groups.map(groupWords), ["one, and 4 more like it: one, two, three, four, …."]);
  assert.equal(groupNotes(["one", "two", "three"].map(distinct)).length, 3);
});

test("no note is lost: the counts of the groups add up, code by code, and few lines are left", () => {
  const note = fc.oneof(
    fc
      .tuple(fc.constantFrom("Service", "Secret"), fc.nat(300), fc.nat(300))
      .map(([kind, name, from]) => missing(kind, `s${name}`, `r${from}`)),
    fc.nat(300).map((file) => passed(`f${file}.json`)),
    fc.nat(300).map((text) => distinct(`text ${text}`)),
  );
  fc.assert(
    fc.property(fc.array(note, { maxLength: 300 }), (notes) => {
      const groups = groupNotes(notes);
      for (const code of ["GW2413", "GW1036", "GW1303"] as const) {
        const counted = groups.filter((group) => group.code === code).reduce((sum, { count }) => sum + count, 0);
        assert.equal(counted, notes.filter((one) => one.code === code).length);
      }
      assert.ok(groups.length <= 6);
      const named = new Set(groups.flatMap(({ subjects }) => subjects));
      for (const { undeclared } of notes) assert.ok(undeclared === undefined || named.has(undeclared.name));
    }),
  );
});
