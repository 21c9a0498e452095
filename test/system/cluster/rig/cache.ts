import { spawn } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { say } from "./progress.ts";

/** Returns the directory that keeps parts between runs: GATEWRIGHT_RIG_CACHE, or one in the user's cache. */
export function cacheDirectory(): string {
  const { GATEWRIGHT_RIG_CACHE: given, XDG_CACHE_HOME: home } = process.env;
  const directory =
    given === undefined || given === ""
      ? join(home === undefined || home === "" ? join(homedir(), ".cache") : home, "gatewright", "cluster")
      : resolve(given);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/**
 * Returns the directory of a cache entry. If it is missing, `produce` fills a temporary directory beside it, which is
 * then renamed: an entry is always complete, even if the process is killed. Two processes that need the same entry wait
 * for each other.
 */
export async function cached(name: string, produce: (directory: string) => Promise<void>): Promise<string> {
  const cache = cacheDirectory();
  const entry = join(cache, name);
  if (existsSync(entry)) return entry;
  return locked(name, async () => {
    if (existsSync(entry)) return entry;
    for (const left of globSync(`${name}.unfinished-*`, { cwd: cache })) rmSync(join(cache, left), { recursive: true });
    const unfinished = mkdtempSync(join(cache, `${name}.unfinished-`));
    try {
      await produce(unfinished);
      renameSync(unfinished, entry);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
    return entry;
  });
}

/** Does the work while no other process works under the same name. */
export async function locked<T>(name: string, work: () => Promise<T>): Promise<T> {
  const locks = join(cacheDirectory(), "locks");
  mkdirSync(locks, { recursive: true });
  const release = await lock(join(locks, name), name);
  try {
    return await work();
  } finally {
    release();
  }
}

/**
 * Holds a file lock. A child process holds it, and ends when the pipe from this process does, so that the lock never
 * outlives this process.
 */
async function lock(file: string, name: string): Promise<() => void> {
  const holder = spawn("flock", ["--exclusive", file, "sh", "-c", "echo held; exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const waiting = setTimeout(() => say(`waiting for another process to be done with ${name}`), 5000);
  try {
    await new Promise<void>((resolve, reject) => {
      holder.on("error", (cause) => reject(new Error("flock cannot run: install util-linux", { cause })));
      holder.on("exit", (code) => reject(new Error(`flock ${file} ended with ${code}`)));
      holder.stdout.once("data", () => resolve());
    });
  } finally {
    clearTimeout(waiting);
  }
  holder.removeAllListeners("exit");
  return () => holder.stdin.end();
}
