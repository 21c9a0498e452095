import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../../../tools/build/layout.ts";
import { packedTarball } from "../../../tools/build/pack.ts";

/** What a program printed and how it ended. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A directory of its own with a program in it that has installed the packed gatewright as a user would. */
export class Project {
  readonly directory: string;

  /** A directory that exists, whatever is installed there. */
  constructor(directory: string) {
    this.directory = directory;
  }

  /**
   * Installs test/system/packages/NAME by its lock file and the tarball on top of it. Lies outside the repository, where no
   * package of ours is found by accident, and is kept for the next run of the same lock file.
   */
  static async install(name: string): Promise<Project> {
    const source = join(root, "test/system/packages", name);
    const lock = readFileSync(join(source, "package-lock.json"));
    const version = createHash("sha256").update(lock).digest("hex").slice(0, 12);
    const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "gatewright");
    const directory = join(cache, `${name}-${version}`);
    if (!existsSync(directory)) installByLock(source, directory);
    const project = new Project(directory);
    project.npm("install", "--no-save", await packedTarball());
    return project;
  }

  /** Writes a file of the program. */
  write(path: string, content: string): void {
    const file = join(this.directory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Copies files or directories of the repository into the program. */
  copy(from: string, to: string): void {
    cpSync(join(root, from), join(this.directory, to), { recursive: true });
  }

  read(path: string): string {
    return readFileSync(join(this.directory, path), "utf8");
  }

  remove(path: string): void {
    rmSync(join(this.directory, path), { recursive: true, force: true });
  }

  /** Runs a command of the project: its own node_modules/.bin stands first on the PATH. */
  run(command: string, ...args: readonly string[]): Outcome {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      cwd: this.directory,
      encoding: "utf8",
      env: { ...cleanEnvironment(), PATH: `${join(this.directory, "node_modules/.bin")}:${process.env.PATH}` },
      timeout: 240_000,
      maxBuffer: 64_000_000,
    });
    if (error !== undefined) throw error;
    return { status, stdout, stderr };
  }

  npm(...args: readonly string[]): void {
    npm(this.directory, args);
  }
}

/** Installs beside the target and renames, so that an install that was cut off is never taken for a whole one. */
function installByLock(source: string, directory: string): void {
  mkdirSync(dirname(directory), { recursive: true });
  const own = mkdtempSync(`${directory}-`);
  cpSync(source, own, { recursive: true, filter: (path) => !path.includes("node_modules") });
  npm(own, ["ci"]);
  if (existsSync(directory)) rmSync(own, { recursive: true });
  else renameSync(own, directory);
}

function npm(directory: string, args: readonly string[]): void {
  execFileSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: directory,
    env: cleanEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Without what npm and the test runner tell their own children: a user's shell has none of it. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|NODE_TEST_CONTEXT$|INIT_CWD$)/.test(name)),
  );
}
