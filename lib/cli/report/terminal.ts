import type { Readable, Writable } from "node:stream";
import { reasonOf } from "../../../proxy/sources/read-text.ts";
import type { Printed } from "../../printing/printed.ts";
import { streamed, type Text, text } from "../../printing/text.ts";

/** A stream to write to. It takes only what a printer of `lib/printing` made, so that everything printed is escaped. */
export interface Output {
  write(printed: Printed): void;
}

/** What a command reads from and writes to. Tests hand in their own. */
export interface Terminal {
  /** Results. */
  readonly stdout: Output;
  /** Diagnostics and progress. */
  readonly stderr: Output;
  readonly stdin: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether someone watches each stream. */
  readonly interactive: { readonly stdout: boolean; readonly stderr: boolean };
  /**
   * Resolves at the first SIGINT or SIGTERM, which from the first call on no longer end the process: finish what is in
   * flight and return. A second signal ends it.
   */
  stopped(): Promise<void>;
  /**
   * Hands what nothing has caught, such as a promise that a user's program left behind, to `report` instead of ending
   * the process.
   */
  outliveFaults(report: (error: unknown) => void): void;
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
 * written after that is lost, the exit code stays what it would have been. Any other failure to write, such as a full
 * disk, ends the process with exit code 1, unless it serves: then it serves on.
 */
export function processTerminal(): Terminal {
  let isServing = false;
  const streams = { "standard output": process.stdout, "standard error": process.stderr };
  for (const [name, stream] of Object.entries(streams)) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED" || isServing) return;
      if (stream !== process.stderr)
        outputTo(process.stderr).write(text`error: ${name} cannot be written: ${reasonOf(error)}\n`);
      process.exit(1);
    });
  }
  let fault: (error: unknown) => void = (error) => {
    outputTo(process.stderr).write(text`error: nothing caught this\n${stackText(error)}\n`);
    process.exit(1);
  };
  process.on("uncaughtException", (error) => fault(error));
  process.on("unhandledRejection", (error) => fault(error));
  return {
    stdout: outputTo(process.stdout),
    stderr: outputTo(process.stderr),
    stdin: process.stdin,
    env: process.env,
    interactive: { stdout: process.stdout.isTTY === true, stderr: process.stderr.isTTY === true },
    stopped: untilSignal,
    outliveFaults: (report) => {
      isServing = true;
      fault = report;
    },
  };
}

export function outputTo(stream: Writable): Output {
  return {
    write: (printed) => {
      stream.write(isText(printed) ? streamed(printed) : printed.toString());
    },
  };
}

function isText(printed: Printed): printed is Text {
  return printed.format === "text";
}

/** Where an error came from, as far as it says, for people: one line for each line of the stack. */
export function stackText(error: unknown): Text {
  return text.join(
    stackOf(error)
      .split("\n")
      .map((line, index) => (index === 0 ? text`${line}` : text`    ${line.trim()}`)),
    "\n",
  );
}

/** Where an error came from, as far as it says. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    const stop = () => {
      for (const signal of signals) process.off(signal, stop);
      resolve();
    };
    for (const signal of signals) process.on(signal, stop);
  });
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
