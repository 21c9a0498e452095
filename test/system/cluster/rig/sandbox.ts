import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { network } from "./network.ts";
import { searchPath } from "./packages.ts";
import { run } from "./run.ts";
import type { State } from "./state.ts";

/**
 * Makes the namespaces that this process is in a home for a node. Whatever the parts write outside the cluster's own
 * directory goes to memory that ends with the namespaces: nothing of it is ever seen outside, however they end.
 */
export async function prepareSandbox(state: State): Promise<void> {
  const hidden = ["/run", ...covered].find((directory) => state.directory.startsWith(`${directory}/`));
  if (hidden !== undefined) {
    throw new Error(`${state.directory} is below ${hidden}, of which a cluster has its own: set GATEWRIGHT_RIG_CACHE.`);
  }
  // Mounts of the kubelet have to reach containerd and the other way round; none of them leaves this namespace.
  await command("mount", "--make-rshared", "/");
  await command("mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/run");
  for (const directory of covered) await coverWithMemory(directory);
  for (const [file, value] of kernelSettings) await pretend(file, value);
  await prepareNetwork(state);
}

/** Where parts write outside their own directories. */
const covered = ["/var/lib", "/var/log"];

/** The directory's content stays readable, and what is written to it goes to memory. */
async function coverWithMemory(directory: string): Promise<void> {
  const [upper, work] = ["upper", "work"].map((name) => join("/run/cover", directory, name));
  for (const made of [upper, work]) mkdirSync(made ?? "", { recursive: true });
  const options = `lowerdir=${directory},upperdir=${upper},workdir=${work}`;
  await command("mount", "-t", "overlay", "-o", options, "overlay", directory);
}

/** What a kubelet sets for the whole machine, outside any namespace, unless it finds it set. */
const kernelSettings: readonly (readonly [string, number])[] = [
  ["/proc/sys/vm/overcommit_memory", 1],
  ["/proc/sys/vm/panic_on_oom", 0],
  ["/proc/sys/kernel/panic", 10],
  ["/proc/sys/kernel/panic_on_oops", 1],
  ["/proc/sys/kernel/keys/root_maxkeys", 1_000_000],
  ["/proc/sys/kernel/keys/root_maxbytes", 25_000_000],
];

/** Puts a file of the cluster's own over a setting of the machine. */
async function pretend(setting: string, value: number): Promise<void> {
  if (!existsSync(setting)) return;
  const own = join("/run/settings", setting);
  mkdirSync(join(own, ".."), { recursive: true });
  writeFileSync(own, `${value}\n`);
  await command("mount", "--bind", own, setting);
}

/**
 * The node's address, and the bridge of its Pods, which would otherwise appear with the first of them: everything that
 * is no Pod's address is sent there, so that addresses of Services have a route until kube-proxy's rules change them.
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
