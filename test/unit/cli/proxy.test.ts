import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { unusedPort } from "../dataplane/harness/setup.ts";
import { ask, collect, dev, gatewright, type RunOptions, scratch, start } from "./gatewright.ts";

interface Line {
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Starts `gatewright proxy`. */
async function proxy(t: TestContext, args: readonly string[], options: RunOptions = {}) {
  const admin = `127.0.0.1:${await unusedPort()}`;
  const child = start(["proxy", ...args, "--admin", admin], options);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal })),
  );
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  const lines = () =>
    stderr()
      .trimEnd()
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  const status = (path: string) =>
    ask(`http://${admin}${path}`).then(
      (answer) => answer.status,
      () => 0,
    );
  const until = async (what: string, holds: () => boolean | Promise<boolean>) => {
    const end = Date.now() + 20_000;
    while (!(await holds())) {
      if (Date.now() > end || child.exitCode !== null) assert.fail(`${what} did not come:\n${stdout()}${stderr()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const signal = (name: NodeJS.Signals) => child.kill(name);
  return { admin: `http://${admin}`, lines, status, until, signal, ended, stdout };
}

/** Starts a server that answers `/slow` after a number of milliseconds. */
async function backend(t: TestContext, slow = 1_000): Promise<number> {
  const server = createServer((request, response) => {
    setTimeout(() => response.end(`at ${request.url}`), request.url === "/slow" ? slow : 0).unref();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** Returns all objects that a cluster would have; `class` is left to the tests. */
function manifests(port: number, backendPort: number, path = "/"): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: c }
spec: { controllerName: acme.io/c }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: g }
spec:
  gatewayClassName: c
  listeners: [{ name: http, protocol: HTTP, port: ${port} }]
---
apiVersion: v1
kind: Service
metadata: { name: s }
spec: { ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: s-1, labels: { kubernetes.io/service-name: s } }
addressType: IPv4
ports: [{ port: ${backendPort} }]
endpoints: [{ addresses: [127.0.0.1], conditions: { ready: true } }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: r }
spec:
  parentRefs: [{ name: g }]
  rules: [{ matches: [{ path: { value: ${path} } }], backendRefs: [{ name: s, port: 80 }] }]
`;
}

async function write(t: TestContext, text: string): Promise<string> {
  const file = join(await scratch(t), "a.yaml");
  await writeFile(file, text);
  return file;
}

test("an address of its own for health and metrics tells nothing of the configuration", async (t) => {
  const health = `127.0.0.1:${await unusedPort()}`;
  const file = await write(t, manifests(await unusedPort(), await backend(t)));
  const { admin, until, status, signal, ended } = await proxy(t, [file, "--workers", "1", "--health", health]);
  await until("readiness", async () => (await status("/readyz")) === 200);
  const statusOf = async (path: string) => (await ask(`http://${health}${path}`)).status;
  assert.equal((await ask(`${admin}/config`)).status, 200);
  for (const path of ["/healthz", "/readyz", "/metrics"]) assert.equal(await statusOf(path), 200, path);
  for (const path of ["/", "/config", "/traffic"]) assert.equal(await statusOf(path), 404, path);
  assert.match((await ask(`http://${health}/metrics`)).text, /^gatewright_workers 1$/m);
  signal("SIGTERM");
  await ended;
});

for (const built of [false, true]) {
  test(`serves ports as declared, on IPv4 and IPv6, from ${built ? "the built package" : "sources"}, and drains`, async (t) => {
    const port = await unusedPort();
    const file = await write(t, manifests(port, await backend(t)));
    const { admin, until, status, lines, signal, ended, stdout } = await proxy(
      t,
      [file, "--workers", "2", "--drain-delay", "0.7"],
      { built },
    );
    await until("readiness", async () => (await status("/readyz")) === 200);
    assert.equal((await ask(`http://127.0.0.1:${port}/a`)).text, "at /a");
    assert.equal((await ask(`http://[::1]:${port}/b`)).text, "at /b");
    const metrics = (await ask(`${admin}/metrics`)).text;
    assert.match(metrics, /^gatewright_workers 2$/m);
    assert.match(metrics, /^gatewright_rule_requests_total\{.*\} 2$/m);
    const config = JSON.parse((await ask(`${admin}/config`)).text) as { sockets: unknown; conditions: unknown[] };
    assert.deepEqual(config.sockets, [{ gateway: "default/g", port, url: `http://[::]:${port}` }]);
    assert.ok(config.conditions.length > 0);

    const slow = ask(`http://127.0.0.1:${port}/slow`);
    await new Promise((resolve) => setTimeout(resolve, 100));
    signal("SIGTERM");
    await until("the drain", async () => (await status("/readyz")) === 503);
    assert.equal(await status("/healthz"), 200);
    const during = await ask(`http://127.0.0.1:${port}/c`);
    assert.deepEqual([during.status, during.headers.connection], [200, "close"]);
    assert.deepEqual([(await slow).text, (await slow).headers.connection], ["at /slow", "close"]);
    assert.deepEqual(await ended, { code: 0, signal: null });
    assert.deepEqual(
      lines().map(({ message }) => message),
      ["started", "listening", "configuration applied", "draining", "stopped"],
    );
    assert.equal(stdout(), "");
  });
}

test("a second signal ends it at once", async (t) => {
  const port = await unusedPort();
  const file = await write(t, manifests(port, await backend(t, 60_000)));
  const { until, status, lines, signal, ended } = await proxy(t, [file, "--workers", "1"]);
  await until("readiness", async () => (await status("/readyz")) === 200);
  const cut = ask(`http://127.0.0.1:${port}/slow`).catch(({ code }: NodeJS.ErrnoException) => code);
  await new Promise((resolve) => setTimeout(resolve, 100));
  signal("SIGTERM");
  await until("the drain", () => lines().some(({ message }) => message === "draining"));
  signal("SIGTERM");
  assert.deepEqual(await ended, { code: null, signal: "SIGTERM" });
  assert.equal(await cut, "ECONNRESET");
});

test("a change is taken in, an invalid one is reported and leaves what was served", async (t) => {
  const port = await unusedPort();
  const to = await backend(t);
  const file = await write(t, manifests(port, to));
  const { until, status, lines } = await proxy(t, [file, "--workers", "2"]);
  await until("readiness", async () => (await status("/readyz")) === 200);
  const answer = async (path: string) => (await ask(`http://127.0.0.1:${port}${path}`)).status;
  assert.equal(await answer("/old"), 200);
  await writeFile(file, manifests(port, to, "/new"));
  await until("the change", async () => (await answer("/old")) === 404);
  assert.equal(await answer("/new"), 200);
  await writeFile(file, manifests(port, to, "no-slash"));
  await until("the finding", () => lines().some(({ level }) => level === "error"));
  const [finding] = lines().filter(({ level }) => level === "error");
  assert.match(String(finding?.code), /^GW1\d{3}$/);
  assert.equal(finding?.object, "HTTPRoute r");
  assert.ok(lines().some(({ message }) => message === "served as it was when it was last valid"));
  assert.equal(await answer("/new"), 200);
  assert.equal(await status("/readyz"), 200);
});

test("it is strict: without its class a Gateway is not served, without endpoints a Service answers 503", async (t) => {
  const port = await unusedPort();
  const text = manifests(port, 1);
  const [gatewayClass = "", ...others] = text.split("---\n");
  const unserved = await proxy(t, [await write(t, others.join("---\n")), "--workers", "1"]);
  await unserved.until("the finding", () => unserved.lines().some(({ level }) => level === "error"));
  await assert.rejects(ask(`http://127.0.0.1:${port}/`), /ECONNREFUSED/);

  const withoutSlice = [gatewayClass, ...others.filter((part) => !part.includes("EndpointSlice"))].join("---\n");
  const file = await write(t, withoutSlice);
  const served = await proxy(t, [file, "--workers", "1"]);
  await served.until("readiness", async () => (await served.status("/readyz")) === 200);
  assert.equal((await ask(`http://127.0.0.1:${port}/`)).status, 503);
  served.signal("SIGKILL");
  await served.ended;
  const given = `default/s:80=127.0.0.1:${await backend(t)}`;
  const helped = await proxy(t, [
    file,
    "--workers",
    "1",
    "--backend",
    given,
    "--listen",
    `default/g:${port}=127.0.0.1:${port}`,
  ]);
  await helped.until("readiness", async () => (await helped.status("/readyz")) === 200);
  assert.equal((await ask(`http://127.0.0.1:${port}/`)).text, "at /");
  await assert.rejects(ask(`http://[::1]:${port}/`), /ECONNREFUSED/);
});

test("it is not ready while another process has its port, and is once that has gone", async (t) => {
  const other = createServer().listen(0, "::");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const { until, status, lines } = await proxy(t, [
    await write(t, manifests(port, await backend(t))),
    "--workers",
    "2",
  ]);
  await until("the refusal", () => lines().some(({ message }) => message === "cannot listen"));
  assert.deepEqual([await status("/readyz"), await status("/healthz")], [503, 200]);
  other.close();
  await until("readiness", async () => (await status("/readyz")) === 200);
  assert.equal(lines().filter(({ message }) => message === "cannot listen").length, 1, "told once");
});

test("what cannot begin ends with 1, what is asked wrongly with 2", async (t) => {
  const file = await write(t, manifests(await unusedPort(), 1));
  const missing = await gatewright(["proxy", join(await scratch(t), "none.yaml"), "--workers", "1"]);
  assert.equal(missing.code, 1);
  assert.equal((JSON.parse(missing.stderr) as Line).code, "GW1008");
  const taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  const ended = await gatewright(["proxy", file, "--workers", "1", "--admin", `127.0.0.1:${port}`]);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /"the admin address cannot be bound"/);
  for (const [option, value, message] of [
    ["--workers", "0", "expected a whole number, 1 or more"],
    ["--workers", "many", "expected a whole number, 1 or more"],
    ["--drain-delay", "-1", "expected seconds, such as 10 or 0.5"],
  ] as const) {
    const { code, stderr } = await gatewright(["proxy", file, `${option}=${value}`]);
    assert.deepEqual([code, stderr.includes(message)], [2, true], stderr);
  }
});

test("dev serves with worker threads when it is asked to", async (t) => {
  const port = await unusedPort();
  const { admin, stop, address } = await dev(t, [await write(t, manifests(port, await backend(t))), "--workers", "2"]);
  assert.equal((await ask(`${address("default/g")}/a`)).text, "at /a");
  assert.match((await ask(`${admin}/metrics`)).text, /^gatewright_workers 2$/m);
  assert.match((await ask(`${admin}/traffic`)).text, /:1\b/);
  const idle = connect(Number(new URL(address("default/g")).port), "127.0.0.1");
  t.after(() => idle.destroy());
  assert.equal(await stop(), 0);
});
