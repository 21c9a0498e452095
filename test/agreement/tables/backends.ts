import { type Case, type CaseTable, gateway, prefix, route, rule } from "../case.ts";

const mirror = (name: string, share = "") =>
  `{ type: RequestMirror, requestMirror: { backendRef: { name: ${name}, port: 80 }${share === "" ? "" : `, ${share}`} } }`;
const weighted = (...weights: readonly (readonly [name: string, weight: number])[]) =>
  `backendRefs: [${weights.map(([name, weight]) => `{ name: ${name}, port: 80, weight: ${weight} }`).join(", ")}]`;
const url = (path: string) => `http://acme.io${path}`;

const splits: CaseTable = {
  name: "splits",
  configuration:
    gateway() +
    route("r", [
      `{ matches: [${prefix("/nine-to-one")}], ${weighted(["a", 9], ["b", 1])} }`,
      `{ matches: [${prefix("/thirds")}], ${weighted(["a", 1], ["b", 1], ["c", 1])} }`,
      `{ matches: [${prefix("/off")}], ${weighted(["a", 0], ["b", 1])} }`,
      `{ matches: [${prefix("/twice")}], ${weighted(["a", 1], ["a", 1], ["b", 2])} }`,
      `{ matches: [${prefix("/zero")}], ${weighted(["a", 0])} }`,
      `{ matches: [${prefix("/nothing")}] }`,
      `{ matches: [${prefix("/kind")}], backendRefs: [{ group: x.io, kind: Pod, name: a, port: 80 }] }`,
      `{ matches: [${prefix("/elsewhere")}], backendRefs: [{ name: a, namespace: other, port: 80 }] }`,
    ]),
  cases: [
    {
      what: "nine to one",
      request: { url: url("/nine-to-one") },
      times: 20,
      expect: { split: { "default/a:80": 18, "default/b:80": 2 } },
    },
    {
      what: "thirds",
      request: { url: url("/thirds") },
      times: 6,
      expect: { split: { "default/a:80": 2, "default/b:80": 2, "default/c:80": 2 } },
    },
    {
      what: "a weight of zero takes nothing",
      request: { url: url("/off") },
      times: 4,
      expect: { split: { "default/b:80": 4 } },
    },
    {
      what: "one backend named twice has both weights",
      request: { url: url("/twice") },
      times: 8,
      expect: { split: { "default/a:80": 4, "default/b:80": 4 } },
    },
    ...["/zero", "/nothing", "/kind", "/elsewhere"].map(
      (path, index): Case => ({
        what: `${path} has nowhere to go`,
        request: { url: url(path) },
        expect: { status: 500, rule: `default/r#${4 + index}` },
      }),
    ),
  ],
};

const mirrors: CaseTable = {
  name: "mirrors",
  configuration:
    gateway() +
    route("r", [
      rule(prefix("/one"), "a", `filters: [${mirror("m")}]`),
      rule(prefix("/several"), "a", `filters: [${mirror("m")}, ${mirror("other")}]`),
      rule(prefix("/percent"), "a", `filters: [${mirror("m", "percent: 25")}]`),
      rule(prefix("/fraction"), "a", `filters: [${mirror("m", "fraction: { numerator: 2, denominator: 5 }")}]`),
      rule(prefix("/never"), "a", `filters: [${mirror("m", "percent: 0")}]`),
      `{ matches: [${prefix("/own")}], backendRefs: [{ name: a, port: 80, filters: [${mirror("m")}] }] }`,
      rule(
        prefix("/changed"),
        "a",
        `filters: [{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: x-set, value: new }] } }, ${mirror("m")}]`,
      ),
      `{ matches: [${prefix("/nowhere")}], filters: [${mirror("m")}], ${weighted(["a", 0])} }`,
    ]),
  cases: [
    {
      what: "none of what no backend gets",
      request: { url: url("/nowhere") },
      expect: { status: 500, mirrored: {} },
    },
    {
      what: "every request",
      request: { url: url("/one?x=1") },
      times: 3,
      expect: { backend: "default/a:80", mirrored: { "default/m:80": 3 } },
    },
    {
      what: "a body too",
      request: { url: url("/one"), method: "POST", body: "hello" },
      expect: { mirrored: { "default/m:80": 1 } },
    },
    {
      what: "several mirrors",
      request: { url: url("/several") },
      times: 2,
      expect: { mirrored: { "default/m:80": 2, "default/other:80": 2 } },
    },
    {
      what: "a quarter of the requests",
      request: { url: url("/percent") },
      times: 8,
      expect: { mirrored: { "default/m:80": 2 } },
    },
    {
      what: "two of five",
      request: { url: url("/fraction") },
      times: 10,
      expect: { mirrored: { "default/m:80": 4 } },
    },
    { what: "none of a hundred", request: { url: url("/never") }, times: 3, expect: { mirrored: {} } },
    {
      what: "by a filter of the backend",
      request: { url: url("/own") },
      expect: { mirrored: { "default/m:80": 1 } },
    },
    {
      what: "of a request that is changed",
      request: { url: url("/changed"), headers: { "x-set": "old" } },
      expect: { mirrored: { "default/m:80": 1 }, forwarded: { headers: { "x-set": "new" } } },
    },
  ],
};

const behaves = (path: string, behaviour: string, more: Partial<Case["request"]> = {}): Case["request"] => ({
  url: url(path),
  ...more,
  headers: { "x-behave": behaviour },
});

const failing: CaseTable = {
  name: "timeouts and retries",
  configuration:
    gateway() +
    route("r", [
      rule(prefix("/request"), "a", "timeouts: { request: 100ms }"),
      rule(prefix("/backend"), "a", "timeouts: { request: 10s, backendRequest: 100ms }"),
      rule(prefix("/patient"), "a", "timeouts: { request: 10s }"),
      rule(prefix("/retry"), "a", "retry: { codes: [503], attempts: 2, backoff: 1ms }"),
      rule(
        prefix("/limited"),
        "a",
        "retry: { codes: [504], attempts: 1, backoff: 1ms }, timeouts: { request: 10s, backendRequest: 100ms }",
      ),
    ]),
  cases: [
    {
      what: "a backend that is silent for longer than the request may take",
      request: behaves("/request", "silent"),
      expect: { rule: "default/r#0", onWire: { status: 504, attempts: 1 } },
    },
    {
      what: "a backend that is silent for longer than an attempt may take",
      request: behaves("/backend", "silent"),
      expect: { rule: "default/r#1", onWire: { status: 504, attempts: 1 } },
    },
    { what: "a backend in time", request: { url: url("/patient") }, expect: { onWire: { attempts: 1 } } },
    {
      what: "a status that is tried again, until it is well",
      request: behaves("/retry", "fail 503 2"),
      expect: { onWire: { status: 200, attempts: 3 } },
    },
    {
      what: "a status that is tried again, as often as it may",
      request: behaves("/retry", "fail 503 9"),
      expect: { onWire: { status: 503, attempts: 3 } },
    },
    {
      what: "a status that is not listed",
      request: behaves("/retry", "fail 500 9"),
      expect: { onWire: { status: 500, attempts: 1 } },
    },
    {
      what: "a body is sent again",
      request: behaves("/retry", "fail 503 1", { method: "POST", body: "hello" }),
      expect: { onWire: { status: 200, attempts: 2 } },
    },
    {
      what: "a connection that breaks under an idempotent request",
      request: behaves("/retry", "break 1"),
      expect: { onWire: { status: 200, attempts: 2 } },
    },
    {
      what: "a connection that breaks under another",
      request: behaves("/retry", "break 1", { method: "POST", body: "x" }),
      expect: { onWire: { status: 502, attempts: 1 } },
    },
    {
      what: "a response that is late, and then in time",
      request: behaves("/limited", "silent 1"),
      expect: { onWire: { status: 200, attempts: 2 } },
    },
  ],
};

export const backends: readonly CaseTable[] = [splits, mirrors, failing];
