/**
 * Where h2spec is, the conformance tester of HTTP/2: built from test/h2spec once for each state of its module, and kept
 * in the user's cache. `node tools/h2spec.ts` prints the path; GATEWRIGHT_H2SPEC names another program with its options.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { root } from "./build/layout.ts";

const module = join(root, "test/h2spec");

/** The program, built if it is not in the cache. Throws an Error that says why if that cannot be done. */
export function h2spec(): string {
  const { GATEWRIGHT_H2SPEC: given, XDG_CACHE_HOME: cacheHome = join(homedir(), ".cache") } = process.env;
  if (given !== undefined && given !== "") return given;
  const cache = join(cacheHome, "gatewright");
  const program = join(cache, `h2spec-${version()}`);
  if (!existsSync(program)) build(cache, program);
  return program;
}

/** What the program is made of, so that a change of it is a program of its own. */
function version(): string {
  const hash = createHash("sha256");
  for (const file of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(join(module, file)));
  return hash.digest("hex").slice(0, 12);
}

function build(cache: string, program: string): void {
  mkdirSync(cache, { recursive: true });
  // Under a name of its own until it is whole: two builds may run at once.
  const unfinished = `${program}.${process.pid}`;
  const { error, status, stderr } = spawnSync("go", ["build", "-trimpath", "-buildvcs=false", "-o", unfinished, "."], {
    cwd: module,
    encoding: "utf8",
    env: { ...process.env, GOWORK: "off" },
  });
  if (error !== undefined) {
    throw new Error(`The go command cannot run (${error.message}): install Go, or set GATEWRIGHT_H2SPEC to h2spec.`);
  }
  if (status !== 0) throw new Error(`go build in test/h2spec failed: ${stderr.trim()}`);
  renameSync(unfinished, program);
}

if (import.meta.main) console.log(h2spec());
