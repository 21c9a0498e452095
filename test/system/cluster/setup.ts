/** What the tier `cluster` does once for all of its files: node:test calls these before the first and after the last. */
import { startSharedCluster } from "./cluster.ts";

let stop: (() => Promise<void>) | undefined;

export async function globalSetup(): Promise<void> {
  stop = await startSharedCluster();
}

export async function globalTeardown(): Promise<void> {
  await stop?.();
}
