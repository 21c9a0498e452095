import { type ChildProcess, spawn } from "node:child_process";
import { openSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildPrograms } from "./build.ts";
import { cacheDirectory } from "./cache.ts";
import { clusterImages } from "./images/cluster-images.ts";
import { requirePackages } from "./packages.ts";
import { State } from "./state.ts";
import type { Programs } from "./versions.ts";

/** The programs and images of a cluster, as files of this machine. */
export interface Ingredients {
  readonly programs: Programs;
  /** Archives of images. */
  readonly images: readonly string[];
}

/** The line of JSON that a keeper prints about its cluster. */
export type Answer = { readonly ready: true } | { readonly failed: string };

/** Builds everything that a cluster needs, which takes minutes if it is not in the cache. */
export async function obtainIngredients(): Promise<Ingredients> {
  await requirePackages();
  const programs = await buildPrograms();
  return { programs, images: await clusterImages(programs) };
}

/** A running cluster and its keeper. */
export interface Started {
  readonly state: State;
  readonly keeper: ChildProcess;
}

/**
 * Starts a cluster with this name and waits until its node is ready. It ends with this process, unless it is `kept`:
 * then it runs until its keeper gets SIGTERM.
 */
export async function start(name: string, ingredients: Ingredients, { kept = false } = {}): Promise<Started> {
  const args = [join(import.meta.dirname, "keeper.ts"), name, JSON.stringify(ingredients), ...(kept ? ["--kept"] : [])];
  const log = kept ? openSync(join(cacheDirectory(), `${name}.log`), "w") : "inherit";
  // The keeper has a session of its own, so that Ctrl-C reaches only this process, which then releases the cluster.
  const keeper = spawn(process.execPath, args, { detached: true, stdio: [kept ? "ignore" : "pipe", "pipe", log] });
  const ended = new Promise<void>((resolve) => keeper.once("exit", () => resolve()).once("error", () => resolve()));
  const answer = await answerOf(keeper);
  if ("failed" in answer) {
    await ended;
    throw new Error(`The cluster does not start: ${answer.failed}`);
  }
  return { state: new State(name), keeper };
}

/** Returns the first line that the keeper prints. */
function answerOf(keeper: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    keeper.on("error", reject);
    keeper.on("exit", (code, signal) => resolve({ failed: `its keeper ended with ${code ?? signal}` }));
    if (keeper.stdout === null) return;
    createInterface(keeper.stdout).once("line", (line) => resolve(JSON.parse(line) as Answer));
  });
}

/** Stops a cluster and waits until nothing is left of it. */
export async function stop({ keeper }: Pick<Started, "keeper">): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => keeper.once("exit", () => resolve()));
  keeper.kill("SIGTERM");
  await ended;
}
