import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { platform } from "node:process";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { withinDescriptors } from "../../../proxy/dataplane/limits/descriptors.ts";
import { defaultLimits } from "../../../proxy/dataplane/limits/limits.ts";
import { dial, exchange, get, type RawConnection } from "./harness/wire.ts";

interface Usage {
  /** Milliseconds of CPU time. */
  readonly cpu: number;
  readonly active: number;
  readonly refused: number;
  readonly ejected: number;
}

class ProxyProcess {
  readonly port: number;
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  async usage(): Promise<Usage> {
    this.#child.stdin?.write("?");
    const [line] = (await once(this.#child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    return JSON.parse(line.toString()) as Usage;
  }
}

/** @param left the number of descriptors that stay free; 0: all that the process does not use itself. */
async function start(t: TestContext, descriptors: number, left = 0): Promise<ProxyProcess> {
  const script = fileURLToPath(new URL("./harness/proxy-process.ts", import.meta.url));
  const command = `ulimit -n ${descriptors}; exec "$0" --conditions=gatewright-source "$1" "$2"`;
  const stdio = ["pipe", "pipe", "inherit"] as const;
  const child = spawn("sh", ["-c", command, process.execPath, script, String(left)], { stdio: [...stdio] });
  t.after(() => child.kill("SIGKILL"));
  const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  return new ProxyProcess(child, Number(line.toString()));
}

async function open(port: number, count: number): Promise<readonly RawConnection[]> {
  const connections: RawConnection[] = [];
  for (let i = 0; i < count; i++) connections.push(await dial(port));
  return connections;
}

/** Returns the status of a response, or 0 if the connection is closed without one. */
async function attempt(port: number): Promise<number> {
  const connection = await dial(port);
  connection.send(get("/"));
  const text = await connection.until(() => connection.received || (connection.ended ? "none" : undefined), "an end");
  connection.close();
  return Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1] ?? 0);
}

async function recovery(port: number): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const status = await attempt(port);
    if (status === 200) return;
    assert.ok(performance.now() < deadline, "recovery");
    await sleep(50);
  }
}

const options = { skip: platform !== "linux", timeout: 60_000 };

test("no more connections are let in than there are file descriptors for", options, async (t) => {
  const proxy = await start(t, 164);
  const connections = await open(proxy.port, 60);
  const last = connections.at(-1) as RawConnection;
  assert.equal((await last.message()).status, 503);
  const { active, refused } = await proxy.usage();
  assert.deepEqual([active, refused], [50, 10]);
  const first = connections[0] as RawConnection;
  first.send(get("/"));
  assert.equal((await first.message()).status, 200);
  for (const connection of connections) connection.close();
  await recovery(proxy.port);
});

test(
  "without a file descriptor left the proxy neither spins nor ends, and goes on once there are some",
  options,
  async (t) => {
    const proxy = await start(t, 400, 12);
    assert.equal((await exchange(proxy.port, get("/"))).status, 200);
    const connections = await open(proxy.port, 60);
    await sleep(500);
    const before = await proxy.usage();
    assert.ok(
      connections.some(({ ended }) => ended),
      "some could not be accepted",
    );
    // A request that cannot be forwarded for lack of a descriptor is not a failure of the endpoint.
    const waiting = connections.filter(({ ended }) => !ended);
    for (const connection of waiting) connection.send(get("/"));
    const statuses = await Promise.all(waiting.map((connection) => connection.message().then(({ status }) => status)));
    assert.ok(statuses.includes(503), "some could not be sent on");
    await sleep(1_500);
    const after = await proxy.usage();
    assert.ok(after.cpu - before.cpu < 1_000, `${after.cpu - before.cpu} ms of processor time`);
    assert.equal(after.ejected, 0);
    for (const connection of connections) connection.close();
    await recovery(proxy.port);
  },
);

test("limits are those that are asked for where there are enough file descriptors", () => {
  assert.equal(withinDescriptors(defaultLimits, undefined), defaultLimits);
  assert.equal(withinDescriptors(defaultLimits, 1_048_576), defaultLimits);
  const few = withinDescriptors({ ...defaultLimits, connections: 0, upstreamConnections: 100 }, 1_064);
  assert.deepEqual([few.connections, few.upstreamConnections], [500, 100]);
});
