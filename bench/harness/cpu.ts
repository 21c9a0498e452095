import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** Returns the user and system CPU time of a process and its living descendants so far, in microseconds (proc(5)). */
export function cpuMicroseconds(pid: number): number {
  let ticks = 0;
  for (const member of processTree(pid)) {
    const stat = readOrEmpty(`/proc/${member}/stat`);
    // The command name may contain blanks and parentheses, so fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return (ticks / ticksPerSecond) * 1e6;
}

/** Returns the resident memory of the process tree in MiB. Pages shared by several processes count once for each. */
export function residentMebibytes(pid: number): number {
  let kib = 0;
  for (const member of processTree(pid)) {
    kib += Number(/VmRSS:\s+(\d+)/.exec(readOrEmpty(`/proc/${member}/status`))?.[1] ?? 0);
  }
  return kib / 1024;
}

function processTree(root: number): number[] {
  const tree = [root];
  for (const pid of tree) {
    for (const task of listOrEmpty(`/proc/${pid}/task`)) {
      const children = readOrEmpty(`/proc/${pid}/task/${task}/children`).trim();
      if (children !== "") tree.push(...children.split(" ").map(Number));
    }
  }
  return tree;
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // the process ended between listing and reading
  }
}

function listOrEmpty(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
