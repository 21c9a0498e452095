import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { check } from "../../../lib/analysis/check/check.ts";
import { type RoutedGateway, routingModel } from "../../../lib/analysis/traffic/model.ts";
import { type SimulatedAnswer, simulate } from "../../../lib/analysis/traffic/simulate.ts";
import type { AnyObject, Declared } from "../../../lib/api/declared/declared.ts";
import { load } from "../../../lib/api/load/load.ts";
import { configuration, request } from "../../agreement/arbitraries.ts";

type Plain = { [name: string]: unknown };
interface BackendRef extends Plain {
  readonly group?: string;
}
interface Rule extends Plain {
  readonly filters?: readonly Plain[];
  readonly backendRefs?: readonly BackendRef[];
}

/** Returns the objects with a class of another controller and with each spec changed. */
function foreign(declared: readonly Declared[], change: (spec: Plain, kind: string) => Plain): readonly Declared[] {
  return declared.map(({ object, origin }) => {
    const { kind } = object;
    const spec = kind === "GatewayClass" ? { controllerName: "acme.io/controller" } : (object.spec as Plain);
    return { object: { ...object, spec: change(spec, kind) } as AnyObject, origin };
  });
}

function inRules(change: (rule: Rule) => Rule): (spec: Plain, kind: string) => Plain {
  return (spec, kind) =>
    ["HTTPRoute", "GRPCRoute"].includes(kind) ? { ...spec, rules: (spec.rules as readonly Rule[]).map(change) } : spec;
}

const opaqueFilter = { type: "ExtensionRef", extensionRef: { group: "acme.io", kind: "RateLimit", name: "few" } };

/** Adds a filter of an unknown kind to each rule, at a place among the others. */
const withFilter = (place: number) =>
  inRules((rule) => ({ ...rule, filters: (rule.filters ?? []).toSpliced(place, 0, opaqueFilter) }));

const withBackends = inRules((rule) => ({
  ...rule,
  ...(rule.backendRefs && {
    backendRefs: rule.backendRefs.map((ref) => ({ ...ref, group: "acme.io", kind: "Bucket" })),
  }),
}));

function withProtocol(spec: Plain, kind: string): Plain {
  if (kind !== "Gateway") return spec;
  return { ...spec, listeners: (spec.listeners as readonly Plain[]).map((one) => ({ ...one, protocol: "acme.io/P" })) };
}

function loaded(declared: readonly Declared[]) {
  const all = load([{ name: "case.yaml", declared, findings: [] }], { channel: "standard" });
  assert.deepEqual(
    all.findings.filter(({ severity }) => severity === "error"),
    [],
  );
  return all;
}

function only(declared: readonly Declared[]): RoutedGateway {
  const [gateway] = routingModel(loaded(declared), { undeclared: "exists" }).gateways;
  assert.ok(gateway !== undefined);
  return gateway;
}

/** Returns errors and advice by code and object, without fields, since indexes change as filters are added. */
function told(declared: readonly Declared[]): ReadonlySet<string> {
  return new Set(
    check(loaded(declared))
      // A filter after a redirect has no effect, whatever its kind.
      .filter(({ severity, code }) => severity !== "note" && code !== "GW3041")
      .map(({ code, object }) => `${code} ${object?.kind} ${object?.name}`),
  );
}

function isOwnAnswer({ backends, failures, reason, status }: SimulatedAnswer): boolean {
  const nothing = Object.keys(backends).length + failures.length === 0;
  return status === 500 && nothing && /^(The rule has no backends|The weights of all)/.test(reason ?? "");
}

const asIs = (spec: Plain) => spec;
const requests = fc.array(request, { minLength: 1, maxLength: 8 });

test("a filter of an unknown kind changes neither which rule matches nor where requests go", () => {
  fc.assert(
    fc.property(configuration, fc.nat(3), requests, (declared, place, asked) => {
      const [before, after] = [foreign(declared, asIs), foreign(declared, withFilter(place))];
      const [known, opaque] = [only(before), only(after)];
      for (const { method = "GET", url, headers = {} } of asked) {
        const [a, b] = [known, opaque].map((gateway) => simulate(gateway, { method, url, headers })) as [
          SimulatedAnswer,
          SimulatedAnswer,
        ];
        const { listener, route, rule, match } = a;
        assert.deepEqual(
          { listener: b.listener, route: b.route, rule: b.rule, match: b.match },
          { listener, route, rule, match },
        );
        // Without a backend, only the filter itself may answer.
        if (isOwnAnswer(a)) assert.equal(b.status, undefined);
        else {
          assert.deepEqual(
            [b.status, b.location, b.backends, b.mirrors, b.requests],
            [a.status, a.location, a.backends, a.mirrors, a.requests],
          );
        }
      }
      const former = told(before);
      assert.deepEqual(
        [...told(after)].filter((one) => !former.has(one)),
        [],
      );
    }),
    { numRuns: 300 },
  );
});

test("backends of an unknown kind take the shares that Services in their place have", () => {
  fc.assert(
    fc.property(configuration, requests, (declared, asked) => {
      const [before, after] = [foreign(declared, asIs), foreign(declared, withBackends)];
      const [known, opaque] = [only(before), only(after)];
      const renamed = (shares: SimulatedAnswer["backends"]) =>
        Object.fromEntries(
          Object.entries(shares).map(([name, share]) => [name.replace(/^(?:x\.io\/Pod )?/, "acme.io/Bucket "), share]),
        );
      for (const { method = "GET", url, headers = {} } of asked) {
        const [a, b] = [known, opaque].map((gateway) => simulate(gateway, { method, url, headers })) as [
          SimulatedAnswer,
          SimulatedAnswer,
        ];
        assert.deepEqual([b.status, b.rule, b.backends], [a.status, a.rule, renamed(a.backends)]);
      }
      const former = told(before);
      assert.deepEqual(
        [...told(after)].filter((one) => !former.has(one)),
        [],
      );
    }),
    { numRuns: 300 },
  );
});

test("a protocol of another controller's carries the requests that HTTP in its place does", () => {
  fc.assert(
    fc.property(configuration, requests, (declared, asked) => {
      const [before, after] = [foreign(declared, asIs), foreign(declared, withProtocol)];
      const [known, opaque] = [only(before), only(after)];
      for (const { method = "GET", url, headers = {} } of asked) {
        const [a, b] = [known, opaque].map((gateway) => simulate(gateway, { method, url, headers }));
        assert.deepEqual(b, a);
      }
      const former = told(before);
      assert.deepEqual(
        [...told(after)].filter((one) => !former.has(one)),
        [],
      );
    }),
    { numRuns: 300 },
  );
});
