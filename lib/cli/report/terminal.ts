import type { Readable, Writable } from "node:stream";
import { reasonOf } from "../../../proxy/sources/read-text.ts";
import type { Printed } from "../../printing/printed.ts";
import { streamed, type Text, text } from "../../printing/text.ts";

/**
 * A stream to write to. It accepts only output of a printer of `lib/printing`, so that all output is escaped. `outputTo`
 * makes one of a stream.
 */
export interface Output {
  /** A stream of Node.js does not have this field: it cannot write printed text, and must not be taken for an Output. */
  readonly takesPrinted: true;
  write(printed: Printed): void;
}

/** The streams and the environment of a command. Tests pass their own. */
export interface Terminal {
  /** The stream for results. */
  readonly stdout: Output;
  /** The stream for diagnostics and progress. */
  readonly stderr: Output;
  readonly stdin: Readable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The streams that are terminals. */
  readonly interactive: { readonly stdout: boolean; readonly stderr: boolean };
  /**
   * Resolves at the first SIGINT or SIGTERM. After the first call, that signal no longer ends the process: the command
   * finishes requests in flight and returns. A second signal ends the process.
   */
  stopped(): Promise<void>;
  /**
   * Passes uncaught errors to `report` instead of ending the process, such as a rejected promise that a user's program
   * left behind.
   */
  outliveFaults(report: (error: unknown) => void): void;
}

/** Exit codes. 0: success. 1: findings of severity error, or the work failed. 2: the command line is wrong. */
export type ExitCode = 0 | 1 | 2;

/** The command line is wrong: exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Returns whether to write colours. A non-empty NO_COLOR turns them off (https://no-color.org), as does TERM=dumb. */
export function wantsColor(terminal: Terminal, stream: "stdout" | "stderr", flag: boolean | undefined): boolean {
  if (flag === false) return false;
  const { NO_COLOR, FORCE_COLOR, TERM } = terminal.env;
  if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== "") return FORCE_COLOR !== "0";
  return terminal.interactive[stream] && TERM !== "dumb";
}

/**
 * Returns the terminal of this process. If the reader of stdout ends early (`gatewright synth … | head`), that is no
 * failure: further output is dropped, and the exit code does not change. Any other write error, such as a full disk,
 * ends the process with exit code 1, unless the process serves: then it continues.
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
    takesPrinted: true,
    write: (printed) => {
      stream.write(isText(printed) ? streamed(printed) : printed.toString());
    },
  };
}

function isText(printed: Printed): printed is Text {
  return printed.format === "text";
}

/** Returns the stack of an error as text, one line for each line of the stack. */
export function stackText(error: unknown): Text {
  return text.join(
    stackOf(error)
      .split("\n")
      .map((line, index) => (index === 0 ? text`${line}` : text`    ${line.trim()}`)),
    "\n",
  );
}

/** Returns the stack of an error, or its message. */
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

/** Resolves when all output has been flushed, or cannot be flushed any more. */
export function flushed(stream: Writable): Promise<void> {
  if (stream.destroyed || stream.writableEnded || stream.writableLength === 0) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once("error", () => resolve());
    stream.once("close", () => resolve());
    stream.write("", () => resolve());
  });
}
