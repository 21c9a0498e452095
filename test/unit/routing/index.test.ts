import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { buildIndex } from "../../../lib/routing/index/build.ts";
import { HostTable } from "../../../lib/routing/index/hosts.ts";
import type { GatewayIndex } from "../../../lib/routing/index/model.ts";
import { compilePattern } from "../../../lib/routing/index/pattern.ts";
import { PrefixTable } from "../../../lib/routing/index/prefixes.ts";
import type { RuleIR } from "../../../lib/routing/ir.ts";
import { match } from "../../../lib/routing/match.ts";
import { pick } from "../../../lib/routing/split.ts";
import { gatewayOf, matchOf, requestOf, ruleOf } from "./samples.ts";

describe("buildIndex", () => {
  test("reports what can never match, with its place, and goes on", () => {
    const rule = ruleOf("store", [
      matchOf({ regex: "/a(" }),
      matchOf({ exact: "/a%00" }),
      matchOf({ prefix: "/a?b" }),
      matchOf({ headers: [{ name: "h", type: "RegularExpression", value: "*" }] }),
      matchOf({ queryParams: [{ name: "q", type: "RegularExpression", value: "(?=a)" }] }),
      matchOf({ prefix: "/good" }),
    ]);
    const index = buildIndex(gatewayOf([{ name: "http", hosts: [["*", [rule]]] }]));
    assert.deepEqual(
      index.problems.map(({ field, given }) => [field, given]),
      [
        ["spec.rules[0].matches[0].path.value", "/a("],
        ["spec.rules[0].matches[1].path.value", "/a%00"],
        ["spec.rules[0].matches[2].path.value", "/a?b"],
        ["spec.rules[0].matches[3].headers[0].value", "*"],
        ["spec.rules[0].matches[4].queryParams[0].value", "(?=a)"],
      ],
    );
    assert.ok(index.problems.every(({ message, route }) => message !== "" && route.name === "store"));
    const port = index.ports.get(80);
    assert.ok(port);
    assert.equal(match(port, requestOf({ path: "/good" }))?.matchIndex, 5);
    assert.equal(match(port, requestOf({ path: "/a" })), undefined);
    assert.equal(match(port, requestOf({ headers: { h: "*" }, query: "q=(?=a)" })), undefined);
  });

  test("compiles a rule once, with its split", () => {
    const backends = [3, 0, 1].map((weight) => ({ weight, target: { backend: "a/b:80" }, filters: [] }));
    const rule = ruleOf("store", [matchOf()], { backends });
    const hosts = ["a.acme.io", "b.acme.io"].map((hostname) => [hostname, [rule]] as const);
    const index = buildIndex(gatewayOf([{ name: "http", hosts }]));
    assert.equal(index.rules.size, 1);
    const [first, second] = ["a.acme.io", "b.acme.io"].map((host) => decide(index, host)?.rule);
    assert.equal(first, second);
    assert.ok(first);
    assert.deepEqual([0, 1, 2, 3].map((n) => pick(first.split, n)).sort(), [0, 0, 0, 2]);
  });

  test("ignores a rule that the IR lists but does not hold", () => {
    const ir = gatewayOf([{ name: "http", hosts: [["*", [ruleOf("store", [matchOf()])]]] }]);
    assert.equal(decide(buildIndex({ ...ir, rules: {} }), "acme.io"), undefined);
  });

  test("leaves UDP ports out, whose number a TCP port may have", () => {
    const ir = gatewayOf([{ name: "http", hosts: [["*", [ruleOf("store", [matchOf()])]]] }]);
    const index = buildIndex({ ...ir, ports: [...ir.ports, { port: 80, protocol: "UDP", listeners: [] }] });
    assert.equal(index.ports.get(80)?.protocol, "HTTP");
  });
});

describe("buildIndex after a change", () => {
  const rules = Array.from({ length: 40 }, (_, i) => ruleOf(`route-${i}`, [matchOf({ prefix: `/p${i}` })]));
  const changed = { ...(rules[3] as RuleIR), timeouts: { request: 5 } };
  const hostsOf = (list: readonly RuleIR[]) => list.map((rule) => [`${rule.route.name}.acme.io`, [rule]] as const);

  test("takes over every host but the changed one", () => {
    const before = buildIndex(gatewayOf([{ name: "http", hosts: hostsOf(rules) }]));
    const after = buildIndex(gatewayOf([{ name: "http", hosts: hostsOf(rules.with(3, changed)) }]), before);
    const [old, now] = [before, after].map((index) => index.ports.get(80)?.listeners[0]?.hosts ?? []);
    assert.deepEqual(
      now?.map((host, i) => host === old?.[i]),
      rules.map((_, i) => i !== 3),
    );
    assert.equal(decide(after, "route-3.acme.io", "/p3")?.rule.ir.timeouts?.request, 5);
    assert.equal(decide(before, "route-3.acme.io", "/p3")?.rule.ir.timeouts, undefined);
  });

  test("takes over what it knows of the other rules of a host", () => {
    const before = buildIndex(gatewayOf([{ name: "http", hosts: [["*", rules]] }]));
    const after = buildIndex(gatewayOf([{ name: "http", hosts: [["*", rules.with(3, changed)]] }]), before);
    assert.equal(decide(after, "acme.io", "/p4"), decide(before, "acme.io", "/p4"));
    assert.equal(decide(after, "acme.io", "/p3")?.rule.ir.timeouts?.request, 5);
  });

  test("takes over the whole port when nothing changed, whatever the identity of the IR", () => {
    const ir = () => gatewayOf([{ name: "http", hostname: "*.acme.io", hosts: hostsOf(rules) }]);
    const before = buildIndex(ir());
    assert.equal(buildIndex(ir(), before).ports.get(80), before.ports.get(80));
  });

  test("keeps the order of a hostname's entries, even if nothing else changed", () => {
    const ir = (...list: RuleIR[]) => gatewayOf([{ name: "http", hosts: list.map((rule) => ["*", [rule]] as const) }]);
    const [first, second] = ["first", "second"].map((name) => ruleOf(name, [matchOf()])) as [RuleIR, RuleIR];
    const before = buildIndex(ir(first, second));
    assert.equal(decide(before, "acme.io")?.rule.ir.route.name, "first");
    assert.equal(decide(buildIndex(ir(second, first), before), "acme.io")?.rule.ir.route.name, "second");
  });

  test("does not take over the hosts of a listener whose hostname changed", () => {
    const ir = (hostname: string) => gatewayOf([{ name: "http", hostname, hosts: hostsOf(rules) }]);
    const after = buildIndex(ir("route-1.acme.io"), buildIndex(ir("*.acme.io")));
    assert.equal(decide(after, "route-1.acme.io", "/p1")?.listener.hostname, "route-1.acme.io");
  });

  function decide(index: GatewayIndex, host: string, path = "/") {
    const port = index.ports.get(80);
    return port && match(port, requestOf({ host, path }));
  }
});

function decide(index: GatewayIndex, host: string) {
  const port = index.ports.get(80);
  return port && match(port, requestOf({ host }));
}

describe("HostTable", () => {
  test("finds the longest of thousands of wildcards", () => {
    const names = Array.from({ length: 5000 }, (_, i) => `*.t${i}.acme.io`);
    const table = new HostTable([...names, "*.acme.io", "t7.acme.io"].map((name) => [name, name]));
    for (const name of names) assert.equal(table.find(name.replace("*", "a.b")), name);
    assert.equal(table.find("t8.acme.io"), "*.acme.io");
    assert.equal(table.find("t7.acme.io"), "t7.acme.io");
    assert.equal(table.find("acme.io"), undefined);
    assert.deepEqual(table.covering("x.t9.acme.io"), ["*.t9.acme.io", "*.acme.io"]);
    assert.equal(table.at("*.t9.acme.io"), "*.t9.acme.io");
    assert.equal(table.at("x.t9.acme.io"), undefined);
    assert.equal(table.at("*"), undefined);
  });
});

describe("PrefixTable", () => {
  test("finds the longest of thousands of prefixes, and the shorter ones behind it", () => {
    const prefixes = Array.from({ length: 5000 }, (_, i) => `/p${i % 70}/q${i}`);
    const table = new PrefixTable([...prefixes, "", "/p1", "/p1/q1/r/s"].map((prefix) => [prefix, prefix]));
    const chain = (path: string) => {
      const found: string[] = [];
      for (let entry = table.find(path); entry !== undefined; entry = table.shorter(entry)) found.push(entry.value);
      return found;
    };
    for (const prefix of prefixes) assert.equal(table.find(`${prefix}/r`)?.value, prefix);
    assert.deepEqual(chain("/p1/q1/r/s/t"), ["/p1/q1/r/s", "/p1/q1", "/p1", ""]);
    assert.deepEqual(chain("/p1/q1/r"), ["/p1/q1", "/p1", ""]);
    assert.deepEqual(chain("/p1/q"), ["/p1", ""]);
    assert.deepEqual(chain("/p"), [""]);
  });
});

test("tables stay right through any changes, and the one they start from stays as it was", () => {
  const label = fc.constantFrom("a", "b", "c", "ab", "ba");
  const labels = fc.array(label, { maxLength: 4 });
  const changes = fc.array(fc.tuple(labels, fc.boolean()), { maxLength: 60 });
  const property = fc.property(changes, changes, fc.array(labels, { minLength: 10 }), (first, then, asked) => {
    const apply = (names: Map<string, string>, list: typeof first, write: (labels: string[]) => string) =>
      new Map([...names, ...list.map(([name, keep]) => [write(name), keep ? write(name) : ""] as const)]);
    const changed = (names: ReadonlyMap<string, string>) =>
      [...names].map(([name, value]) => [name, value || undefined] as const);
    const prefixOf = (name: string[]) => name.map((part) => `/${part}`).join("");
    const hostOf = (name: string[]) => ["*", ...name].join(".");
    const [prefixes, hosts] = [apply(new Map(), first, (name) => `${prefixOf(name)}`), apply(new Map(), first, hostOf)];
    prefixes.delete(""); // its value would count as none here
    const [paths, names] = [new PrefixTable(changed(prefixes)), new HostTable(changed(hosts))];
    const [morePrefixes, moreHosts] = [apply(new Map(), then, prefixOf), apply(new Map(), then, hostOf)];
    morePrefixes.delete("");
    const tables = [
      { paths, names, prefixes, hosts },
      {
        paths: new PrefixTable(changed(morePrefixes), paths),
        names: new HostTable(changed(moreHosts), names),
        prefixes: new Map([...prefixes, ...morePrefixes]),
        hosts: new Map([...hosts, ...moreHosts]),
      },
    ];
    for (const table of tables) {
      for (const name of asked) {
        const [path, host] = [`${prefixOf(name)}/x`, ["x", ...name].join(".")];
        const ancestors = name.map((_, i) => i);
        const longest = ancestors
          .map((i) => prefixOf(name.slice(0, name.length - i)))
          .find((prefix) => table.prefixes.get(prefix));
        assert.equal(table.paths.find(path)?.value, longest);
        const covering = [...ancestors, name.length]
          .map((i) => hostOf(name.slice(i)))
          .filter((pattern) => table.hosts.get(pattern));
        assert.deepEqual(table.names.covering(host), covering);
      }
      assert.deepEqual(
        table.paths.values().sort(),
        [...table.prefixes.values()].filter((prefix) => prefix !== "").sort(),
      );
    }
  });
  fc.assert(property, { numRuns: 500 });
});

describe("compilePattern", () => {
  test("says why an expression does not compile", () => {
    for (const source of ["(", "[a", "*", "(?=a)", "\\1", "a{1001}"]) {
      const compiled = compilePattern(source);
      assert.ok("error" in compiled && compiled.error.length > 5, source);
    }
  });

  test("runs in linear time", () => {
    const compiled = compilePattern("(a+)+(b|a*)*c");
    assert.ok("pattern" in compiled);
    const start = performance.now();
    assert.equal(compiled.pattern.matches("a".repeat(20_000)), false);
    assert.ok(performance.now() - start < 2000);
  });
});
