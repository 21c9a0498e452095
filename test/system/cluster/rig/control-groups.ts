import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "./run.ts";

const mountPoint = "/sys/fs/cgroup";

/** The roots of the hierarchies: one of version 2, or those of version 1. */
function hierarchies(): string[] {
  if (!existsSync(mountPoint))
    throw new Error(`There are no control groups at ${mountPoint}, and a kubelet needs them.`);
  if (existsSync(join(mountPoint, "cgroup.controllers"))) return [mountPoint];
  const entries = readdirSync(mountPoint, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(mountPoint, entry.name));
}

/** The group that those of all Pods are made in. The kubelet takes it for given. */
export function makeControlGroup(name: string): void {
  for (const hierarchy of hierarchies()) {
    handDown(hierarchy);
    mkdirSync(join(hierarchy, name), { recursive: true });
  }
}

/**
 * With version 2, groups have the controllers that the root hands down, and a kubelet needs these. A system that runs
 * services under limits hands them down already.
 */
function handDown(hierarchy: string): void {
  const controllers = join(hierarchy, "cgroup.controllers");
  const available = existsSync(controllers) ? readFileSync(controllers, "utf8").trim().split(" ") : [];
  for (const controller of ["cpu", "cpuset", "memory", "pids", "io", "hugetlb"]) {
    if (available.includes(controller)) writeFileSync(join(hierarchy, "cgroup.subtree_control"), `+${controller}`);
  }
}

/** With all groups in it. A group is busy until the last of its processes is gone, which is waited for. */
export async function removeControlGroup(name: string): Promise<void> {
  for (const group of hierarchies().map((hierarchy) => join(hierarchy, name))) {
    for (let tries = 200; existsSync(group) && !removeGroup(group); tries--) {
      if (tries === 0) throw new Error(`The control group ${group} stays, with the processes ${processesOf(group)}`);
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
  const files = readdirSync(group, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith("cgroup.procs"),
  );
  return files.map((file) => readFileSync(join(group, file), "utf8").trim()).join(" ");
}
