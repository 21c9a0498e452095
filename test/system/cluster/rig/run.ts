import { type SpawnOptions, spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** The result of a command. */
export interface Outcome {
  /** The exit code; null if a signal ended the command (128 + signal number is a convention of shells). */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until the command is killed. Default: two minutes. */
  readonly timeout?: number;
}

/** Runs a command to its end. Rejects only if it cannot be started. */
export async function outcomeOf(command: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const [program = "", ...args] = command;
  const settings: SpawnOptions = {
    stdio: ["pipe", "pipe", "pipe"],
    timeout: options.timeout ?? 120_000,
    killSignal: "SIGKILL",
    env: { ...process.env, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  };
  const child = spawn(program, args, settings);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(options.stdin ?? "");
  const [code, stdout, stderr] = await Promise.all([ended, contentOf(child.stdout), contentOf(child.stderr)]);
  return { code, stdout, stderr };
}

/** Runs a command that must succeed, and returns what it printed. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await outcomeOf(command, options);
  if (code === 0) return stdout;
  throw new Error(
    `${command.join(" ")} ended with ${code ?? "a signal"}: ${(stderr.trim() || stdout.trim()).slice(-4000)}`,
  );
}

async function contentOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  return stream === null ? "" : text(stream as NodeJS.ReadableStream & AsyncIterable<Buffer>);
}

/** Repeats a check until it succeeds. Fails after `limit` milliseconds, with what it waited for. */
export async function until(
  what: string,
  condition: () => Promise<boolean>,
  limit: number,
  pause = 100,
): Promise<void> {
  const end = performance.now() + limit;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what} did not come within ${limit / 1000} s`);
    await sleep(pause);
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
