/**
 * Measures routing at scale, in nanoseconds per decision, by family of rules and number of routes: for the first and
 * the last route, for routes spread over all of them, and for a request that no rule matches. The cases run in one
 * process and take turns (A B C … A B C …), so that drift of the machine affects all of them alike. The ratios are
 * significant, not the absolute values. It also measures building the index, and rebuilding it after a change of one
 * route.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildIndex } from "../lib/routing/index/build.ts";
import type { PortIndex, RequestHead } from "../lib/routing/index/model.ts";
import type { GatewayIR, HostIR, MatchIR, RuleIR } from "../lib/routing/ir.ts";
import { match } from "../lib/routing/match.ts";
import { summarize } from "./harness/statistics.ts";

const rounds = Number(process.env.BENCH_ROUNDS ?? 15);
const decisions = Number(process.env.BENCH_DECISIONS ?? 100_000);
const counts = [1, 1_000, 10_000];

/** A family of rules: the property that distinguishes the i-th route, and a request that only this route matches. */
interface Family {
  readonly hostname: (i: number) => string;
  readonly match: (i: number) => Partial<MatchIR>;
  readonly request: (i: number) => { readonly host?: string; readonly path?: string; readonly tenant?: string };
}

/** All numbers have the same length, so that the first and the last route differ in nothing else. */
const number = (i: number) => i.toString().padStart(5, "0");

const families: Readonly<Record<string, Family>> = {
  hosts: {
    hostname: (i) => `tenant-${number(i)}.acme.io`,
    match: () => ({}),
    request: (i) => ({ host: `tenant-${number(i)}.acme.io` }),
  },
  wildcards: {
    hostname: (i) => `*.tenant-${number(i)}.acme.io`,
    match: () => ({}),
    request: (i) => ({ host: `www.tenant-${number(i)}.acme.io` }),
  },
  exact: {
    hostname: () => "acme.io",
    match: (i) => ({ path: { type: "Exact", value: `/store/item-${number(i)}` } }),
    request: (i) => ({ path: `/store/item-${number(i)}` }),
  },
  prefixes: {
    hostname: () => "acme.io",
    match: (i) => ({ path: { type: "PathPrefix", value: `/store/item-${number(i)}` } }),
    request: (i) => ({ path: `/store/item-${number(i)}/reviews/latest` }),
  },
  headers: {
    hostname: () => "acme.io",
    match: (i) => ({ headers: [{ name: "x-tenant", type: "Exact", value: `tenant-${number(i)}` }] }),
    request: (i) => ({ tenant: `tenant-${number(i)}` }),
  },
};

function ruleOf(family: Family, i: number): RuleIR {
  const path = { type: "PathPrefix", value: "/" } as const;
  return {
    id: `HTTPRoute/bench/route-${i}/rules/0`,
    route: { kind: "HTTPRoute", namespace: "bench", name: `route-${i}` },
    index: 0,
    matches: [{ path, headers: [], queryParams: [], ...family.match(i) }],
    filters: [],
    backends: [{ weight: 1, target: { backend: `bench/service-${i}:8080` }, filters: [] }],
  };
}

function gatewayOf(family: Family, count: number): GatewayIR {
  const rules: Record<string, RuleIR> = {};
  const hosts = new Map<string, string[]>();
  for (let i = 0; i < count; i++) {
    const hash = i.toString(16).padStart(16, "0");
    rules[hash] = ruleOf(family, i);
    const hostname = family.hostname(i);
    const filed = hosts.get(hostname);
    if (filed === undefined) hosts.set(hostname, [hash]);
    else filed.push(hash);
  }
  const list = Array.from(hosts, ([hostname, hashes]): HostIR => ({ hostname, rules: hashes }));
  const parent = { kind: "Gateway", namespace: "bench", name: "bench" } as const;
  const listeners = [{ name: "http", parent, hosts: list }];
  return {
    version: 1,
    gateway: { namespace: "bench", name: "bench" },
    ports: [{ port: 80, protocol: "HTTP", listeners }],
    rules,
    backends: {},
  };
}

function headOf({ host = "acme.io", path = "/", tenant }: ReturnType<Family["request"]>): RequestHead {
  const headers = new Map([
    ["host", host],
    ["accept", "*/*"],
    ["user-agent", "bench"],
  ]);
  if (tenant !== undefined) headers.set("x-tenant", tenant);
  return { method: "GET", host, path, query: "", header: (name) => headers.get(name) };
}

interface Case {
  readonly family: string;
  readonly routes: number;
  readonly which: "first" | "last" | "spread";
  readonly port: PortIndex;
  readonly requests: readonly RequestHead[];
  readonly samples: number[];
}

/** Returns 64 requests. `spread` picks routes from all positions in an order that a prefetcher cannot guess. */
function requestsOf(family: Family, routes: number, which: Case["which"]): RequestHead[] {
  const positions = Array.from({ length: 64 }, (_, i) =>
    which === "first" ? 0 : which === "last" ? routes - 1 : Math.floor((((i * 37) % 64) / 64) * routes),
  );
  return positions.map((position) => headOf(family.request(position)));
}

function casesOf(name: string, family: Family): Case[] {
  return counts.flatMap((routes) => {
    const port = buildIndex(gatewayOf(family, routes)).ports.get(80);
    if (port === undefined) throw new Error("the index has no port 80");
    return (["first", "last", "spread"] as const).map((which) => {
      const requests = requestsOf(family, routes, which);
      return { family: name, routes, which, port, requests, samples: [] };
    });
  });
}

/** Returns nanoseconds per decision. Every decision must find a rule, so that the compiler cannot optimize it away. */
function measure({ port, requests }: Case): number {
  let found = 0;
  const start = process.hrtime.bigint();
  for (let i = 0; i < decisions; i++) if (match(port, requests[i & 63] as RequestHead) !== undefined) found++;
  const elapsed = Number(process.hrtime.bigint() - start);
  if (found !== decisions) throw new Error(`only ${found} of ${decisions} requests matched`);
  return elapsed / decisions;
}

/** Returns the milliseconds for building an index, and for rebuilding it after one rule has changed. */
function measureBuilds(family: Family, routes: number): { full: number; change: number } {
  const before = gatewayOf(family, routes);
  const full: number[] = [];
  const change: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const changed = Math.floor(routes / 2);
    const hash = changed.toString(16).padStart(16, "0");
    const other = `f${hash.slice(1)}`;
    const { [hash]: rule, ...rest } = before.rules;
    if (rule === undefined) throw new Error("no rule to change");
    const listener = before.ports[0]?.listeners[0];
    const hosts = listener?.hosts.map(({ hostname, rules }) => ({
      hostname,
      rules: rules.map((known) => (known === hash ? other : known)),
    }));
    const after = {
      ...before,
      rules: { ...rest, [other]: { ...rule, filters: [] } },
      ports: [{ port: 80, protocol: "HTTP", listeners: [{ ...listener, hosts }] }],
    } as GatewayIR;
    let start = performance.now();
    const index = buildIndex(before);
    full.push(performance.now() - start);
    start = performance.now();
    buildIndex(after, index);
    change.push(performance.now() - start);
  }
  return { full: summarize(full).median, change: summarize(change).median };
}

const wanted = process.argv.slice(2);
const chosen = Object.entries(families).filter(([name]) => wanted.length === 0 || wanted.includes(name));
if (chosen.length === 0) {
  console.error(`bench match: no such family; there are ${Object.keys(families).join(", ")}`);
  process.exit(2);
}

const cases = chosen.flatMap(([name, family]) => casesOf(name, family));
for (const sample of cases) measure(sample); // warm-up: lets the compiler optimize
for (let round = 0; round < rounds; round++) for (const sample of cases) sample.samples.push(measure(sample));

const best = (family: string, routes: number, which: Case["which"]) =>
  summarize(cases.find((c) => c.family === family && c.routes === routes && c.which === which)?.samples ?? []).min;
const rows = chosen.flatMap(([family, definition]) =>
  counts.map((routes) => {
    const [first, last, spread] = [
      best(family, routes, "first"),
      best(family, routes, "last"),
      best(family, routes, "spread"),
    ];
    const { full, change } = measureBuilds(definition, routes);
    return {
      family,
      routes,
      first,
      last,
      spread,
      lastToFirst: last / first,
      toOne: last / best(family, 1, "last"),
      full,
      change,
    };
  }),
);

const lines = [
  "| family | routes | first ns | last ns | spread ns | last / first | last / last of 1 | build ms | one change ms |",
  "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
  ...rows.map(
    (row) =>
      `| ${row.family} | ${row.routes} | ${row.first.toFixed(0)} | ${row.last.toFixed(0)} | ${row.spread.toFixed(0)} | ` +
      `${row.lastToFirst.toFixed(2)} | ${row.toOne.toFixed(2)} | ${row.full.toFixed(2)} | ${row.change.toFixed(2)} |`,
  ),
];
const title = "Routing decisions: nanoseconds by family of rules and number of routes (best round)";
const folder = fileURLToPath(new URL("results", import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/match.json`, `${JSON.stringify({ title, rounds, decisions, rows }, null, 2)}\n`);
writeFileSync(`${folder}/match.md`, `# ${title}\n\n${lines.join("\n")}\n`);
console.log(lines.join("\n"));
