import assert from "node:assert/strict";
import { test } from "node:test";
import { gatewright } from "./gatewright.ts";

const routes = Array.from({ length: 2000 }, (_, index) => ({
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: `route-${index}`, namespace: `team-${index % 20}` },
  spec: {
    parentRefs: [{ name: "shared", namespace: "infra" }],
    hostnames: [`app-${index}.acme.io`],
    rules: [{ backendRefs: [{ name: `app-${index}`, port: 80 }] }],
  },
}));
const stdin = routes.map((route) => `${JSON.stringify(route)}\n---\n`).join("");

test("2,000 valid routes print under ten lines; -v and JSON have every note", async () => {
  const text = await gatewright(["check", "-"], { stdin });
  assert.equal(text.code, 0);
  const lines = `${text.stdout}${text.stderr}`.trimEnd().split("\n");
  assert.ok(lines.length < 10, `${lines.length} lines`);
  assert.match(text.stdout, /^note GW2413: 2000 Services are not declared here: team-0\/app-0, /m);
  assert.match(text.stdout, /^note GW2401: 1 Gateway is not declared here: infra\/shared\..*2000 notes/m);
  const json = await gatewright(["check", "-", "-o", "json"], { stdin });
  assert.equal(JSON.parse(json.stdout).findings.length, 4000);
  const verbose = await gatewright(["check", "-", "-v"], { stdin });
  assert.equal(verbose.stdout.match(/^-:\d+:\d+ {2}note /gm)?.length, 4000);
});
