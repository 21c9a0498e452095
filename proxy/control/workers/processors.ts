import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

export interface ProcessorOptions {
  /** The number of threads that can run at a time. Default: Node.js' own estimate, which respects CPU affinity. */
  readonly parallelism?: number;
  /** The root of the file system. Default: `/`. */
  readonly root?: string;
}

/**
 * Returns the number of processors that this process can use: those of the system, or the CPU quota of its control
 * groups (`limits.cpu` of a container, `--cpus` of Docker), rounded up. At least one.
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

/** Returns the quotas in `cpu.max` (`MAX PERIOD`, MAX may be `max`) of the group and its ancestors: all apply. */
function quotas2(root: string, path: string): number[] {
  return upwards(path).flatMap((group) => {
    const [quota, period] = (read(root, "sys/fs/cgroup", group, "cpu.max") ?? "").trim().split(" ");
    return processors(quota, period);
  });
}

/** Returns the quotas of cgroups version 1, in `cpu.cfs_quota_us`, which is -1 if there is none. */
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

/** Returns a path and its ancestors. In a container, the path may be that of the host, and only the root exists. */
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
