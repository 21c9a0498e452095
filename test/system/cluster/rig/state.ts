import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheDirectory } from "./cache.ts";

/** The directory below which every running cluster has one of its own, by its name. */
export function clustersDirectory(): string {
  const directory = join(cacheDirectory(), "run");
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** The files of one running cluster. Its name also names what it makes elsewhere, so that it can be found again. */
export class State {
  readonly name: string;
  readonly directory: string;

  constructor(name: string) {
    this.name = name;
    this.directory = join(clustersDirectory(), name);
  }

  /** A file in the directory; directories between are made. */
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

  /** The parent of all containers' control groups. */
  get controlGroup(): string {
    return `gatewright-${this.name}`;
  }

  /** The keeper, and the first process of the cluster's namespaces: who is alive decides whether the cluster is. */
  record(role: Role, pid: number): void {
    const started = startTime(pid);
    if (started === undefined) throw new Error(`Process ${pid}, the ${role} of cluster ${this.name}, has ended`);
    this.write(`${role}.json`, JSON.stringify({ pid, started } satisfies Recorded));
  }

  /** The process, if it is still the one that was recorded. */
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

/** When a process started, in ticks since boot: with its number it names the process for good. */
export function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, the command's name, is in parentheses and may hold anything; the 22nd is the start.
    const [state, ...rest] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return state === "Z" || state === "X" ? undefined : rest[18];
  } catch {
    return undefined;
  }
}

/** Every cluster that left a directory. */
export function knownClusters(): State[] {
  return readdirSync(clustersDirectory()).map((name) => new State(name));
}
