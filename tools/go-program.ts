import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { root } from "./build/layout.ts";

/**
 * A program of the tests that is built by the go command from a module of this repository (go.mod, go.sum and its .go files), once
 * for each state of it, and kept in the user's cache below `name`. Throws an Error that says why if that cannot be done.
 *
 * @param otherwise what whoever has no Go can do besides installing it.
 */
export function goProgram(name: string, module: string, otherwise = ""): string {
  const { XDG_CACHE_HOME: cacheHome = join(homedir(), ".cache") } = process.env;
  const cache = join(cacheHome, "gatewright");
  const program = join(cache, `${name}-${version(module)}`);
  if (!existsSync(program)) build(module, cache, program, otherwise);
  return program;
}

/** What the program is made of, so that a change of it is a program of its own. */
function version(module: string): string {
  const hash = createHash("sha256");
  const sources = readdirSync(module).filter((file) => file.endsWith(".go"));
  for (const file of ["go.mod", "go.sum", ...sources.sort()]) hash.update(readFileSync(join(module, file)));
  return hash.digest("hex").slice(0, 12);
}

function build(module: string, cache: string, program: string, otherwise: string): void {
  mkdirSync(cache, { recursive: true });
  // Under a name of its own until it is whole: two builds may run at once.
  const unfinished = `${program}.${process.pid}`;
  const { error, status, stderr } = spawnSync("go", ["build", "-trimpath", "-buildvcs=false", "-o", unfinished, "."], {
    cwd: module,
    encoding: "utf8",
    // Without cgo, as the programs of the cluster: what they have compiled is not compiled again.
    env: { ...process.env, GOWORK: "off", GOTOOLCHAIN: "auto", CGO_ENABLED: "0" },
  });
  if (error !== undefined) throw new Error(`The go command cannot run (${error.message}): install Go${otherwise}.`);
  if (status !== 0) throw new Error(`go build in ${relative(root, module)} failed: ${stderr.trim()}`);
  renameSync(unfinished, program);
}
