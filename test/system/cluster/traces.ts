import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { run } from "./rig/run.ts";
import { clustersDirectory } from "./rig/state.ts";

/** Returns everything that a cluster could leave on the machine, in words. */
export async function traces(): Promise<ReadonlySet<string>> {
  return new Set([
    ...readFileSync("/proc/self/mountinfo", "utf8")
      .trim()
      .split("\n")
      .map((line) => `mount ${line.split(" ")[4]}`),
    ...(await lines(["ip", "-oneline", "link"])).map((line) => `link ${line.split(": ")[1]}`),
    ...(await lines(["ip", "-oneline", "route", "show", "table", "all"])).map((line) => `route ${line}`),
    ...(await lines(["ip", "netns", "list"])).map((line) => `network namespace ${line}`),
    ...(await lines(["nft", "list", "tables"])).map((line) => `nft ${line}`),
    ...directories.flatMap((directory) => entriesOf(directory).map((entry) => `entry ${directory}/${entry}`)),
    ...controlGroups().map((group) => `control group ${group}`),
    ...settings.map((setting) => `setting ${setting} ${readFileSync(setting, "utf8").trim()}`),
  ]);
}

/** The directories in which containerd, CNI plugins, runc, the kubelet and this rig store their state. */
const directories = [
  "/run",
  "/run/containerd",
  "/run/netns",
  "/run/runc",
  "/var/lib",
  "/var/lib/cni",
  "/var/lib/containerd",
  "/var/lib/kubelet",
  "/var/log",
  "/var/log/pods",
  "/var/log/containers",
  "/etc/cni",
  "/etc/containers",
  "/opt",
  clustersDirectory(),
];

/** Settings that a kubelet and kube-proxy change for the whole machine. */
const settings = [
  "/proc/sys/vm/overcommit_memory",
  "/proc/sys/vm/panic_on_oom",
  "/proc/sys/kernel/panic",
  "/proc/sys/kernel/panic_on_oops",
  "/proc/sys/net/ipv4/ip_forward",
  "/proc/sys/net/netfilter/nf_conntrack_max",
].filter((file) => existsSync(file));

async function lines(command: readonly string[]): Promise<string[]> {
  return (await run(command)).split("\n").filter((line) => line !== "");
}

function entriesOf(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}

function controlGroups(): string[] {
  const root = "/sys/fs/cgroup";
  return ["", ...entriesOf(root)]
    .flatMap((hierarchy) => entriesIn(`${root}/${hierarchy}`).map((group) => `${hierarchy}/${group}`))
    .filter((group) => group.includes("gatewright-") || group.includes("k8s.io") || group.includes("kubepods"));
}

function entriesIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Returns the namespaces of a process, by which all processes of its cluster can be found. */
export function namespacesOf(pid: number): string[] {
  return ["pid", "net", "mnt"].map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`));
}

/** Returns every process in one of these namespaces. */
export function processesIn(namespaces: readonly string[]): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => {
    try {
      return namespacesOf(Number(pid)).some((own) => namespaces.includes(own));
    } catch {
      return false;
    }
  });
}
