import { existsSync } from "node:fs";
import { join } from "node:path";
import { say } from "./progress.ts";
import { outcomeOf } from "./run.ts";

/** The directory in which Debian's package installs the CNI plugins. */
export const cniPlugins = "/usr/lib/cni";

/** A file of each package that the cluster needs, with the package's name on Debian. */
const needed: readonly (readonly [string, string])[] = [
  ["containerd", "containerd"],
  ["runc", "runc"],
  [join(cniPlugins, "bridge"), "containernetworking-plugins"],
  ["nft", "nftables"],
  ["ip", "iproute2"],
  ["tini", "tini"],
  ["unshare", "util-linux"],
  ["mount", "mount"],
  ["busybox", "busybox-static"],
];

const neededForImages: readonly (readonly [string, string])[] = [["buildah", "buildah"]];

const directories = [
  ...(process.env.PATH ?? "").split(":"),
  "/usr/local/sbin",
  "/usr/sbin",
  "/sbin",
  "/usr/bin",
  "/bin",
];

/** A PATH that finds all of these programs; some distributions leave sbin out of a user's PATH. */
export const searchPath = [...new Set(directories)].join(":");

/** Returns the file of a program, or undefined if it is not installed. */
export function fileOf(program: string): string | undefined {
  if (program.startsWith("/")) return existsSync(program) ? program : undefined;
  return directories.map((directory) => join(directory, program)).find((file) => existsSync(file));
}

/** Installs missing packages of the operating system that a cluster needs, where that is possible. */
export async function requirePackages(): Promise<void> {
  if (process.platform !== "linux")
    throw new Error(`A cluster needs Linux, and this is ${process.platform}. ${elsewhere}`);
  if (process.getuid?.() !== 0) throw new Error(`A cluster needs root, to make namespaces and mounts. ${elsewhere}`);
  await install(needed);
}

/** Installs the packages that `buildImage` needs. */
export async function requireImageBuilder(): Promise<void> {
  await install(neededForImages);
}

const elsewhere = "Set KUBECONFIG to run the tests against a cluster that is there already, such as one of kind.";

async function install(wanted: readonly (readonly [string, string])[]): Promise<void> {
  const missing = wanted.filter(([file]) => fileOf(file) === undefined).map(([, name]) => name);
  if (missing.length === 0) return;
  const names = missing.join(" ");
  if (fileOf("apt-get") === undefined || process.getuid?.() !== 0) {
    throw new Error(`A cluster needs what these Debian packages hold, or your distribution's of the same: ${names}`);
  }
  say(`installing Debian packages: ${names}`);
  const options = { env: { DEBIAN_FRONTEND: "noninteractive" }, timeout: 10 * 60_000 };
  await outcomeOf(["apt-get", "update", "--quiet"], options);
  // Another process may be installing packages at this moment.
  const waiting = ["-o", "DPkg::Lock::Timeout=300"];
  const command = ["apt-get", "install", ...waiting, "--quiet", "--yes", "--no-install-recommends", ...missing];
  const { code, stderr } = await outcomeOf(command, options);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${stderr.trim().slice(-2000)}`);
  const still = wanted.filter(([file]) => fileOf(file) === undefined).map(([file]) => file);
  if (still.length > 0) throw new Error(`The packages ${names} are installed, but there is no ${still.join(", no ")}.`);
}
