import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gatewright, scratch } from "./gatewright.ts";

const root = join(import.meta.dirname, "../../..");
const acme = "examples/acme/acme.ts";
const golden = (form: string) => readFileSync(join(root, `test/unit/analysis/graph/testdata/acme.${form}`), "utf8");

test("graph draws a flowchart of Mermaid, or what -o asks for", async () => {
  const { code, stdout, stderr } = await gatewright(["graph", acme]);
  assert.deepEqual([code, stdout, stderr], [0, golden("mmd"), ""]);
  assert.equal((await gatewright(["graph", acme, "-o", "dot"])).stdout, golden("dot"));
  assert.equal((await gatewright(["graph", acme, "-o", "html"])).stdout, golden("html"));
  const svg = await gatewright(["graph", acme, "--output", "svg"]);
  assert.equal(svg.stdout, readFileSync(join(root, "docs/pictures/acme.svg"), "utf8"));
});

test("graph draws what the handshake refuses, and fails only for what it could not read", async (t) => {
  const cwd = await scratch(t);
  const route = (name: string, port: number) => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name} }
spec: { parentRefs: [{ name: g }], rules: [{ backendRefs: [{ name: s, port: ${port} }] }] }
---
`;
  await writeFile(join(cwd, "refused.yaml"), route("good", 80));
  const open = await gatewright(["graph", "refused.yaml"], { cwd });
  assert.equal(open.code, 0);
  assert.match(open.stdout, /-\.->\|"open: NoMatchingParent"\|/);
  const strict = await gatewright(["graph", "refused.yaml", "--strict"], { cwd });
  assert.equal(strict.code, 0);
  assert.match(strict.stdout, /-\.-x\|"NoMatchingParent"\|/);
  assert.match(strict.stdout, /-\.-x\|"BackendNotFound<br>rules\[0\] 100 %"\|/);
  await writeFile(join(cwd, "invalid.yaml"), route("bad", 0) + route("good", 80));
  const invalid = await gatewright(["graph", "invalid.yaml"], { cwd });
  assert.equal(invalid.code, 1);
  assert.match(invalid.stderr, /GW1106 HTTPRoute (default\/)?bad/);
  assert.match(invalid.stdout, /default\/good/);
  assert.doesNotMatch(invalid.stdout, /default\/bad/);
});

test("graph refuses a form that it does not have", async () => {
  const { code, stderr } = await gatewright(["graph", acme, "-o", "png"]);
  assert.equal(code, 2);
  assert.match(stderr, /Allowed choices are mermaid, dot, svg, html/);
});
