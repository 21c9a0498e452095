import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { searchPath } from "./packages.ts";
import { sleep } from "./run.ts";
import type { State } from "./state.ts";

/** The description of one process of the cluster. */
export interface PartDescription {
  readonly name: string;
  readonly command: readonly string[];
  /** Returns whether the process is ready. Called repeatedly, and may reject. */
  ready(): Promise<boolean>;
}

/** One process of the cluster, with the faults that tests inject. */
export class Part {
  readonly name: string;
  readonly #description: PartDescription;
  readonly #log: string;
  #process: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(description: PartDescription, state: State) {
    this.name = description.name;
    this.#description = description;
    this.#log = state.file("logs", `${description.name}.log`);
  }

  /** The process id in the cluster's own namespace; undefined if the process has ended. */
  get pid(): number | undefined {
    return this.#running ? this.#process?.pid : undefined;
  }

  get #running(): boolean {
    return this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Starts the process if it does not run, and waits, at most `limit` milliseconds, until it is ready. */
  async start(limit = 120_000): Promise<void> {
    if (!this.#running) this.#spawn();
    const end = performance.now() + limit;
    while (!(await this.#description.ready().catch(() => false))) {
      if (!this.#running) throw new Error(`${this.name} has ended. ${this.#endOfLog()}`);
      if (performance.now() > end) {
        throw new Error(`${this.name} is not ready after ${limit / 1000} s. ${this.#endOfLog()}`);
      }
      await sleep(50);
    }
  }

  /** Sends SIGKILL, so that the part cannot clean up. */
  async kill(): Promise<void> {
    this.#signal("SIGKILL");
    await this.#ended;
  }

  /** Stops the process with SIGSTOP: its connections stay open, but are not served. */
  pause(): void {
    this.#signal("SIGSTOP");
  }

  resume(): void {
    this.#signal("SIGCONT");
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#running) this.#process?.kill(signal);
  }

  /** Returns the end of the log for an error message, since the log is deleted with the cluster. */
  #endOfLog(): string {
    return `Its log ends: ${readFileSync(this.#log, "utf8").slice(-2000)}`;
  }

  #spawn(): void {
    const [program = "", ...args] = this.#description.command;
    const log = openSync(this.#log, "a");
    try {
      const child = spawn(program, args, { stdio: ["ignore", log, log], env: { ...process.env, PATH: searchPath } });
      this.#process = child;
      this.#ended = new Promise((resolve) => {
        child.on("exit", () => resolve());
        child.on("error", () => resolve());
      });
    } finally {
      closeSync(log);
    }
  }
}
