import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { buildIndex } from "../../../lib/routing/index/build.ts";
import type { GatewayIndex, HostPaths, PortIndex, RequestHead } from "../../../lib/routing/index/model.ts";
import type { GatewayIR, MatchIR, RuleIR, ValueMatchIR } from "../../../lib/routing/ir.ts";
import { candidatesOf, match, mismatch } from "../../../lib/routing/match.ts";
import { type ReferenceAnswer, type ReferenceRequest, referenceMatch } from "./reference.ts";
import { gatewayOf, requestOf } from "./samples.ts";

/** The alphabets are small, so that matches collide and the rules of precedence decide. */
const hosts = ["acme.io", "a.acme.io", "b.acme.io", "a.b.acme.io", "c.a.b.acme.io", "acme.org", "xacme.io", "io"];
const patterns = ["*", "acme.io", "a.acme.io", "a.b.acme.io", "*.acme.io", "*.b.acme.io", "*.a.b.acme.io", "*.io"];
const paths = ["/", "/a", "/a/", "/a/b", "/a/b/", "/a/bc", "/a//b", "/b", "/ab", "/a/b/c", "/a%2Fb", "/a/%C3%A9"];
const expressions = ["/a.*", "/a/[bc]+", "/(a|b)/b", "/.*", "/a/b"];
const names = ["x-one", "x-two", "x-three"];
const values = ["1", "2", "1, 2"];

const valueMatch = fc.record<ValueMatchIR>({
  name: fc.constantFrom(...names),
  type: fc.constantFrom("Exact", "Exact", "Exact", "RegularExpression"),
  value: fc.constantFrom(...values),
});
const valueMatches = fc.uniqueArray(valueMatch, { maxLength: 2, selector: ({ name }) => name });
const pathMatch: fc.Arbitrary<MatchIR["path"]> = fc.oneof(
  fc.constant({ type: "PathPrefix", value: "/" } as const),
  fc.record({ type: fc.constant("Exact" as const), value: fc.constantFrom(...paths) }),
  fc.record({ type: fc.constant("PathPrefix" as const), value: fc.constantFrom(...paths) }),
  fc.record({ type: fc.constant("RegularExpression" as const), value: fc.constantFrom(...expressions) }),
);
const matchIR: fc.Arbitrary<MatchIR> = fc
  .record({
    path: pathMatch,
    method: fc.option(fc.constantFrom("GET", "POST"), { nil: undefined, freq: 2 }),
    headers: fc.oneof(fc.constant([]), valueMatches),
    queryParams: fc.oneof(fc.constant([]), valueMatches),
  })
  .map(({ method, ...rest }) => (method === undefined ? rest : { ...rest, method }));

/** Several rules share a route, and routes share ages, so that every tie of the specification occurs. */
const ruleIRs: fc.Arbitrary<RuleIR[]> = fc
  .array(
    fc.record({
      namespace: fc.constantFrom("a", "b"),
      name: fc.constantFrom("a", "b-c", "c"),
      created: fc.constantFrom(undefined, "2025-01-01T00:00:00Z", "2025-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z"),
      matches: fc.array(matchIR, { minLength: 1, maxLength: 3 }),
    }),
    { minLength: 4, maxLength: 30 },
  )
  .map((drafts) => {
    const ages = new Map<string, string | undefined>();
    const counts = new Map<string, number>();
    return drafts.map(({ namespace, name, created, matches }) => {
      const key = `${namespace}/${name}`;
      const index = counts.get(key) ?? 0;
      counts.set(key, index + 1);
      if (!ages.has(key)) ages.set(key, created);
      const age = ages.get(key);
      const route = { kind: "HTTPRoute", namespace, name, ...(age !== undefined && { created: age }) } as const;
      return { id: `HTTPRoute/${key}/rules/${index}`, route, index, matches, filters: [], backends: [] };
    });
  });

/** Returns whether an effective hostname is within that of the listener. */
function within(listener: string, hostname: string): boolean {
  if (listener === "*" || listener === hostname) return true;
  return listener.startsWith("*.") && hostname.endsWith(listener.slice(1)) && hostname !== listener.slice(1);
}

const gateway: fc.Arbitrary<GatewayIR> = fc
  .record({
    rules: ruleIRs,
    listeners: fc.uniqueArray(fc.constantFrom(...patterns), { minLength: 1, maxLength: 4 }),
    placements: fc.array(fc.tuple(fc.constantFrom(...patterns), fc.nat(), fc.nat()), { minLength: 5, maxLength: 30 }),
  })
  .map(({ rules, listeners, placements }) =>
    gatewayOf(
      listeners.map((hostname) => {
        const table = new Map<string, Set<RuleIR>>();
        for (const [pattern, first, count] of placements.filter(([pattern]) => within(hostname, pattern))) {
          const placed = table.get(pattern) ?? new Set();
          table.set(pattern, placed);
          for (let i = 0; i <= count % rules.length; i++) placed.add(rules[(first + i) % rules.length] as RuleIR);
        }
        const hosts = [...table].map(([pattern, placed]) => [pattern, [...placed]] as const);
        return { name: hostname, hostname: hostname === "*" ? undefined : hostname, hosts };
      }),
    ),
  );

const request: fc.Arbitrary<ReferenceRequest> = fc.record({
  method: fc.constantFrom("GET", "POST"),
  host: fc.constantFrom(...hosts),
  path: fc.constantFrom(...paths, "/a/b/c/d", "/a/bb", "*"),
  query: fc
    .array(
      fc.tuple(fc.constantFrom(...names, "x%2Done", ""), fc.constantFrom("=1", "=2", "=1%2C+2", "=%31", "", "=")),
      {
        maxLength: 4,
      },
    )
    .map((pairs) => pairs.map(([name, value]) => name + value).join("&")),
  headers: fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...values), { maxKeys: 3 }),
});

function decide(port: PortIndex, head: RequestHead): ReferenceAnswer | undefined {
  const found = match(port, head);
  if (found === undefined) return undefined;
  const { listener, hostname, rule, matchIndex } = found;
  return { listener: listener.name, hostname, rule: rule.ir.id, matchIndex };
}

function hasLongList(host: HostPaths): boolean {
  return host.prefixes.values().some(({ byHeader }) => byHeader !== undefined);
}

function portOf(index: GatewayIndex): PortIndex {
  return index.ports.get(80) as PortIndex;
}

/** Adds a rule to a host of a listener or removes one. A host without rules is removed, and may return. */
function edit(ir: GatewayIR, [listener, host, rule, add]: readonly [number, number, number, boolean]): GatewayIR {
  const hashes = Object.keys(ir.rules);
  const ports = ir.ports.map((port) => ({
    ...port,
    listeners: port.listeners.map((one, i) => {
      if (i !== listener % port.listeners.length) return one;
      const own = patterns.filter((pattern) => within(one.hostname ?? "*", pattern));
      const hostname = own[host % own.length] as string;
      const before = one.hosts.find((candidate) => candidate.hostname === hostname)?.rules ?? [];
      const hash = (add ? hashes : before)[rule % Math.max(1, add ? hashes.length : before.length)];
      const rest = before.filter((other) => other !== hash);
      const rules = add && hash !== undefined ? rest.toSpliced(rule % (rest.length + 1), 0, hash) : rest;
      const others = one.hosts.filter((candidate) => candidate.hostname !== hostname);
      return { ...one, hosts: rules.length === 0 ? others : [...others, { hostname, rules }] };
    }),
  }));
  return { ...ir, ports };
}

describe("match on the index", () => {
  test("decides as the specification's text does", () => {
    let hits = 0;
    let long = 0;
    const property = fc.property(gateway, fc.array(request, { minLength: 20, maxLength: 20 }), (ir, requests) => {
      const port = portOf(buildIndex(ir));
      if (port.listeners.some(({ hosts }) => hosts.some(hasLongList))) long++;
      for (const head of requests) {
        const expected = referenceMatch(ir, 80, head);
        assert.deepEqual(decide(port, requestOf(head)), expected);
        if (expected !== undefined) hits++;
      }
    });
    fc.assert(property, { numRuns: 1500 });
    assert.ok(hits > 10_000, `only ${hits} requests matched anything: the generator no longer tests much`);
    assert.ok(long > 100, `only ${long} gateways had a list that is looked through by header`);
  });

  test("decides the same whichever index came before, and leaves that one as it was", () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 8 });
    const requests = fc.array(request, { minLength: 15, maxLength: 15 });
    const property = fc.property(gateway, edits, requests, (first, changes, asked) => {
      const heads = asked.map(requestOf);
      let ir = first;
      let index = buildIndex(ir);
      for (const change of changes) {
        const before = { index, answers: heads.map((head) => decide(portOf(index), head)) };
        ir = edit(ir, change);
        index = buildIndex(ir, before.index);
        const fresh = portOf(buildIndex(ir));
        for (const [i, head] of heads.entries()) {
          assert.deepEqual(decide(portOf(index), head), decide(fresh, head));
          assert.deepEqual(decide(portOf(before.index), head), before.answers[i]);
        }
      }
    });
    fc.assert(property, { numRuns: 600 });
  });

  test("decides the same after an altogether different index", () => {
    const property = fc.property(gateway, gateway, fc.array(request, { minLength: 10 }), (before, ir, requests) => {
      const fresh = portOf(buildIndex(ir));
      const incremental = portOf(buildIndex(ir, buildIndex(before)));
      for (const head of requests.map(requestOf)) assert.deepEqual(decide(incremental, head), decide(fresh, head));
    });
    fc.assert(property, { numRuns: 200 });
  });

  test("agrees with the list of candidates and their mismatches", () => {
    const property = fc.property(gateway, fc.array(request, { minLength: 10 }), (ir, requests) => {
      const port = portOf(buildIndex(ir));
      for (const head of requests.map(requestOf)) {
        const first = candidatesOf(port, head.host).find((candidate) => mismatch(candidate, head) === undefined);
        assert.equal(match(port, head), first);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });
});
