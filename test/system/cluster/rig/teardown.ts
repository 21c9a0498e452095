import { rmSync } from "node:fs";
import { removeControlGroup } from "./control-groups.ts";
import { sleep } from "./run.ts";
import { knownClusters, type State, startTime } from "./state.ts";

/**
 * Removes the remains of clusters whose keepers were killed. Running clusters are not affected, and none starts
 * meanwhile: the caller holds the lock `run`.
 */
export async function sweep(): Promise<void> {
  for (const state of knownClusters()) if (state.living("keeper") === undefined) await remove(state);
}

/**
 * Stops a cluster and removes every trace. With the first process of its namespaces, the kernel ends all others, and
 * then mounts, devices, routes and rules. Control groups and files have to be removed here.
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
    // The process has ended in the meantime.
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
