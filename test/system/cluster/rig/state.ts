import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "./cache.ts";

/** Returns the directory in which every running cluster has a directory of its own. */
export function clustersDirectory(): string {
  const directory = join(cacheDirectory(), "run");
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** The files of one running cluster. Other resources have its name in theirs, so that they can be found again. */
export class State {
  readonly name: string;
  readonly directory: string;

  constructor(name: string) {
    this.name = name;
    this.directory = join(clustersDirectory(), name);
  }

  /** Returns the path of a file in the directory, and creates missing directories. */
  file(...path: readonly string[]): string {
    const file = join(this.directory, ...path);
    mkdirSync(join(file, ".."), { recursive: true });
    return file;
  }

  write(path: string, content: string): string {
    const file = this.file(path);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  }

  get controlSocket(): string {
    return this.file("control.sock");
  }

  /** The parent of the control groups of all containers. */
  get controlGroup(): string {
    return `gatewright-${this.name}`;
  }

  /** Records the keeper or the first process of the cluster's namespaces. A cluster is alive as long as these are. */
  record(role: Role, pid: number): void {
    const started = startTime(pid);
    if (started === undefined) throw new Error(`Process ${pid}, the ${role} of cluster ${this.name}, has ended`);
    this.write(`${role}.json`, JSON.stringify({ pid, started } satisfies Recorded));
  }

  /** Returns the process id, if the process is still the recorded one. */
  living(role: Role): number | undefined {
    const recorded = this.#recorded(role);
    return recorded !== undefined && startTime(recorded.pid) === recorded.started ? recorded.pid : undefined;
  }

  #recorded(role: Role): Recorded | undefined {
    try {
      return JSON.parse(readFileSync(join(this.directory, `${role}.json`), "utf8")) as Recorded;
    } catch {
      return undefined;
    }
  }
}

type Role = "keeper" | "init";

interface Recorded {
  readonly pid: number;
  readonly started: string;
}

/** Returns when a process started, in ticks since boot. Together with the process id, that identifies the process. */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, the command's name, is in parentheses and may contain anything. The 22nd is the start time.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : rest[18];
  } catch {
    return undefined;
  }
}

/** Returns every cluster that has a directory. */
export function knownClusters(): State[] {
  return readdirSync(clustersDirectory()).map((name) => new State(name));
}
