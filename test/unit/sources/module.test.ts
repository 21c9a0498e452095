import assert from "node:assert/strict";
import { test } from "node:test";
import { readModule } from "../../../proxy/sources/module.ts";
import { objectsOf, workspace } from "./workspace.ts";

const at = workspace();
const read = (name: string) => readModule(at.path(name), objectsOf, name);

async function names(name: string): Promise<readonly string[]> {
  const { declared, findings } = await read(name);
  assert.deepEqual(findings, []);
  return declared.map(({ object }) => object.metadata.name);
}

test("a module's imports may lack their extension, or have that of the compiled file", async () => {
  await at.write({
    "acme.ts": `import { edge } from "./edge.js"; import { store } from "./store"; import { shop } from "./shop.ts";\nexport default (scope: object): string[] => [edge, store, shop];\n`,
    "edge.ts": `export const edge: string = "edge";`,
    "store.ts": `export const store = "store" satisfies string;`,
    "shop.ts": `export enum Shop { A = "shop" }\nexport const shop = Shop.A;`,
  });
  assert.deepEqual(await names("acme.ts"), ["edge", "store", "shop"]);
  const { files } = await read("acme.ts");
  assert.deepEqual(files.map((file) => file.slice(at.root.length + 1)).sort(), [
    "acme.ts",
    "edge.ts",
    "shop.ts",
    "store.ts",
  ]);
});

test("ESM, CommonJS and both kinds of package are loaded", async () => {
  await at.write({
    "a.mjs": `import { n } from "./n.mjs"; export default () => [n];`,
    "n.mjs": `export const n = "n";`,
    "b.cjs": `const { m } = require("./m.cjs"); module.exports = () => [m];`,
    "m.cjs": `exports.m = "m";`,
    "c.cts": `const m = require("./m.cjs"); exports.default = () => [m.m as string];`,
    "esm/package.json": `{"type": "module"}`,
    "esm/index.js": `import { n } from "../n.mjs"; export default function () { return [n, import.meta.url.slice(-8)]; }`,
    "cjs/package.json": `{"type": "commonjs"}`,
    "cjs/index.js": `module.exports = function () { return [require("../m.cjs").m]; };`,
  });
  assert.deepEqual(await names("a.mjs"), ["n"]);
  assert.deepEqual(await names("b.cjs"), ["m"]);
  assert.deepEqual(await names("c.cts"), ["m"]);
  assert.deepEqual(await names("esm/index.js"), ["n", "index.js"]);
  assert.deepEqual(await names("cjs/index.js"), ["m"]);
});

test("a module may await at its top", async () => {
  await at.write({
    "await.ts": `import { late } from "./late";\nconst own = await Promise.resolve("own");\nexport default () => [own, late];`,
    "late.ts": `export const late = await new Promise<string>((resolve) => setTimeout(resolve, 1, "late"));`,
    "await.mjs": `const own = await Promise.resolve("own"); export default () => [own];`,
  });
  assert.deepEqual(await names("await.ts"), ["own", "late"]);
  assert.deepEqual(await names("await.mjs"), ["own"]);
});

test("each reading loads the module and its imports anew, each once", async () => {
  await at.write({
    "counted.ts": `import "./one"; import { count } from "./two"; export default () => [\`n\${count.n}\`];`,
    "one.ts": `import { count } from "./count"; count.n += 1;`,
    "two.ts": `export { count } from "./count";`,
    "count.ts": `export const count = { n: 1 };`,
    "counted.cjs": `const count = require("./number.cjs"); count.n += 1; module.exports = () => ["n" + count.n];`,
    "number.cjs": `exports.n = 1;`,
  });
  for (const name of ["counted.ts", "counted.cjs"]) {
    assert.deepEqual(await names(name), ["n2"]);
    assert.deepEqual(await names(name), ["n2"]);
  }
  await at.write({ "count.ts": `export const count = { n: 10 };`, "number.cjs": `exports.n = 10;` });
  assert.deepEqual(await names("counted.ts"), ["n11"]);
  assert.deepEqual(await names("counted.cjs"), ["n11"]);
});

test("a project's own packages come first; gatewright and constructs are there without any", async () => {
  await at.write({
    "bare.ts": `import { Construct } from "constructs"; export default () => [Construct.name];`,
    "own/node_modules/constructs/package.json": `{"name": "constructs", "main": "index.js"}`,
    "own/node_modules/constructs/index.js": `exports.Construct = class Own {};`,
    "own/acme.ts": `import { Construct } from "constructs"; export default () => [Construct.name];`,
  });
  assert.deepEqual(await names("bare.ts"), ["Construct"]);
  assert.deepEqual(await names("own/acme.ts"), ["Own"]);
});

test("gatewright is the running package for a module whose project has none", async () => {
  await at.write({
    "acme.mts": `import { Gateway } from "gatewright"; import { simulate } from "gatewright/testing"; export default () => [Gateway.name, simulate.name];`,
    "acme.cjs": `const { Gateway } = require("gatewright"); module.exports = () => [Gateway.name];`,
  });
  assert.deepEqual(await names("acme.mts"), ["Gateway", "simulate"]);
  assert.deepEqual(await names("acme.cjs"), ["Gateway"]);
});

/** Faulty modules, with the message and position of the finding. */
const failing: Readonly<
  Record<string, readonly [string, RegExp, { readonly file: string; readonly line?: number; readonly column?: number }]>
> = {
  "throws while it runs": [
    `interface Unused { a: 1 }\n\nfunction deep(): never {\n  throw new TypeError("no such thing");\n}\nexport default () => deep();\n`,
    /no such thing/,
    { file: "failing.ts", line: 4 },
  ],
  "throws while it is loaded": [
    `const absent = undefined as unknown as { a: number };\n\nexport const a = absent.a;\nexport default () => [];\n`,
    /TypeError: Cannot read/,
    { file: "failing.ts", line: 3 },
  ],
  "throws in an import": [
    `import { a } from "./throws-in-import";\nexport default () => [a];\n`,
    /from within/,
    { file: "throws-in-import.ts", line: 2 },
  ],
  "cannot be parsed": [
    `export default () => {\n  const a = ;\n};\n`,
    /Unexpected token/,
    { file: "failing.ts", line: 2, column: 13 },
  ],
  "imports what does not exist": [
    `\nimport { a } from "./nowhere";\nexport default () => [a];\n`,
    /Cannot find module '.\/nowhere'/,
    { file: "failing.ts", line: 2 },
  ],
  "imports a package that is not installed": [
    `import a from "not-installed-anywhere";\nexport default () => [a];\n`,
    /not-installed-anywhere/,
    { file: "failing.ts", line: 1 },
  ],
  "throws something that is no error": [
    `export default () => { throw "a string"; };\n`,
    /a string/,
    { file: "failing.ts" },
  ],
  "rejects at its top": [
    `await Promise.reject(new Error("rejected"));\nexport default () => [];\n`,
    /rejected/,
    { file: "failing.ts", line: 1 },
  ],
  "exports no function": [
    `export const acme = 1;\nexport default { acme };\n`,
    /no function as its default export/,
    { file: "failing.ts" },
  ],
  "exports nothing": ["", /no function as its default export/, { file: "failing.ts" }],
};

for (const [what, [source, message, place]] of Object.entries(failing)) {
  test(`a module that ${what} is a finding`, async (t) => {
    const directory = process.cwd();
    t.after(() => process.chdir(directory));
    process.chdir(at.root);
    await at.write({
      "failing.ts": source,
      "throws-in-import.ts": `export const a: number = (() => {\n  throw new Error("from within");\n})();\n`,
    });
    const { declared, findings, files } = await read("failing.ts");
    assert.deepEqual(declared, []);
    assert.equal(findings.length, 1);
    const [finding] = findings;
    assert.deepEqual([finding?.code, finding?.severity], ["GW1007", "error"]);
    assert.match(finding?.message ?? "", message);
    assert.doesNotMatch(finding?.message ?? "", new RegExp(at.root));
    assert(finding?.origin !== undefined && "file" in finding.origin);
    const { file, line, column } = finding.origin;
    assert.deepEqual(
      { file, ...(place.line === undefined ? {} : { line }), ...(place.column === undefined ? {} : { column }) },
      place,
    );
    assert.ok(files.includes(at.path("failing.ts")));
  });
}

test("a default export that cannot be a program names what there is", async () => {
  await at.write({ "named.ts": `export const edge = 1; export function store() {}` });
  const { findings } = await read("named.ts");
  assert.match(findings[0]?.given ?? "", /edge, store/);
});
