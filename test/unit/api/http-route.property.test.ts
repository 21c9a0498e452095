import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Channel, validate } from "../../../lib/api/index.ts";
import { fieldOf } from "../../../lib/api/schema/field-path.ts";
import { objectOf, summary } from "./rows.ts";

const optional = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }, required: (keyof T)[] = []) =>
  fc.record(fields, { requiredKeys: required });

const label = fc.stringMatching(/^[a-z]([-a-z0-9]{0,10}[a-z0-9])?$/);
const domain = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join("."));
const hostname = fc.oneof(
  domain,
  domain.map((name) => `*.${name}`),
);
const port = fc.integer({ min: 1, max: 65_535 });
const header = fc.stringMatching(/^[A-Za-z][-A-Za-z0-9]{0,10}$/);
const value = fc.stringMatching(/^[!-~]{1,12}$/);
const duration = fc.stringMatching(/^[0-9]{1,5}(h|m|s|ms)$/);
const path = fc.array(fc.stringMatching(/^[a-z0-9]{1,6}$/), { maxLength: 3 }).map((parts) => `/${parts.join("/")}`);
const distinct = <T extends { name: string }>(item: fc.Arbitrary<T>) =>
  fc.uniqueArray(item, { maxLength: 3, selector: ({ name }) => name });
const headers = distinct(fc.record({ name: header, value }));

const backendFields = { name: label, namespace: label, port };
const backendRef = optional({ ...backendFields, weight: fc.integer({ min: 0, max: 1_000_000 }) }, ["name", "port"]);

const pathMatch = fc.oneof(
  optional({ type: fc.constantFrom("Exact", "PathPrefix"), value: path }),
  fc.record({ type: fc.constant("RegularExpression"), value: fc.string({ maxLength: 20 }) }),
);
const valueMatch = distinct(
  optional({ type: fc.constantFrom("Exact", "RegularExpression"), name: header, value }, ["name", "value"]),
);
const match = optional({
  path: pathMatch,
  headers: valueMatch,
  queryParams: valueMatch,
  method: fc.constantFrom("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"),
});

const mirror = fc.record({
  type: fc.constant("RequestMirror"),
  requestMirror: fc
    .tuple(
      optional(backendFields, ["name", "port"]),
      fc.oneof(
        fc.constant({}),
        fc.record({ percent: fc.integer({ min: 0, max: 100 }) }),
        fc.record({ fraction: fc.record({ numerator: fc.integer({ min: 0, max: 100 }) }) }),
      ),
    )
    .map(([reference, share]) => ({ backendRef: reference, ...share })),
});
const modifier = fc.record({
  type: fc.constant("RequestHeaderModifier"),
  requestHeaderModifier: optional({ set: headers, add: headers, remove: fc.uniqueArray(header, { maxLength: 3 }) }),
});
const rewrite = fc.record({ type: fc.constant("URLRewrite"), urlRewrite: optional({ hostname: domain }) });
const filters = fc.uniqueArray(fc.oneof(mirror, modifier, rewrite), { maxLength: 3, selector: ({ type }) => type });

const rule = optional({
  matches: fc.array(match, { maxLength: 3 }),
  filters,
  backendRefs: fc.array(backendRef, { maxLength: 3 }),
  timeouts: optional({ backendRequest: duration }),
  retry: optional({
    codes: fc.uniqueArray(fc.integer({ min: 400, max: 599 }), { maxLength: 3 }),
    attempts: fc.nat({ max: 10 }),
    backoff: duration,
  }),
});
const spec = optional({
  parentRefs: distinct(optional({ name: label, sectionName: label }, ["name"])),
  hostnames: fc.array(hostname, { maxLength: 4 }),
  rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
});
const channel = fc.constantFrom<Channel>("standard", "experimental");

test("a route within the limits is valid, and with its defaults filled in it stays as it is", () => {
  fc.assert(
    fc.property(spec, channel, (written, channel) => {
      const first = validate(objectOf("HTTPRoute", written), { channel });
      assert.deepEqual(first.findings, []);
      assert.ok(first.object);
      const second = validate(first.object as never, { channel });
      assert.deepEqual(second.findings, []);
      assert.deepEqual(second.object, first.object);
    }),
    { numRuns: 300 },
  );
});

type Path = readonly (string | number)[];

/** Returns the paths of all scalars. */
function leaves(value: unknown, path: Path = []): Path[] {
  if (value === null || typeof value !== "object") return [path];
  return Object.entries(value).flatMap(([key, member]) =>
    leaves(member, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function replaced(value: unknown, [step, ...rest]: Path, leaf: unknown): unknown {
  if (step === undefined) return leaf;
  const copy: Record<PropertyKey, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...(value as object) };
  const members = copy as Record<PropertyKey, unknown>;
  members[step] = replaced(members[step], rest, leaf);
  return copy;
}

const wrong = fc.constantFrom<unknown>(true, [], {}, [1], 1.5, { apply: 1 }, new Date(0), Number.NaN, 5n);

test("a leaf of another type is found there, or in what is around it", () => {
  const mutated = fc
    .tuple(spec, wrong)
    .filter(([written]) => leaves(written).length > 0)
    .chain(([written, leaf]) => fc.tuple(fc.constant(written), fc.constantFrom(...leaves(written)), fc.constant(leaf)));
  fc.assert(
    fc.property(mutated, ([written, path, leaf]) => {
      const { object, findings } = validate(objectOf("HTTPRoute", replaced(written, path, leaf)), {
        channel: "standard",
      });
      assert.equal(object, undefined);
      const field = fieldOf(["spec", ...path]);
      const near = findings.filter(
        (finding) => finding.field?.startsWith(field) || field.startsWith(finding.field ?? "-"),
      );
      assert.ok(near.length > 0, `${field}: ${JSON.stringify(summary(findings))}`);
    }),
    { numRuns: 300 },
  );
});

test("whatever is handed over, validate returns, and gives an object only if nothing is wrong", () => {
  const anything = fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withSet: true,
  });
  fc.assert(
    fc.property(
      fc.oneof(anything, fc.record({ rules: anything }), fc.record({ parentRefs: fc.array(anything) })),
      (any) => {
        for (const kind of ["HTTPRoute", "Gateway", "Service", "Secret"]) {
          const { object, findings } = validate(objectOf(kind, any), { channel: "experimental" });
          assert.equal(
            object === undefined,
            findings.some(({ severity }) => severity === "error"),
          );
        }
      },
    ),
    { numRuns: 300 },
  );
});
