import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { before, suite, test } from "node:test";
import { type Cluster, otherCluster, startOwnCluster } from "./cluster.ts";
import { echoBasicImage } from "./rig/images/cluster-images.ts";
import { until } from "./rig/run.ts";
import { State } from "./rig/state.ts";
import { namespacesOf, processesIn, traces } from "./traces.ts";

suite("a cluster leaves nothing behind", { skip: otherCluster() }, () => {
  let untouched: ReadonlySet<string>;
  before(async () => {
    untouched = await traces();
  });

  /** Returns the traces that did not exist before. */
  const left = async (): Promise<string[]> => [...(await traces())].filter((trace) => !untouched.has(trace));
  const nothing = (): Promise<void> =>
    until("A machine without traces", async () => (await left()).length === 0, 30_000).catch(async () =>
      assert.deepEqual(await left(), []),
    );

  test("when it is stopped, with containers running and parts killed", async () => {
    const cluster = await startOwnCluster();
    await runPod(cluster);
    const namespaces = namespacesOf(cluster.own?.init ?? 0);
    assert.ok(processesIn(namespaces).length > 10, "its processes are found");
    assert.ok((await left()).length > 0, "its traces are found");
    for (const part of ["kubelet", "containerd", "etcd"]) await cluster.own?.fault("kill", part);
    await cluster.stop();
    assert.deepEqual(processesIn(namespaces), []);
    assert.deepEqual(await left(), []);
  });

  test("when its supervisor is killed", async () => {
    const cluster = await startOwnCluster();
    await runPod(cluster);
    const namespaces = namespacesOf(cluster.own?.init ?? 0);
    process.kill(cluster.own?.init ?? 0, "SIGKILL");
    await nothing();
    assert.deepEqual(processesIn(namespaces), []);
    await cluster.stop();
  });

  test("when its keeper is killed, but for files that the next one removes; and when a test run is killed", async () => {
    const cluster = await startOwnCluster();
    await runPod(cluster);
    const namespaces = namespacesOf(cluster.own?.init ?? 0);
    process.kill(cluster.own?.state.living("keeper") ?? 0, "SIGKILL");
    await until("The end of all processes", async () => processesIn(namespaces).length === 0, 30_000);
    const files = (await left()).filter((trace) => !/^(entry|control group) .*tests-/.test(trace));
    assert.deepEqual(files, []);

    const { pid, name } = await startInAnotherProcess();
    const own = namespacesOf(new State(name).living("init") ?? 0);
    process.kill(pid, "SIGKILL");
    await nothing();
    assert.deepEqual(processesIn(own), []);
  });
});

/** Runs a Pod, which has a process, mounts and control groups. */
async function runPod(cluster: Cluster): Promise<void> {
  await cluster.kubectl(["run", "echo", `--image=${echoBasicImage}`]);
  await cluster.kubectl(["wait", "pod/echo", "--for=condition=Ready", "--timeout=60s"]);
}

/** Starts a cluster in another process, which the test then kills. */
async function startInAnotherProcess(): Promise<{ readonly pid: number; readonly name: string }> {
  const script = `import { startOwnCluster } from ${JSON.stringify(new URL("cluster.ts", import.meta.url))};
    const cluster = await startOwnCluster();
    console.log(cluster.own.state.name);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [name] = (await once(createInterface(child.stdout), "line")) as [string];
  assert.ok(child.pid);
  return { pid: child.pid, name };
}
