import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { ask, dev, gatewright, scratch } from "./gatewright.ts";

const manifests = (spec: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec: { gatewayClassName: c, listeners: [{ name: http, protocol: HTTP, port: 80 }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec:
  parentRefs: [{ name: g }]
  rules:
  - filters: [{ type: ExtensionRef, extensionRef: { group: acme.io, kind: Greet, name: one } }]
    backendRefs: [{ name: store, port: 80 }]
---
apiVersion: acme.io/v1
kind: Greet
metadata: { name: one }
spec: ${spec}
`;

const module = (body: string) => `import { defineFilter } from "gatewright/filters";
import { greeting } from "./greeting";
export const filters = [defineFilter({
  group: "acme.io",
  kind: "Greet",
  schema: { "~standard": { version: 1, vendor: "own", validate: (value: unknown) =>
    typeof (value as { name?: unknown })?.name === "string"
      ? { value: value as { name: string } }
      : { issues: [{ message: "name is a string", path: ["name"] }] } } },
  request({ path }, { spec }) { ${body} },
})];
`;
const greet = module(`return { respond: { status: 200, body: greeting + " " + spec.name } };`);

const ourClass = `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: c }
spec: { controllerName: gatewright.dev/gateway-controller }
`;

test("filters of --filters are run; their module, what it imports, and their objects are swapped in as they change", async (t) => {
  const directory = await scratch(t);
  const [yaml, filters, greeting] = ["a.yaml", "filters.ts", "greeting.ts"].map((name) => join(directory, name));
  assert.ok(yaml && filters && greeting);
  await writeFile(yaml, manifests("{ name: Zoe }"));
  await writeFile(filters, greet);
  await writeFile(greeting, `export const greeting = "hello";\n`);
  const running = await dev(t, [yaml, "--filters", filters]);
  const url = `${running.address("default/g")}/`;
  const says = (text: string) => running.until(text, async () => (await ask(url)).text === text);
  await says("hello Zoe");

  await writeFile(greeting, `export const greeting = "good day";\n`);
  await says("good day Zoe");
  await writeFile(yaml, manifests("{ name: Max }"));
  await says("good day Max");

  await writeFile(yaml, manifests("{ name: 5 }"));
  await running.until("the finding", () => running.stderr().includes("GW1111"));
  assert.match(
    running.stderr(),
    /GW1111 Greet one spec\.name: The filter's schema refuses the object: name is a string/,
  );
  assert.match(running.stderr(), /kept: Greet default\/one, as it was when it was last valid/);
  assert.equal((await ask(url)).text, "good day Max");
  await writeFile(yaml, manifests("{ name: Ada }"));
  await says("good day Ada");

  await writeFile(filters, "export const filters = [;\n");
  await running.until("the finding", () => running.stderr().includes("GW1007"));
  assert.equal((await ask(url)).text, "good day Ada", "the last good filters serve on");

  await writeFile(filters, module(`throw new Error("\\u001b[31mbroken\\nlines at " + path);`));
  await running.until("the failure", async () => (await ask(url)).status === 500);
  assert.equal((await ask(url)).text, "500 FilterFailed: A filter of the route failed.\n");
  await running.until("its words", () => running.stderr().includes("broken"));
  assert.match(
    running.stderr(),
    /error: filter acme\.io\/Greet failed, and its request was answered 500\n.*\\u001b\[31mbroken/,
  );
  assert.match(running.stderr(), /filters\.ts/, "with its place");

  const metrics = (await ask(`${running.admin}/metrics`)).text;
  assert.match(metrics, /gatewright_filter_requests_total\{filter="acme\.io\/Greet",outcome="answered"\} [1-9]/);
  assert.match(metrics, /gatewright_filter_requests_total\{filter="acme\.io\/Greet",outcome="failed"\} [1-9]/);
  assert.match(metrics, /gatewright_answers_total\{gateway="default\/g",reason="FilterFailed"\} [1-9]/);

  await writeFile(filters, greet);
  await says("good day Ada");
  assert.equal(await running.stop(), 0);
});

test("check and explain know the filters of --filters, by name", async (t) => {
  const directory = await scratch(t);
  const [yaml, filters] = [join(directory, "a.yaml"), join(directory, "filters.ts")];
  await writeFile(yaml, manifests("{ name: Zoe }"));
  await writeFile(filters, greet);
  await writeFile(join(directory, "greeting.ts"), `export const greeting = "hello";\n`);
  const opaque = await gatewright(["check", yaml]);
  assert.equal(opaque.code, 0, "the class is not ours, so that its controller may know the filter");
  assert.match(opaque.stdout, /note GW2420 HTTPRoute .*filters of kind acme\.io\/Greet/);
  const ours = join(directory, "class.yaml");
  await writeFile(ours, ourClass);
  const without = await gatewright(["check", yaml, ours]);
  assert.equal(without.code, 1);
  assert.match(without.stdout, /GW2415 HTTPRoute .*No filter is registered for acme\.io\/Greet/);
  const known = await gatewright(["check", yaml, "--filters", filters]);
  assert.equal(known.code, 0, known.stdout);
  const explained = await gatewright(["explain", yaml, "--filters", filters, "--", "GET", "http://acme.io/"]);
  assert.match(explained.stdout, /filter +ExtensionRef: acme\.io\/Greet default\/one/);

  await writeFile(yaml, manifests("{ name: Zoe }").replace("name: one }\nspec", "name: two }\nspec"));
  const missing = await gatewright(["check", yaml, "--filters", filters]);
  assert.equal(missing.code, 0, "it may be declared elsewhere");
  assert.match(missing.stdout, /note GW2416 HTTPRoute default\/r: 1 Greet is not declared here: default\/one\./);
  assert.equal((await gatewright(["check", "--strict", yaml, "--filters", filters])).code, 1);
});
