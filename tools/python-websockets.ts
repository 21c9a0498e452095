/**
 * Provides a Python with the library `websockets`, in a virtual environment in the user's cache. GATEWRIGHT_PYTHON
 * names another Python that has the library. `node tools/python-websockets.ts` prints the path.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const version = "15.0.1";

/** Returns the reason why the environment cannot be created, or undefined. */
export function missingPython(): string | undefined {
  if (process.env.GATEWRIGHT_PYTHON !== undefined) return undefined;
  const { error, status } = spawnSync("python3", ["-c", "import venv, ensurepip"], { stdio: "ignore" });
  return error === undefined && status === 0 ? undefined : "python3 with venv is not installed";
}

/** Returns the path of the interpreter. Creates the environment if it is not in the cache. */
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
    // The marker is written last, so that an incomplete environment is created again.
    mkdirSync(join(environment, "complete"));
  }
  return python;
}

if (import.meta.main) console.log(pythonWithWebsockets());
