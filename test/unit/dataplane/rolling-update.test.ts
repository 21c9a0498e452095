import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { endpoint, gateway, snapshot } from "./harness/configuration.ts";
import { startBackend, startProxy } from "./harness/setup.ts";
import { eventually } from "./harness/wire.ts";

interface Pod {
  readonly process: ChildProcess;
  readonly port: number;
}

async function startPod(name: string): Promise<Pod> {
  const pod = fileURLToPath(new URL("./harness/pod.ts", import.meta.url));
  const child = spawn(process.execPath, [pod, name], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { process: child, port: Number(line.toString()) };
}

test("64 clients see no failure while the Pods of a backend are replaced and end", { timeout: 60_000 }, async (t) => {
  const base = snapshot({ endpoints: { main: 1 } });
  const endpoints = (...of: readonly ReturnType<typeof endpoint>[]) => new Map([["default/main:80", of]]);
  let pod = await startPod("0");
  t.after(() => pod.process.kill("SIGKILL"));
  const { proxy, port } = await startProxy(t, { endpoints: { main: pod.port } });
  let running = true;
  const served = new Map<string, number>();
  const failures: string[] = [];

  const client = async (index: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const body = index % 2 === 0 ? undefined : "x".repeat(index * 20);
    while (running) {
      const outcome = await send(agent, port, body);
      const [, name = ""] = /^200 (\d) \d+$/.exec(outcome) ?? [];
      if (name === "") failures.push(outcome);
      else served.set(name, (served.get(name) ?? 0) + 1);
    }
    agent.destroy();
  };
  const clients = Array.from({ length: 64 }, (_, index) => client(index));

  for (const next of ["1", "2", "3"]) {
    await eventually(() => served.size === Number(next), `the Pod before ${next} to serve`);
    const old = pod;
    pod = await startPod(next);
    // The Pod gets SIGTERM when its EndpointSlice changes.
    const exited = once(old.process, "exit");
    old.process.kill("SIGTERM");
    await proxy.apply({
      ...base,
      endpoints: endpoints(
        { ...endpoint(old.port), ready: false, serving: true, terminating: true },
        endpoint(pod.port),
      ),
    });
    const [code] = await exited;
    assert.equal(code, 0);
    await proxy.apply({ ...base, endpoints: endpoints(endpoint(pod.port)) });
  }
  await eventually(() => served.size === 4, "the last Pod to serve");
  running = false;
  await Promise.all(clients);
  assert.deepEqual(failures, []);
  const errors = proxy.stats.gateway(gateway).backends.get("default/main:80")?.errors;
  assert.equal(errors?.connect, 0);
});

test("an endpoint that terminates finishes what it has and keeps no idle connection", async (t) => {
  let finish = (): void => {};
  const held = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const old = await startBackend(t, async ({ line }) => {
    if (line.includes("slow")) await held;
    return "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold";
  });
  const next = await startBackend(t);
  const { proxy, port } = await startProxy(t, { endpoints: { main: old.port } });
  const agent = new Agent({ keepAlive: true });
  const slow = send(agent, port, undefined, "/slow");
  await eventually(() => old.requests.length === 1, "the slow request");
  await send(agent, port, undefined);
  assert.equal(old.connections.filter(({ ended }) => !ended).length, 2);
  await proxy.apply({
    ...snapshot({ endpoints: { main: old.port } }),
    endpoints: new Map([
      ["default/main:80", [{ ...endpoint(old.port), ready: false, terminating: true }, endpoint(next.port)]],
    ]),
  });
  await eventually(() => old.connections.filter(({ ended }) => !ended).length === 1, "the idle connection's end");
  assert.equal(await send(agent, port, undefined), "200 ok");
  finish();
  assert.equal(await slow, "200 old");
  await eventually(() => old.connections.every(({ ended }) => ended), "the end of the last connection");
  agent.destroy();
});

function send(agent: Agent, port: number, body: string | undefined, path = "/"): Promise<string> {
  return new Promise((resolve) => {
    const method = body === undefined ? "GET" : "POST";
    const request = httpRequest({ host: "127.0.0.1", port, agent, method, path });
    request.on("error", (error) => resolve(String(error)));
    request.on("response", (response) => {
      let text = `${response.statusCode} `;
      response.setEncoding("latin1");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", (error) => resolve(String(error)));
      response.on("end", () => resolve(text));
    });
    request.end(body);
  });
}
