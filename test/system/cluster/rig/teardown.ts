import { rmSync } from "node:fs";
import { removeControlGroup } from "./control-groups.ts";
import { sleep } from "./run.ts";
import { knownClusters, type State, startTime } from "./state.ts";

/**
 * Removes what clusters left whose keepers were killed. Those that run are not touched, and none starts meanwhile: the
 * caller holds the lock `run`.
 */
export async function sweep(): Promise<void> {
  for (const state of knownClusters()) if (state.living("keeper") === undefined) await remove(state);
}

/**
 * Ends a cluster and removes every trace: with the first process of its namespaces the kernel ends all others, and then
 * mounts, devices, routes and rules. Control groups and files are left for us.
 */
export async function remove(state: State): Promise<void> {
  await endNamespaces(state);
  await removeControlGroup(state.controlGroup);
  rmSync(state.directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It has ended in between.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

async function endNamespaces(state: State): Promise<void> {
  const init = state.living("init");
  if (init === undefined) return;
  const started = startTime(init);
  kill(init);
  const end = performance.now() + 30_000;
  while (startTime(init) === started) {
    if (performance.now() > end) throw new Error(`Process ${init} of cluster ${state.name} does not end`);
    await sleep(20);
  }
}
