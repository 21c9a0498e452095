import assert from "node:assert/strict";
import { test } from "node:test";
import { z } from "zod";
import { defineFilter } from "../../../lib/filters/definition.ts";
import { simulate } from "../../../lib/testing/index.ts";

const requireKey = defineFilter({
  group: "acme.io",
  kind: "RequireKey",
  schema: z.object({ key: z.string() }),
  request: ({ headers }, { spec }) =>
    headers.get("x-key") === spec.key
      ? { headers: { remove: ["x-key"] } }
      : { respond: { status: 401, headers: { "set-cookie": ["a=1", "b=2"] }, body: "Schlüssel fehlt" } },
});

const locate = defineFilter({
  group: "acme.io",
  kind: "Locate",
  async request({ path, host, peer }) {
    await Promise.resolve();
    if (path === "/fails") throw new Error("nowhere");
    return { path: `/v2${path}`, host: `de.${host}`, headers: { set: { "x-peer": peer.address } } };
  },
});

const filters = [requireKey, locate];

const ref = (kind: string, name = "one") =>
  `{ type: ExtensionRef, extensionRef: { group: acme.io, kind: ${kind}, name: ${name} } }`;

const ours = `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: c }
spec: { controllerName: gatewright.dev/gateway-controller }
---
`;

const program = (rule: string, objects = "") => `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec: { gatewayClassName: c, listeners: [{ name: http, protocol: HTTP, port: 80 }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec: { parentRefs: [{ name: g }], rules: [${rule}] }
---
${objects}`;
const objects = `apiVersion: acme.io/v1
kind: RequireKey
metadata: { name: one }
spec: { key: open }
---
apiVersion: acme.io/v1
kind: Locate
metadata: { name: one }
`;
const url = "http://acme.io/store";

test("filters of the rule run in their order, and the backend gets what they leave", async () => {
  const rule = `{ filters: [${ref("RequireKey")}, ${ref("Locate")}], backendRefs: [{ name: a, port: 80 }] }`;
  const traffic = simulate(program(rule, objects), { filters });
  const answer = await traffic.handle("GET", url, { headers: { "X-Key": "open" } });
  assert.deepEqual(answer.requests["default/a:80"], {
    method: "GET",
    host: "de.acme.io",
    path: "/v2/store",
    query: "",
    headers: { "x-peer": "192.0.2.1" },
  });
  assert.deepEqual(answer.extensions, ["acme.io/RequireKey default/one", "acme.io/Locate default/one"]);
  assert.deepEqual(answer.backends, { "default/a:80": 1 });
});

test("an answer of a filter is told whole; a filter that fails is a 500 with its words", async () => {
  const rule = `{ filters: [${ref("RequireKey")}, ${ref("Locate")}], backendRefs: [{ name: a, port: 80 }] }`;
  const traffic = simulate(program(rule, objects), { filters });
  const denied = await traffic.handle("GET", url);
  assert.deepEqual([denied.status, denied.reason, denied.backends], [401, undefined, {}]);
  assert.deepEqual(denied.respond, {
    status: 401,
    headers: { "content-type": "text/plain; charset=utf-8", "set-cookie": "a=1, b=2" },
    body: "Schlüssel fehlt",
  });
  const failed = await traffic.handle("GET", "http://acme.io/fails", { headers: { "x-key": "open" } });
  assert.deepEqual([failed.status, failed.reason], [500, "A filter of the route failed: nowhere"]);
});

test("get and request tell filters without running them", () => {
  const rule = `{ filters: [${ref("RequireKey")}], backendRefs: [{ name: a, port: 80 }] }`;
  const answer = simulate(program(rule, objects), { filters }).get(url);
  assert.deepEqual([answer.status, answer.extensions], [undefined, ["acme.io/RequireKey default/one"]]);
  assert.equal(answer.request?.path, "/store");
});

for (const [what, name, kinds, reason] of [
  ["of a kind that nobody registers", "one", [], "No filter is registered for acme.io/RequireKey."],
  [
    "to an object that is not there",
    "other",
    filters,
    "acme.io/RequireKey default/other does not exist, or is not valid.",
  ],
] as const) {
  test(`a reference ${what} answers 500, run or not`, async () => {
    const rule = `{ filters: [${ref("RequireKey", name)}], backendRefs: [{ name: a, port: 80 }] }`;
    const traffic = simulate(ours + program(rule, objects), { filters: kinds });
    for (const answer of [traffic.get(url), await traffic.handle("GET", url)]) {
      assert.deepEqual([answer.status, answer.reason, answer.backends], [500, reason, {}]);
    }
  });
}

test("under a class that is not ours a filter of a kind that nobody registers is opaque, run or not", async () => {
  const rule = `{ filters: [${ref("RequireKey")}], backendRefs: [{ name: a, port: 80 }] }`;
  const traffic = simulate(program(rule, objects));
  for (const answer of [traffic.get(url), await traffic.handle("GET", url)]) {
    const { status, opaque, backends } = answer;
    assert.deepEqual(
      [status, opaque, backends],
      [undefined, ["acme.io/RequireKey default/one"], { "default/a:80": 1 }],
    );
  }
});

test("a filter of one backend has a say about that backend's share only", async () => {
  const rule = `{ backendRefs: [
    { name: a, port: 80, weight: 3, filters: [${ref("RequireKey")}] },
    { name: b, port: 80, weight: 1, filters: [${ref("Locate")}] }] }`;
  const traffic = simulate(program(rule, objects), { filters });
  const denied = await traffic.handle("GET", url);
  assert.deepEqual(denied.backends, { "default/b:80": 0.25 });
  assert.deepEqual(
    denied.failures.map(({ share, status, reason }) => [share, status, reason]),
    [[0.75, 401, "ExtensionRef"]],
  );
  assert.equal(denied.requests["default/b:80"]?.path, "/v2/store");
  const allowed = await traffic.handle("GET", url, { headers: { "x-key": "open" } });
  assert.deepEqual(allowed.backends, { "default/a:80": 0.75, "default/b:80": 0.25 });
  assert.equal(allowed.requests["default/b:80"]?.headers["x-key"], "open", "what a removes, b still gets");
});

test("an object that the schema refuses is an error of the declarations", () => {
  const wrong = objects.replace("{ key: open }", "{ key: 5 }");
  const rule = `{ filters: [${ref("RequireKey")}], backendRefs: [{ name: a, port: 80 }] }`;
  assert.throws(() => simulate(program(rule, wrong), { filters }), /GW1111 .*spec\.key: The filter's schema refuses/);
});
