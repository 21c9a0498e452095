import assert from "node:assert/strict";
import { test } from "node:test";
import { type Channel, kinds, validate } from "../../../lib/api/index.ts";
import type { Finding } from "../../../lib/findings/finding.ts";

/** Code, field and, if the finding has one, the given value. */
export type Expected = readonly [code: `GW${number}`, field: string, given?: string];

/** A sentence, a spec that it allows, one that it does not, and the findings of the second. */
export type Row = readonly [sentence: string, good: object, bad: object, ...expected: readonly Expected[]];

/** Returns an object of a kind in its current version. */
export function objectOf(kind: string, spec: unknown, version?: string) {
  const definition = kinds.find((known) => known.kind === kind);
  assert.ok(definition, kind);
  const { group, versions } = definition;
  const name = version ?? versions[0]?.name ?? "";
  const apiVersion = group === "" ? name : `${group}/${name}`;
  return { apiVersion, kind, metadata: { name: "acme", namespace: "store" }, spec };
}

export function findingsIn(kind: string, spec: unknown, channel: Channel = "standard"): Finding[] {
  return validate(objectOf(kind, spec), { channel }).findings;
}

/** Returns the spec with its defaults; the object must be valid. */
export function defaulted(kind: string, spec: unknown, channel: Channel = "standard"): unknown {
  const { object, findings } = validate(objectOf(kind, spec), { channel });
  assert.deepEqual(findings, []);
  return object !== undefined && "spec" in object ? object.spec : undefined;
}

export function summary(findings: readonly Finding[]): Expected[] {
  return findings.map(({ code, field = "", given }) => (given === undefined ? [code, field] : [code, field, given]));
}

/** Defines a test for each row: the good spec has no findings, the bad one exactly those, and they read well. */
export function testRows(kind: string, rows: readonly Row[], channel: Channel = "standard"): void {
  for (const [sentence, good, bad, ...expected] of rows) {
    test(`${kind}: ${sentence}`, () => {
      assert.deepEqual(findingsIn(kind, good, channel), []);
      const findings = findingsIn(kind, bad, channel);
      assert.deepEqual(summary(findings), expected);
      for (const finding of findings) assertReadsWell(finding);
    });
  }
}

/** Asserts that one sentence says what is wrong and another what to do, without internals. */
export function assertReadsWell({ message, allowed, fix, severity }: Finding): void {
  assert.match(message, /^[A-Za-z`].*[A-Za-z0-9`)/.#]\.$/s);
  if (severity === "error") assert.match(fix ?? "", /^[A-Z`].*[.?]$/s);
  if (allowed !== undefined) assert.match(allowed, /[^.]$/);
  for (const text of [message, allowed, fix]) {
    assert.doesNotMatch(text ?? "", /undefined|NaN|\[object|expected|received|Invalid input/);
  }
}
