import assert from "node:assert/strict";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ask, dev, gatewright, scratch } from "./gatewright.ts";

const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec:
  gatewayClassName: c
  listeners: [{ name: http, protocol: HTTP, port: 80 }]
`;
const route = (name: string, more = "") => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name} }
spec:
  parentRefs: [{ name: g }]
  rules: [{ ${more}backendRefs: [{ name: ${name}, port: 80 }] }]
`;

/** Checks one file, named bad.yaml, and expects exit code 1 with these lines. */
async function refused(t: TestContext, text: string, ...expected: RegExp[]): Promise<void> {
  const cwd = await scratch(t);
  await writeFile(join(cwd, "bad.yaml"), text);
  const { code, stdout, stderr } = await gatewright(["check", "bad.yaml"], { cwd });
  for (const line of expected) assert.match(stdout, line);
  assert.equal(code, 1, stdout + stderr);
  assert.doesNotMatch(stdout + stderr, /\n {4}at /, "no stack trace");
}

test("malformed YAML", (t) => refused(t, `${gateway}---\nkind: [\n`, /^bad\.yaml:8:\d+ {2}error GW1001/m));

test("a document of 10 MiB", (t) =>
  refused(t, `kind: ConfigMap\ndata: { a: ${"x".repeat(10 << 20)} }\n`, /^bad\.yaml:1:1 {2}error GW1002/m));

test("a YAML bomb", async (t) => {
  const levels = Array.from({ length: 30 }, (_, i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}, *l${i}, *l${i}]`);
  await refused(t, `kind: X\nl0: &l0 [a]\n${levels.join("\n")}\n`, /^bad\.yaml:\d+(:\d+)? {2}error GW1003/m);
});

test("nesting without end", (t) => refused(t, `a: ${"[".repeat(100_000)}`, /^bad\.yaml:1:\d+ {2}error GW100[13]/m));

test("an unknown kind", (t) =>
  refused(
    t,
    gateway.replace("kind: Gateway", "kind: Gatway"),
    /^bad\.yaml:2:\d+ {2}error GW1005 Gatway .*g kind: /m,
    /fix .*Gateway/,
  ));

test("an unknown field, and where it stands", (t) =>
  refused(
    t,
    gateway.replace("port: 80", "port: 80, prot: 81"),
    /^bad\.yaml:6:\d+ {2}error GW1101 Gateway (default\/)?g spec\.listeners\[0\]\.prot: /m,
  ));

test("no Kubernetes object", (t) => refused(t, "just: text\n", /^bad\.yaml:1:1 {2}error GW1004/m));

test("the same object twice in one source", (t) =>
  refused(
    t,
    `${gateway}---\n${gateway}`,
    /^bad\.yaml:10:\d+ {2}error GW1006 Gateway (default\/)?g metadata\.name: .*bad\.yaml:1/m,
  ));

test("a route to nowhere", async (t) => {
  const cwd = await scratch(t);
  await writeFile(join(cwd, "bad.yaml"), route("r"));
  const nowhere = /^bad\.yaml:5:\d+ {2}(\w+) GW2401 HTTPRoute default\/r(?: spec\.parentRefs\[0\])?: /m;
  const alone = await gatewright(["check", "bad.yaml"], { cwd });
  assert.equal(nowhere.exec(alone.stdout)?.[1], "note", "the Gateway may be declared elsewhere");
  assert.equal(alone.code, 0);
  const strict = await gatewright(["check", "--strict", "bad.yaml"], { cwd });
  assert.equal(nowhere.exec(strict.stdout)?.[1], "error");
  assert.equal(strict.code, 1);
  const wrongSection = `${gateway}---\n${route("r").replace("{ name: g }", "{ name: g, sectionName: tls }")}`;
  await refused(
    t,
    wrongSection,
    /^bad\.yaml:12:\d+ {2}error GW2403 HTTPRoute default\/r spec\.parentRefs\[0\]\.sectionName: /m,
  );
});

test("listeners in conflict", (t) =>
  refused(
    t,
    gateway.replace("port: 80 }", "port: 80 }, { name: raw, protocol: TCP, port: 80 }"),
    /^bad\.yaml:6:\d+ {2}error GW2203 Gateway default\/g spec\.listeners\[\d\]/m,
  ));

test("a module that throws, exports nothing, does not parse, or does not exist", async (t) => {
  const cwd = await scratch(t);
  const modules = {
    "throws.ts": "export default function () {\n  throw new Error('on purpose');\n}\n",
    "top.ts": "\nthrow new TypeError('at the top');\n",
    "empty.ts": "export const x = 1;\n",
    "syntax.ts": "export default function ( {\n",
  };
  for (const [name, text] of Object.entries(modules)) await writeFile(join(cwd, name), text);
  const expected = {
    "throws.ts": /^throws\.ts:2(:\d+)? {2}error GW1007: .*on purpose/m,
    "top.ts": /^top\.ts:2(:\d+)? {2}error GW1007: TypeError: at the top/m,
    "empty.ts": /^empty\.ts {2}error GW1007: .*default export/m,
    "syntax.ts": /^syntax\.ts(:\d+)*(:\d+)? {2}error GW1007: /m,
    "missing.ts": /^missing\.ts {2}error GW1008: .*no such file/m,
  };
  for (const [name, line] of Object.entries(expected)) {
    const { code, stdout, stderr } = await gatewright(["check", name], { cwd });
    assert.match(stdout, line);
    assert.equal(code, 1, stderr);
    assert.equal((await gatewright(["synth", name], { cwd })).stdout, "", "synth writes nothing");
  }
});

test("a construct in error is told by its path", async (t) => {
  const cwd = await scratch(t);
  await writeFile(
    join(cwd, "bad.ts"),
    `import { ClusterOperator, Gateway } from "gatewright";
export default function (scope: import("constructs").Construct) {
  const edge = new ClusterOperator(scope, "edge", { namespace: "edge" });
  new Gateway(edge, "external", { gatewayClassName: "c", listeners: [{ name: "http", protocol: "HTTP", port: 70_000 }] });
}
`,
  );
  const { code, stdout } = await gatewright(["check", "bad.ts"], { cwd });
  assert.match(
    stdout,
    /^edge\/external \(bad\.ts:4\) {2}error GW1106 Gateway edge\/external spec\.listeners\[0\]\.port: /m,
  );
  assert.equal(code, 1);
});

test("bad usage ends with 2", async () => {
  const wrong = [
    [],
    ["nonsense"],
    ["check"],
    ["check", "--only", "nothing", "x.yaml"],
    ["check", "-o", "xml", "x.yaml"],
    ["check", "--channel", "beta", "x.yaml"],
    ["synth", "--target", "terraform", "x.yaml"],
    ["dev", "--backend", "nonsense", "x.yaml"],
    ["dev", "--listen", "a/b:80=c", "x.yaml"],
    ["dev", "--admin", "9901", "x.yaml"],
    ["explain", "x.yaml"],
    ["check", ""],
    ["check", "--nothing\n::error::x", "x.yaml"],
    ["schema", "Gate\nway"],
    ["explain", "x.yaml", "--", "GET", "http://a\n.io/"],
    ["explain", "x.yaml", "--", "GET", "/no/host"],
    ["explain", "x.yaml", "--", "GET", "http://a.io/", "-H", "no colon"],
  ];
  for (const args of wrong) {
    const { code, stdout, stderr } = await gatewright(args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(stdout, "");
    assert.notEqual(stderr, "");
    assert.doesNotMatch(stderr, /\n {4}at /);
    assert.doesNotMatch(stderr, /^\s*(?:::error|way|\.io)/m, "a value stays in its line");
  }
});

test("names and values with line breaks, tabs and escapes forge no line", async (t) => {
  const cwd = await scratch(t);
  const file = "a\n::error file=x::y.yaml";
  const forged = JSON.stringify("g\nbad.yaml:1:1  error GW1001: forged\t\u202e\u001b[2J##[error]z");
  await writeFile(
    join(cwd, file),
    gateway.replace("name: g", `name: ${forged}`).replace("name: http", `name: ${forged}`),
  );
  const { code, stdout, stderr } = await gatewright(["check", file], { cwd });
  assert.equal(code, 1);
  assert.equal(stdout.match(/^a\\n::error file=x::y\.yaml:\d+:\d+ {2}error GW1105 /gm)?.length, 2, stdout);
  for (const line of stdout.trimEnd().split("\n")) assert.match(line, /^(?:a\\n::error file=x::y\.yaml:\d| {2}\w+ )/);
  assert.doesNotMatch(stdout + stderr, /[\t\u001b\u202e]|##\[/);
});

test("a port in use: another is taken, or if it was asked for, a finding; the rest is served", async (t) => {
  const taken = createServer();
  const port = await new Promise<number>((resolve) => {
    taken.listen(0, "127.0.0.1", () => resolve((taken.address() as { port: number }).port));
  });
  t.after(() => taken.close());
  const cwd = await scratch(t);
  await writeFile(join(cwd, "a.yaml"), `${gateway.replace("port: 80", `port: ${port}`)}---\n${route("r")}`);
  const moved = await dev(t, ["a.yaml"], { cwd });
  assert.notEqual(moved.address("default/g"), `http://127.0.0.1:${port}`);
  assert.equal((await ask(`${moved.address("default/g")}/`)).backend, "default/r:80");
  await moved.stop();

  await writeFile(
    join(cwd, "b.yaml"),
    `${gateway.replace("[{ name: http, protocol: HTTP, port: 80 }]", "[{ name: http, protocol: HTTP, port: 80 }, { name: two, protocol: HTTP, port: 81 }]")}---\n${route("r")}`,
  );
  const fixed = await dev(t, ["b.yaml", "--listen", `default/g:80=127.0.0.1:${port}`], { cwd });
  assert.match(
    fixed.stderr(),
    new RegExp(
      `error GW2202 Gateway default/g spec\\.listeners: .*another process[\\s\\S]*given {3}127\\.0\\.0\\.1:${port}`,
    ),
  );
  assert.equal((await ask(`${fixed.address("default/g", "two")}/`)).backend, "default/r:80");
  assert.ok(fixed.running);
});

test("an invalid change keeps what was good, object by object, until it is corrected", async (t) => {
  const cwd = await scratch(t);
  const file = join(cwd, "a.yaml");
  const good = `${gateway}---\n${route("one")}`;
  await writeFile(file, good);
  const served = await dev(t, ["a.yaml"], { cwd });
  const url = `${served.address("default/g")}/`;
  const backend = async () => (await ask(url)).backend;
  assert.equal(await backend(), "default/one:80");

  await writeFile(file, `${gateway}---\nkind: [\n`);
  await served.until("the finding", () => /a\.yaml:8:\d+ {2}error GW1001/.test(served.stderr()));
  assert.equal(await backend(), "default/one:80", "a malformed document");

  await writeFile(
    file,
    `${gateway}---\n${route("one").replace("port: 80", "port: 99999")}---\n${route("two", "matches: [{ path: { value: /two } }], ")}`,
  );
  await served.until("the finding", () => /error GW1106 HTTPRoute (default\/)?one/.test(served.stderr()));
  assert.equal(await backend(), "default/one:80", "an invalid object");
  assert.equal((await ask(`${url}two`)).backend, "default/two:80", "the valid one beside it is taken");

  await writeFile(file, `${gateway}---\n${route("three")}`);
  await served.until("the correction", async () => (await backend()) === "default/three:80");
  assert.equal((await ask(`${url}two`)).backend, "default/three:80", "what is gone is gone");
});

test("a source that vanishes and comes back", async (t) => {
  const cwd = await scratch(t);
  const file = join(cwd, "a.yaml");
  await writeFile(file, `${gateway}---\n${route("one")}`);
  const served = await dev(t, ["a.yaml"], { cwd });
  const url = `${served.address("default/g")}/`;
  await rename(file, `${file}.gone`);
  await served.until("the finding", () => /a\.yaml {2}error GW1008/.test(served.stderr()));
  assert.equal((await ask(url)).backend, "default/one:80");
  await writeFile(file, `${gateway}---\n${route("back")}`);
  await served.until("the new state", async () => (await ask(url)).backend === "default/back:80");
  assert.equal(await served.stop(), 0);
});

test("a module that breaks, by itself or by what it imports, and is mended", async (t) => {
  const cwd = await scratch(t);
  const program = (
    backend: string,
  ) => `import { ApplicationDeveloper, ClusterOperator, Gateway, HTTPRoute, service } from "gatewright";
import type { Construct } from "constructs";
import { port } from "./port";
export default function (scope: Construct) {
  const gateway = new Gateway(new ClusterOperator(scope, "edge", { namespace: "edge" }), "g", {
    gatewayClassName: "c",
    listeners: [{ name: "http", protocol: "HTTP", port: 80, allowedRoutes: { namespaces: { from: "All" } } }],
  });
  new HTTPRoute(new ApplicationDeveloper(scope, "app", { namespace: "app" }), "r", {
    parentRefs: [gateway],
    rules: [{ backendRefs: [service("${backend}", port)] }],
  });
}
`;
  await writeFile(join(cwd, "port.ts"), "export const port = 80;\n");
  await writeFile(join(cwd, "app.ts"), program("one"));
  const served = await dev(t, ["app.ts"], { cwd });
  const url = `${served.address("edge/g")}/`;
  assert.equal((await ask(url)).backend, "app/one:80");

  await writeFile(join(cwd, "port.ts"), "throw new Error('no port');\n");
  await served.until("the finding", () => /^port\.ts:1(:\d+)? {2}error GW1007: no port$/m.test(served.stderr()));
  assert.equal((await ask(url)).backend, "app/one:80");

  await writeFile(join(cwd, "port.ts"), "export const port = 81;\n");
  await served.until("the mended port", async () => (await ask(url)).backend === "app/one:81");
  await writeFile(join(cwd, "app.ts"), program("two"));
  await served.until("the new backend", async () => (await ask(url)).backend === "app/two:81");
});

test("dev without a readable source ends with 1, and lives on with one that is wrong", async (t) => {
  const cwd = await scratch(t);
  const missing = await gatewright(["dev", "missing.yaml"], { cwd });
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /missing\.yaml {2}error GW1008/);
  const file = join(cwd, "a.yaml");
  await writeFile(file, "kind: [\n");
  const served = await dev(t, ["a.yaml"], { cwd });
  assert.match(served.stderr(), /a\.yaml:1:\d+ {2}error GW1001/);
  await writeFile(file, `${gateway}---\n${route("one")}`);
  await served.until("the table", () => served.stdout().includes("default/g"));
  assert.equal((await ask(`${served.address("default/g")}/`)).backend, "default/one:80");
});

test("an empty directory and unreadable output are told", async (t) => {
  const cwd = await scratch(t);
  await mkdir(join(cwd, "empty"));
  const empty = await gatewright(["check", "empty"], { cwd });
  assert.equal(empty.code, 1);
  assert.match(empty.stdout, /^empty {2}error GW1008/m);
  await writeFile(join(cwd, "a.yaml"), gateway);
  const blocked = await gatewright(["synth", "a.yaml", "-d", "a.yaml/sub"], { cwd });
  assert.equal(blocked.code, 1);
  assert.match(blocked.stderr, /^error: /m);
  assert.doesNotMatch(blocked.stderr, /\n {4}at /);
  await rm(join(cwd, "empty"), { recursive: true });
});
