import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "./run.ts";
import { knownClusters, type State, startTime } from "./state.ts";

/** Removes what clusters left whose keepers were killed. Those that run are not touched. */
export async function sweep(): Promise<void> {
  for (const state of knownClusters()) if (state.living("keeper") === undefined) await remove(state);
}

/**
 * Ends a cluster and removes every trace: with the first process of its namespaces the kernel ends all others, and then
 * mounts, devices, routes and rules. Control groups and files are left for us.
 */
export async function remove(state: State): Promise<void> {
  await endNamespaces(state);
  await removeControlGroups(state.controlGroup);
  rmSync(state.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

async function endNamespaces(state: State): Promise<void> {
  const init = state.living("init");
  if (init === undefined) return;
  const started = startTime(init);
  process.kill(init, "SIGKILL");
  const end = performance.now() + 30_000;
  while (startTime(init) === started) {
    if (performance.now() > end) throw new Error(`Process ${init} of cluster ${state.name} does not end`);
    await sleep(20);
  }
}

const controlGroups = "/sys/fs/cgroup";

/** Below every hierarchy of version 1, or the one of version 2. A group is busy until its last process is gone. */
async function removeControlGroups(name: string): Promise<void> {
  if (!existsSync(controlGroups)) return;
  const hierarchies = readdirSync(controlGroups, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const places = [controlGroups, ...hierarchies.map((entry) => join(controlGroups, entry.name))];
  for (const group of places.map((place) => join(place, name)).filter((path) => existsSync(path))) {
    for (let tries = 100; !removeGroup(group); tries--) {
      if (tries === 0) throw new Error(`The control group ${group} stays: ${processesOf(group) || "no process"} in it`);
      await sleep(50);
    }
  }
}

function removeGroup(group: string): boolean {
  try {
    for (const entry of readdirSync(group, { withFileTypes: true })) {
      if (entry.isDirectory() && !removeGroup(join(group, entry.name))) return false;
    }
    rmdirSync(group);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

function processesOf(group: string): string {
  try {
    return readFileSync(join(group, "cgroup.procs"), "utf8").trim().replaceAll("\n", " ");
  } catch {
    return "";
  }
}
