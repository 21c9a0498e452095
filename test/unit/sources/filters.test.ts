import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import type { Finding } from "../../../lib/findings/finding.ts";
import { loadFilters } from "../../../proxy/sources/load-filters.ts";
import { readFilterModule, readModule } from "../../../proxy/sources/module.ts";
import { openSources } from "../../../proxy/sources/open.ts";
import { objectsOf, workspace } from "./workspace.ts";

const at = workspace();
const read = (name: string) => readModule(at.path(name), objectsOf, name);
const keys = (kinds: readonly { readonly group: string; readonly kind: string }[] = []) =>
  kinds.map(({ group, kind }) => `${group}/${kind}`);
const told = (findings: readonly Finding[]) => findings.map(({ code, message }) => `${code} ${message}`);

const define = (kind: string) => `defineFilter({ group: "acme.io", kind: "${kind}", request: () => undefined })`;

test("a program registers filters by exporting them, from TypeScript, ESM and CommonJS", async () => {
  await at.write({
    "program.ts": `import { defineFilter } from "gatewright/filters";\nimport { second } from "./second";\nexport const filters = [${define("First")}, second];\nexport default () => ["a"];\n`,
    "second.ts": `import { defineFilter } from "gatewright/filters";\nexport const second = ${define("Second")};\n`,
    "program.mjs": `import { defineFilter } from "gatewright/filters";\nexport const filters = [${define("First")}];\nexport default () => ["a"];\n`,
    "program.cjs": `const { defineFilter } = require("gatewright/filters");\nmodule.exports = () => ["a"];\nmodule.exports.filters = [${define("First")}];\n`,
    "none.ts": `export default () => ["a"];\n`,
  });
  for (const [name, expected] of Object.entries({
    "program.ts": ["acme.io/First", "acme.io/Second"],
    "program.mjs": ["acme.io/First"],
    "program.cjs": ["acme.io/First"],
  })) {
    const { declared, findings, filters } = await read(name);
    assert.deepEqual([declared.length, told(findings), keys(filters?.kinds)], [1, [], expected], name);
    assert.equal(filters?.path, at.path(name));
  }
  assert.equal((await read("none.ts")).filters, undefined);
});

test("the version of the filters follows the text of the module and of what it imports, nothing else", async () => {
  const files = {
    "versioned.ts": `import { defineFilter } from "gatewright/filters";\nimport { kind } from "./kind";\nexport const filters = [defineFilter({ group: "acme.io", kind, request() {} })];\nexport default () => ["a"];\n`,
    "kind.ts": `export const kind = "One";\n`,
  };
  await at.write(files);
  const first = (await read("versioned.ts")).filters;
  assert.equal((await read("versioned.ts")).filters?.version, first?.version);
  await at.write({ "kind.ts": `export const kind = "Two";\n` });
  const second = (await read("versioned.ts")).filters;
  assert.deepEqual(keys(second?.kinds), ["acme.io/Two"]);
  assert.notEqual(second?.version, first?.version);
  await at.write(files);
  assert.equal((await read("versioned.ts")).filters?.version, first?.version);
});

for (const [what, source, message] of [
  ["is no list", "export const filters = { a: 1 };", "filters is no list"],
  ["holds something else", "export const filters = [{ group: 'acme.io' }];", "filters[0] was not made by defineFilter"],
  [
    "has two filters of one kind",
    `import { defineFilter } from "gatewright/filters";\nexport const filters = [${define("One")}, ${define("One")}];`,
    "filters[1] is a second filter for acme.io/One",
  ],
] as const) {
  test(`a list of filters that ${what} is a finding, and the program is run all the same`, async () => {
    await at.write({ "wrong.ts": `${source}\nexport default () => ["a"];\n` });
    const { declared, findings, filters } = await read("wrong.ts");
    assert.deepEqual([declared.length, told(findings), filters], [1, [`GW1010 ${message}`], undefined]);
  });
}

test("a wrong definition is told at its place", async () => {
  await at.write({
    "definition.ts": `import { defineFilter } from "gatewright/filters";\n\nexport const filters = [defineFilter({ group: "acme", kind: "A", request() {} })];\n`,
  });
  const { findings } = await readFilterModule(at.path("definition.ts"), "definition.ts");
  assert.match(told(findings)[0] ?? "", /^GW1007 TypeError: defineFilter of acme\/A: group "acme" is no API group/);
  assert.deepEqual(findings[0]?.origin && "line" in findings[0].origin ? findings[0].origin.line : 0, 3);
});

test("a module of --filters need not be a program, and must have filters", async () => {
  await at.write({
    "only.ts": `import { defineFilter } from "gatewright/filters";\nexport const filters = [${define("Only")}];\n`,
    "program.ts": `import { defineFilter } from "gatewright/filters";\nexport const filters = [${define("Both")}];\nexport default () => { throw new Error("not run"); };\n`,
    "without.ts": "export const a = 1;\n",
    "manifest.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n",
  });
  assert.deepEqual(told((await readFilterModule(at.path("without.ts"))).findings), [
    "GW1010 The module exports no filters",
  ]);
  const filters = [at.path("only.ts"), at.path("program.ts")];
  const sources = await openSources([at.path("manifest.yaml"), at.path("program.ts")], { objectsOf, filters });
  const contents = sources.current();
  assert.deepEqual(
    contents.map((content) => keys(content.filters?.kinds)),
    [[], ["acme.io/Both"], ["acme.io/Only"], ["acme.io/Both"]],
  );
  assert.equal(new Set(contents.map(({ name }) => name)).size, 4, "the same module in two roles is two sources");
});

test("a worker thread loads the same filters by itself", async (t) => {
  await at.write({
    "posted.ts": `import { defineFilter } from "gatewright/filters";\nexport const filters = [${define("Posted")}];\n`,
  });
  const loader = new URL("../../../proxy/sources/load-filters.ts", import.meta.url).href;
  const worker = new Worker(
    `const { parentPort, workerData } = require("node:worker_threads");
    import(${JSON.stringify(loader)}).then(async ({ loadFilters }) => {
      const { kinds } = await loadFilters(workerData);
      parentPort.postMessage([...kinds].map(([key, { request }]) => [key, typeof request]));
    });`,
    { eval: true, workerData: [{ path: at.path("posted.ts"), version: "1" }] },
  );
  t.after(() => worker.terminate());
  assert.deepEqual((await once(worker, "message"))[0], [["acme.io/Posted", "function"]]);
});

test("modules that are loaded for another thread win in their order", async () => {
  await at.write({
    "one.ts": `import { defineFilter } from "gatewright/filters";\nexport const filters = [${define("One")}, ${define("Two")}];\n`,
    "two.ts": `import { defineFilter } from "gatewright/filters";\nexport const filters = [defineFilter({ group: "acme.io", kind: "Two", response() {} })];\n`,
  });
  const { kinds, findings } = await loadFilters([{ path: at.path("one.ts") }, { path: at.path("two.ts") }]);
  assert.deepEqual([[...kinds.keys()], findings], [["acme.io/One", "acme.io/Two"], []]);
  assert.equal(kinds.get("acme.io/Two")?.request, undefined, "the later module's");
  const missing = await loadFilters([{ path: at.path("gone.ts") }]);
  assert.deepEqual([missing.kinds.size, missing.findings.map(({ code }) => code)], [0, ["GW1007"]]);
});
