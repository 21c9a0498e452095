import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

export interface ProcessorOptions {
  /** How many threads the system would run at one time. Default: Node.js' own estimate, which knows of CPU affinity. */
  readonly parallelism?: number;
  /** Where the file system begins. Default: `/`. */
  readonly root?: string;
}

/**
 * How many processors this process can use: those that there are, or as many as the quota of its control groups is worth
 * (`limits.cpu` of a container, `--cpus` of Docker), rounded up. At least one.
 */
export function usableProcessors({ parallelism = availableParallelism(), root = "/" }: ProcessorOptions = {}): number {
  const groups = groupsOf(read(root, "proc/self/cgroup"));
  const quotas = groups.flatMap(({ version, path }) => (version === 2 ? quotas2(root, path) : quotas1(root, path)));
  return Math.max(1, Math.min(parallelism, ...quotas.map((quota) => Math.ceil(quota))));
}

interface Group {
  readonly version: 1 | 2;
  readonly path: string;
}

/** cgroups(7), `/proc/pid/cgroup`: `0::/path` of version 2, `4:cpu,cpuacct:/path` of version 1. */
function groupsOf(text: string | undefined): Group[] {
  return (text ?? "").split("\n").flatMap((line): Group[] => {
    const [id, controllers = "", ...rest] = line.split(":");
    const path = rest.join(":");
    if (id === "0" && controllers === "") return [{ version: 2, path }];
    return controllers.split(",").includes("cpu") ? [{ version: 1, path }] : [];
  });
}

/** Processors by `cpu.max` (`MAX PERIOD`, MAX may be `max`) of the group and of those above it, which all bind. */
function quotas2(root: string, path: string): number[] {
  return upwards(path).flatMap((group) => {
    const [quota, period] = (read(root, "sys/fs/cgroup", group, "cpu.max") ?? "").trim().split(" ");
    return processors(quota, period);
  });
}

/** The same by `cpu.cfs_quota_us`, which is -1 without one. */
function quotas1(root: string, path: string): number[] {
  return ["cpu", "cpu,cpuacct"].flatMap((controller) =>
    upwards(path).flatMap((group) => {
      const directory = ["sys/fs/cgroup", controller, group] as const;
      return processors(read(root, ...directory, "cpu.cfs_quota_us"), read(root, ...directory, "cpu.cfs_period_us"));
    }),
  );
}

function processors(quota: string | undefined, period: string | undefined): number[] {
  const share = Number(quota) / Number(period);
  return Number.isFinite(share) && share > 0 ? [share] : [];
}

/** A path and all above it. In a container the path may be the host's, and only the top is there. */
function upwards(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== "..");
  return [...parts.keys(), parts.length].map((length) => parts.slice(0, length).join("/"));
}

function read(...path: readonly string[]): string | undefined {
  try {
    return readFileSync(join(...path), "utf8");
  } catch {
    return undefined;
  }
}
