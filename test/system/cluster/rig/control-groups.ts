import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "./run.ts";

const mountPoint = "/sys/fs/cgroup";

/** Returns the roots of the hierarchies: one of version 2, or those of version 1. */
function hierarchies(): string[] {
  if (!existsSync(mountPoint))
    throw new Error(`There are no control groups at ${mountPoint}, and a kubelet needs them.`);
  if (existsSync(join(mountPoint, "cgroup.controllers"))) return [mountPoint];
  const entries = readdirSync(mountPoint, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(mountPoint, entry.name));
}

/** Makes the group in which the groups of all Pods are created. The kubelet expects it to exist. */
export function makeControlGroup(name: string): void {
  for (const hierarchy of hierarchies()) {
    handDown(hierarchy);
    mkdirSync(join(hierarchy, name), { recursive: true });
  }
}

/**
 * Enables the controllers that a kubelet needs for child groups (version 2). A system that runs services with limits
 * has enabled them already.
 */
function handDown(hierarchy: string): void {
  const controllers = join(hierarchy, "cgroup.controllers");
  const available = existsSync(controllers) ? readFileSync(controllers, "utf8").trim().split(" ") : [];
  for (const controller of ["cpu", "cpuset", "memory", "pids", "io", "hugetlb"]) {
    if (available.includes(controller)) writeFileSync(join(hierarchy, "cgroup.subtree_control"), `+${controller}`);
  }
}

/** Removes a group with all groups in it. It waits for the groups' last processes to end: until then they are busy. */
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
