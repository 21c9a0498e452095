import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { network } from "./network.ts";
import { searchPath } from "./packages.ts";
import { run } from "./run.ts";
import type { State } from "./state.ts";

/**
 * Prepares the namespaces of this process for a node. Parts write outside the cluster's own directory only to memory
 * that ends with the namespaces, so nothing is visible outside.
 */
export async function prepareSandbox(state: State): Promise<void> {
  const hidden = ["/run", ...covered].find((directory) => state.directory.startsWith(`${directory}/`));
  if (hidden !== undefined) {
    throw new Error(`${state.directory} is below ${hidden}, of which a cluster has its own: set GATEWRIGHT_RIG_CACHE.`);
  }
  // Mounts of the kubelet have to propagate to containerd and vice versa, but not out of this namespace.
  await command("mount", "--make-rshared", "/");
  await command("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/run");
  for (const directory of covered) await coverWithMemory(directory);
  for (const [file, value] of kernelSettings) await pretend(file, value);
  await prepareNetwork(state);
}

/** Directories outside their own to which parts write. */
const covered = ["/var/lib", "/var/log"];

/** Covers a directory: its content stays readable, and writes go to memory. */
async function coverWithMemory(directory: string): Promise<void> {
  const [upper, work] = ["upper", "work"].map((name) => join("/run/cover", directory, name));
  for (const made of [upper, work]) mkdirSync(made ?? "", { recursive: true });
  const options = `lowerdir=${directory},upperdir=${upper},workdir=${work}`;
  await command("mount", "-t", "overlay", "-o", options, "overlay", directory);
}

/** Settings that a kubelet would change for the whole machine, unless it finds them set. */
const kernelSettings: readonly (readonly [string, number])[] = [
  ["/proc/sys/vm/overcommit_memory", 1],
  ["/proc/sys/vm/panic_on_oom", 0],
  ["/proc/sys/kernel/panic", 10],
  ["/proc/sys/kernel/panic_on_oops", 1],
  ["/proc/sys/kernel/keys/root_maxkeys", 1_000_000],
  ["/proc/sys/kernel/keys/root_maxbytes", 25_000_000],
];

/** Mounts a file of the cluster over a setting of the machine. */
async function pretend(setting: string, value: number): Promise<void> {
  if (!existsSync(setting)) return;
  const own = join("/run/settings", setting);
  mkdirSync(join(own, ".."), { recursive: true });
  writeFileSync(own, `${value}\n`);
  await command("mount", "--bind", own, setting);
}

/**
 * Sets up the node's address, and the bridge of its Pods, which would otherwise be created with the first Pod. The
 * default route goes to the bridge, so that addresses of Services have a route until kube-proxy's rules translate them.
 */
async function prepareNetwork(state: State): Promise<void> {
  writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
  const steps = [
    "link set lo up",
    `address add ${network.node}/32 dev lo`,
    `link add ${network.bridge} type bridge`,
    `link set ${network.bridge} up`,
    `address add ${network.podGateway}/${network.podPrefix} dev ${network.bridge}`,
    `route add default dev ${network.bridge}`,
  ];
  const batch = state.write("network.ip", `${steps.join("\n")}\n`);
  await command("ip", "-batch", batch);
}

async function command(...words: readonly string[]): Promise<void> {
  await run(words, { env: { PATH: searchPath } });
}
