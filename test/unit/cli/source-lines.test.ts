import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gatewright, scratch } from "./gatewright.ts";

const repository = fileURLToPath(new URL("../../../", import.meta.url));

/** A team's construct in a file of its own. The wrong port of its route is on the line with the mark. */
const store = (imports: string, types: { readonly any: string }, exported: string) => `${imports}

class Store extends ApplicationDeveloper {
  constructor(scope${types.any}, id${types.any}) {
    super(scope, id, { namespace: "store" });
    // A comment, so that lines have to be kept.
    const settings = { parentRefs: [{ name: "g" }] };

    new HTTPRoute(this, "wrong", { // the line
      ...settings,
      rules: [{ backendRefs: [service("a", 80800)] }],
    });
  }
}
${exported}
`;

const esm = 'import { ApplicationDeveloper, HTTPRoute, service } from "gatewright";';
const cjs = 'const { ApplicationDeveloper, HTTPRoute, service } = require("gatewright");';

const programs: readonly (readonly [file: string, text: string])[] = [
  ["program.ts", store(esm, { any: ": any" }, "export default (scope: any) => { new Store(scope, 'store'); };")],
  ["program.mjs", store(esm, { any: "" }, "export default (scope) => { new Store(scope, 'store'); };")],
  ["program.cjs", store(cjs, { any: "" }, "module.exports = (scope) => { new Store(scope, 'store'); };")],
];

async function project(t: TestContext): Promise<string> {
  const cwd = await scratch(t);
  for (const [name, text] of programs) await writeFile(join(cwd, name), text);
  return cwd;
}

for (const [name, text] of programs) {
  test(`a finding names the line of the constructor's call in ${name}`, async (t) => {
    const cwd = await project(t);
    const line = text.split("\n").findIndex((one) => one.endsWith("// the line")) + 1;
    const { stdout } = await gatewright(["check", name], { cwd });
    assert.match(stdout, new RegExp(`^store/wrong \\(${name}:${line}\\) {2}error GW1106 `, "m"));
    const json = JSON.parse((await gatewright(["check", name, "-o", "json"], { cwd })).stdout);
    assert.deepEqual(json.findings.find(({ code }: { code: string }) => code === "GW1106").origin, {
      construct: "store/wrong",
      call: { file: name, line },
    });
  });
}

for (const [name, text] of programs) {
  test(`what a constructor refuses names the line of its call in ${name}`, async (t) => {
    const cwd = await scratch(t);
    const refused = text.replace('new HTTPRoute(this, "wrong", {', 'new HTTPRoute(this, "Wrong", {');
    await writeFile(join(cwd, name), refused);
    const line = text.split("\n").findIndex((one) => one.endsWith("// the line")) + 1;
    const { stdout } = await gatewright(["check", name], { cwd });
    assert.match(stdout, new RegExp(`^store/Wrong \\(${name}:${line}\\) {2}error GW1007: .*"Wrong" cannot be`, "m"));
  });
}

test("of a construct that a package makes, the line is that of the program", async (t) => {
  const cwd = await scratch(t);
  await mkdir(join(cwd, "node_modules/@platform/store"), { recursive: true });
  await writeFile(
    join(cwd, "node_modules/@platform/store/package.json"),
    '{"name": "@platform/store", "type": "module", "exports": "./index.js"}',
  );
  await writeFile(join(cwd, "node_modules/@platform/store/index.js"), store(esm, { any: "" }, "export { Store };"));
  await symlink(repository, join(cwd, "node_modules/gatewright"));
  await symlink(join(repository, "node_modules/constructs"), join(cwd, "node_modules/constructs"));
  await writeFile(
    join(cwd, "program.ts"),
    'import { Store } from "@platform/store";\n\nexport default (scope: any) => {\n  new Store(scope, "store");\n};\n',
  );
  const { stdout } = await gatewright(["check", "program.ts"], { cwd });
  assert.match(stdout, /^store\/wrong \(program\.ts:4\) {2}error GW1106 /m);
});
