import { existsSync } from "node:fs";
import { join } from "node:path";
import { say } from "./progress.ts";
import { outcomeOf } from "./run.ts";

/** Where Debian's package puts the CNI plugins. */
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

/** The PATH under which all of these programs are found; some distributions leave sbin out of a user's. */
export const searchPath = [...new Set(directories)].join(":");

/** The file of a program, or undefined if it is not installed. */
export function fileOf(program: string): string | undefined {
  if (program.startsWith("/")) return existsSync(program) ? program : undefined;
  return directories.map((directory) => join(directory, program)).find((file) => existsSync(file));
}

/** Has the operating system's packages that a cluster needs, installing them where that is possible. */
export async function requirePackages(): Promise<void> {
  if (process.platform !== "linux")
    throw new Error(`A cluster needs Linux, and this is ${process.platform}. ${elsewhere}`);
  if (process.getuid?.() !== 0) throw new Error(`A cluster needs root, to make namespaces and mounts. ${elsewhere}`);
  await install(needed);
}

/** Has what `buildImage` needs. */
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
  // Somebody else may be installing something at this moment.
  const waiting = ["-o", "DPkg::Lock::Timeout=300"];
  const command = ["apt-get", "install", ...waiting, "--quiet", "--yes", "--no-install-recommends", ...missing];
  const { code, stderr } = await outcomeOf(command, options);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${stderr.trim().slice(-2000)}`);
  const still = wanted.filter(([file]) => fileOf(file) === undefined).map(([file]) => file);
  if (still.length > 0) throw new Error(`The packages ${names} are installed, but there is no ${still.join(", no ")}.`);
}
