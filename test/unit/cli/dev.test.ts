import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ask, countBackends, dev, scratch } from "./gatewright.ts";

const gatewayClass = (name: string, controller: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: ${name} }
spec: { controllerName: ${controller} }
---
`;
const gateway = (name: string, className: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: ${name} }
spec:
  gatewayClassName: ${className}
  listeners: [{ name: http, protocol: HTTP, port: 80 }]
---
`;
const route = (gateways: string[], rule: string) => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec:
  parentRefs: [${gateways.map((name) => `{ name: ${name} }`).join(", ")}]
  rules: [${rule}]
---
`;
const toStore = "{ backendRefs: [{ name: store, port: 80 }] }";

/** Starts a backend of the test's own. */
async function backend(t: TestContext, listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

async function write(t: TestContext, text: string): Promise<string> {
  const file = join(await scratch(t), "a.yaml");
  await writeFile(file, text);
  return file;
}

test("--backend wins over what the manifests declare, EndpointSlices over the echo", async (t) => {
  const [given, declared] = [
    await backend(t, (_, response) => response.end("given")),
    await backend(t, (_, response) => response.end("declared")),
  ];
  const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: store-1, labels: { kubernetes.io/service-name: store } }
addressType: IPv4
ports: [{ name: http, port: ${declared}, protocol: TCP }]
endpoints: [{ addresses: ["127.0.0.1"], conditions: { ready: true } }]
---
apiVersion: v1
kind: Service
metadata: { name: store }
spec: { ports: [{ name: http, port: 80 }] }
---
`;
  const file = await write(t, gateway("g", "c") + route(["g"], toStore) + slice);
  const bySlice = await dev(t, [file]);
  assert.equal((await ask(bySlice.address("default/g"))).text, "declared");
  await bySlice.stop();
  const byOption = await dev(t, [file, "--backend", `default/store:80=127.0.0.1:${given}`]);
  assert.equal((await ask(byOption.address("default/g"))).text, "given");
});

test("--listen fixes an address, --admin another", async (t) => {
  const file = await write(t, gateway("g", "c") + route(["g"], toStore));
  const [port, admin] = [await freePort(), await freePort()];
  const served = await dev(t, [file, "--listen", `g:80=127.0.0.1:${port}`, "--admin", `127.0.0.1:${admin}`]);
  assert.equal(served.address("default/g"), `http://127.0.0.1:${port}`);
  assert.equal(served.admin, `http://127.0.0.1:${admin}`);
  assert.equal((await ask(`http://127.0.0.1:${port}/`)).backend, "default/store:80");
});

/** Returns a port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("an option that names nothing declared is told", async (t) => {
  const file = await write(t, gateway("g", "c") + route(["g"], toStore));
  const served = await dev(t, [file, "--backend", "stor:80=127.0.0.1:1", "--listen", "g:81=127.0.0.1:1"]);
  assert.match(
    served.stderr(),
    /^advice: --backend default\/stor:80: no such backend now; there is default\/store:80$/m,
  );
  assert.match(served.stderr(), /^advice: --listen default\/g:81: no such Gateway port now; there is default\/g:80$/m);
});

test("every class is served; --controller serves one's own, --strict only what is declared", async (t) => {
  const file = await write(
    t,
    gatewayClass("ours", "ours.io/c") +
      gatewayClass("theirs", "theirs.io/c") +
      gateway("a", "ours") +
      gateway("b", "theirs") +
      gateway("c", "undeclared") +
      route(["a", "b", "c"], toStore),
  );
  const gatewaysOf = async (...options: string[]) => {
    const served = await dev(t, [file, ...options]);
    const { text } = await ask(`${served.admin}/config`);
    await served.stop();
    return (JSON.parse(text) as { gateways: { gateway: { name: string } }[] }).gateways.map((ir) => ir.gateway.name);
  };
  assert.deepEqual(await gatewaysOf(), ["a", "b", "c"]);
  assert.deepEqual(await gatewaysOf("--strict"), ["a", "b"]);
  assert.deepEqual(await gatewaysOf("--strict", "--controller", "ours.io/c"), ["a"]);
});

test("--strict makes an undeclared backend the error that it is in a cluster", async (t) => {
  const file = await write(t, gatewayClass("c", "x.io/c") + gateway("g", "c") + route(["g"], toStore));
  const served = await dev(t, [file, "--strict"]);
  assert.match(served.stderr(), /error GW2413 HTTPRoute default\/r spec\.rules\[0\]\.backendRefs\[0\]\.name/);
  assert.equal((await ask(served.address("default/g"))).status, 500);
});

test("the admin address tells health, counters, configuration and the live split", async (t) => {
  const file = await write(
    t,
    gateway("g", "c") + route(["g"], "{ backendRefs: [{ name: a, port: 80, weight: 3 }, { name: b, port: 80 }] }"),
  );
  const { admin, address } = await dev(t, [file]);
  assert.deepEqual(await countBackends(address("default/g"), 40), { "default/a:80": 30, "default/b:80": 10 });
  assert.equal((await ask(`${admin}/healthz`)).text, "ok\n");
  assert.equal((await ask(`${admin}/readyz`)).status, 200);
  const metrics = (await ask(`${admin}/metrics`)).text;
  assert.match(metrics, /^gatewright_backend_requests_total\{gateway="default\/g",backend="default\/a:80"\} 30$/m);
  assert.match(metrics, /^gatewright_responses_total\{gateway="default\/g",class="2xx"\} 40$/m);
  assert.match(
    metrics,
    /^gatewright_rule_requests_total\{gateway="default\/g",rule="HTTPRoute\/default\/r\/rules\/0"\} 40$/m,
  );
  const { counts } = JSON.parse((await ask(`${admin}/traffic`)).text) as { counts: Record<string, number> };
  assert.deepEqual(Object.values(counts), [30, 10]);
  const page = await ask(`${admin}/`);
  assert.match(page.text, /default\/a:80[\s\S]*75 %/);
  const config = JSON.parse((await ask(`${admin}/config`)).text) as { conditions: { object: { kind: string } }[] };
  assert.deepEqual(
    config.conditions.map(({ object }) => object.kind),
    ["Gateway", "HTTPRoute"],
  );
  assert.equal((await ask(`${admin}/config`, { host: "evil.example" })).status, 421);
});

test("an admin address that is taken is told, and traffic flows", async (t) => {
  const taken = await backend(t, () => undefined);
  const file = await write(t, gateway("g", "c") + route(["g"], toStore));
  const first = await dev(t, [file]);
  const second = await dev(t, [file]);
  assert.notEqual(first.admin, second.admin, "the standard address gives way to the next");
  assert.notEqual(first.address("default/g"), second.address("default/g"));
  await second.stop();
  const third = await dev(t, [file, "--admin", `127.0.0.1:${taken}`], {}, /cannot be bound/);
  assert.equal((await ask(third.address("default/g"))).backend, "default/store:80");
});

test("SIGTERM lets a request under way finish and ends with 0", async (t) => {
  let answer: (() => void) | undefined;
  const slow = await backend(t, (_, response) => {
    answer = () => response.end("at last");
  });
  const file = await write(t, gateway("g", "c") + route(["g"], toStore));
  const served = await dev(t, [file, "--backend", `default/store:80=127.0.0.1:${slow}`]);
  const pending = ask(served.address("default/g"));
  await served.until("the request at its backend", () => answer !== undefined);
  const stopped = served.stop();
  setTimeout(() => answer?.(), 300);
  const { status, text } = await pending;
  assert.deepEqual([status, text], [200, "at last"]);
  assert.equal(await stopped, 0);
});

test("a module's stray rejection does not end the traffic", async (t) => {
  const file = join(await scratch(t), "stray.ts");
  await writeFile(
    file,
    `import { ClusterOperator, Gateway } from "gatewright";
export default function (scope: import("constructs").Construct) {
  setTimeout(() => { throw new Error("stray"); }, 50);
  Promise.reject(new Error("forgotten"));
  new Gateway(new ClusterOperator(scope, "edge", { namespace: "edge" }), "g", {
    gatewayClassName: "c",
    listeners: [{ name: "http", protocol: "HTTP", port: 80 }],
  });
}
`,
  );
  const served = await dev(t, [file]);
  await served.until("both faults", () => /stray/.test(served.stderr()) && /forgotten/.test(served.stderr()));
  assert.equal((await ask(served.address("edge/g"))).status, 404);
  assert.equal(await served.stop(), 0);
});

test("the live split counts a backend apart for each rule that sends to it", async (t) => {
  const rules =
    "{ matches: [{ path: { value: /a } }], backendRefs: [{ name: store, port: 80 }] }, " +
    "{ matches: [{ path: { value: /b } }], backendRefs: [{ name: store, port: 80 }] }";
  const served = await dev(t, [await write(t, gateway("g", "c") + route(["g"], rules))]);
  for (const path of ["/a", "/a", "/b", "/a"]) await ask(`${served.address("default/g")}${path}`);
  const { counts } = JSON.parse((await ask(`${served.admin}/traffic`)).text) as { counts: Record<string, number> };
  const byRule = Object.entries(counts).map(([key, count]) => [/rules\/(\d)/.exec(key)?.[1], count]);
  assert.deepEqual(byRule.sort(), [
    ["0", 3],
    ["1", 1],
  ]);
});
