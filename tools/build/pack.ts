import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildPackage } from "./build.ts";
import { cache, readManifest, root } from "./layout.ts";
import { writeSbom } from "./sbom.ts";
import { sourceHash } from "./stamp.ts";

const packed = join(cache, "packed");

/** Returns the package as npm would publish it: a tarball of the current sources. It is cached by their content. */
export async function packedTarball(): Promise<string> {
  await buildPackage({ always: false });
  const directory = join(packed, contentHash());
  const tarball = join(directory, `gatewright-${readManifest(root).version}.tgz`);
  if (existsSync(tarball)) return tarball;
  mkdirSync(directory, { recursive: true });
  writeSbom();
  for (const older of readdirSync(packed))
    if (older !== contentHash()) rmSync(join(packed, older), { recursive: true });
  // Several test files may pack at once. Each packs into a directory of its own, and the rename is atomic.
  const own = mkdtempSync(join(directory, "pack-"));
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", own], { cwd: root });
  renameSync(join(own, `gatewright-${readManifest(root).version}.tgz`), tarball);
  rmSync(own, { recursive: true });
  return tarball;
}

function contentHash(): string {
  const hash = createHash("sha256").update(sourceHash());
  for (const file of ["README.md", "LICENSE", "CHANGELOG.md"]) hash.update(readFileSync(join(root, file)));
  return hash.digest("hex").slice(0, 16);
}

if (import.meta.main) console.log(await packedTarball());
