/** Global setup of the tier `cluster`: node:test calls these functions before the first and after the last file. */
import { startSharedCluster } from "./cluster.ts";

let stop: (() => Promise<void>) | undefined;

export async function globalSetup(): Promise<void> {
  stop = await startSharedCluster();
}

export async function globalTeardown(): Promise<void> {
  await stop?.();
}
