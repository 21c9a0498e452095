import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { root } from "./build/layout.ts";

/**
 * Returns the path of a test program that the go command builds from a module of this repository (go.mod, go.sum and
 * its .go files). Each version is built once and cached below `name` in the user's cache. Throws an Error with the
 * reason if that fails.
 *
 * @param otherwise an alternative to installing Go, for the error message.
 */
export function goProgram(name: string, module: string, otherwise = ""): string {
  const { XDG_CACHE_HOME: cacheHome = join(homedir(), ".cache") } = process.env;
  const cache = join(cacheHome, "gatewright");
  const program = join(cache, `${name}-${version(module)}`);
  if (!existsSync(program)) build(module, cache, program, otherwise);
  return program;
}

/** Returns a hash of the program's sources, so that changed sources are built as a new program. */
function version(module: string): string {
  const hash = createHash("sha256");
  const sources = readdirSync(module).filter((file) => file.endsWith(".go"));
  for (const file of ["go.mod", "go.sum", ...sources.sort()]) hash.update(readFileSync(join(module, file)));
  return hash.digest("hex").slice(0, 12);
}

function build(module: string, cache: string, program: string, otherwise: string): void {
  mkdirSync(cache, { recursive: true });
  // Build under a temporary name, because two builds may run at once.
  const unfinished = `${program}.${process.pid}`;
  const { error, status, stderr } = spawnSync("go", ["build", "-trimpath", "-buildvcs=false", "-o", unfinished, "."], {
    cwd: module,
    encoding: "utf8",
    // cgo is disabled as for the programs of the cluster tests, so that compiled packages are shared.
    env: { ...process.env, GOWORK: "off", GOTOOLCHAIN: "auto", CGO_ENABLED: "0" },
  });
  if (error !== undefined) throw new Error(`The go command cannot run (${error.message}): install Go${otherwise}.`);
  if (status !== 0) throw new Error(`go build in ${relative(root, module)} failed: ${stderr.trim()}`);
  renameSync(unfinished, program);
}
