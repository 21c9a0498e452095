import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cache, dist, root } from "./layout.ts";

const stampFile = join(cache, "build-stamp");

/** Returns one hash of everything that dist is built from: sources, build scripts, and versions of packages. */
export function sourceHash(): string {
  const hash = createHash("sha256");
  for (const room of ["lib", "proxy", "tools/build"]) {
    const files = readdirSync(join(root, room), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .sort();
    for (const file of files) hash.update(file.slice(root.length)).update("\0").update(readFileSync(file)).update("\0");
  }
  for (const file of ["package.json", "package-lock.json", "tsconfig.json"])
    hash.update(readFileSync(join(root, file)));
  return hash.digest("hex");
}

export function isCurrent(hash: string): boolean {
  return existsSync(dist) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === hash;
}

export function markCurrent(hash: string): void {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, hash);
}
