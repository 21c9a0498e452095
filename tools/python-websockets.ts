/**
 * A Python that has the library `websockets`: a virtual environment in the user's cache, made once. GATEWRIGHT_PYTHON
 * names another Python that has it. `node tools/python-websockets.ts` prints the path.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const version = "15.0.1";

/** Why there can be none, or undefined. */
export function missingPython(): string | undefined {
  if (process.env.GATEWRIGHT_PYTHON !== undefined) return undefined;
  const { error, status } = spawnSync("python3", ["-c", "import venv, ensurepip"], { stdio: "ignore" });
  return error === undefined && status === 0 ? undefined : "python3 with venv is not installed";
}

/** The interpreter, whose environment is made if it is not in the cache. */
export function pythonWithWebsockets(): string {
  const { GATEWRIGHT_PYTHON: given, XDG_CACHE_HOME: cacheHome = join(homedir(), ".cache") } = process.env;
  if (given !== undefined && given !== "") return given;
  const cache = join(cacheHome, "gatewright");
  const environment = join(cache, `websockets-${version}`);
  const python = join(environment, "bin", "python");
  if (!existsSync(join(environment, "complete"))) {
    mkdirSync(cache, { recursive: true });
    rmSync(environment, { recursive: true, force: true });
    execFileSync("python3", ["-m", "venv", environment], { stdio: "ignore" });
    execFileSync(python, ["-m", "pip", "install", "--quiet", "--no-deps", `websockets==${version}`], {
      stdio: "inherit",
    });
    // An environment that was left half made is made again.
    mkdirSync(join(environment, "complete"));
  }
  return python;
}

if (import.meta.main) console.log(pythonWithWebsockets());
