import type { Readable, Writable } from "node:stream";

/** What a command reads from and writes to. Tests hand in their own. */
export interface Terminal {
  /** Results. */
  readonly stdout: Writable;
  /** Diagnostics and progress. */
  readonly stderr: Writable;
  readonly stdin: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether someone watches each stream. */
  readonly interactive: { readonly stdout: boolean; readonly stderr: boolean };
  /** Aborted by SIGINT or SIGTERM: finish what is in flight and return. */
  readonly signal: AbortSignal;
}

/** 0: nothing stands in the way. 1: findings of severity error, or the work failed. 2: the command line is wrong. */
export type ExitCode = 0 | 1 | 2;

/** The command line cannot be carried out as written: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** https://no-color.org: any non-empty value turns colour off; so does a dumb terminal. */
export function wantsColor(terminal: Terminal, stream: "stdout" | "stderr", flag: boolean | undefined): boolean {
  if (flag === false) return false;
  const { NO_COLOR, FORCE_COLOR, TERM } = terminal.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return terminal.interactive[stream] && TERM !== "dumb";
}

/**
 * The terminal of this process. A reader that goes away (`gatewright synth … | head`) is no failure: what is
 * written after that is lost, the exit code stays what it would have been.
 */
export function processTerminal(): Terminal {
  const abort = new AbortController();
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") throw error;
    });
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => abort.abort(signal));
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    stdin: process.stdin,
    env: process.env,
    interactive: { stdout: process.stdout.isTTY === true, stderr: process.stderr.isTTY === true },
    signal: abort.signal,
  };
}

/** Resolves when everything written so far has left, or can no longer leave. */
export function flushed(stream: Writable): Promise<void> {
  if (stream.destroyed || stream.writableEnded || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once("error", () => resolve());
    stream.once("close", () => resolve());
    stream.write("", () => resolve());
  });
}
